"""The data dictionary and our queries → the metadata Datasette is configured by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from store.datasette.labels import label
from store.datasette.queries import canned_queries

Meaning = tuple[str, str, str]  # table, column ("" for the table itself), what it holds

# Table → what its page offers. Facets only over columns with an index or few values.
TABLES: dict[str, dict[str, Any]] = {
    "person": {
        "label_column": "name", "facets": ["status", "category"], "sort": "sorted_name",
        "fts_table": "person_fts", "fts_pk": "rowid",
    },
    "post": {
        "label_column": "external_id", "facets": ["source"], "sort_desc": "posted_on",
        "fts_table": "post_fts", "fts_pk": "rowid",
    },
    "record": {"label_column": "surname", "facets": ["claim", "source"], "sort_desc": "public_on"},
    "list_row": {"facets": ["source"], "label_column": "row"},
    "status_event": {"facets": ["status", "evidence"], "sort_desc": "public_on"},
    "decision": {"facets": ["judgement", "is_human"], "sort_desc": "decision_id"},
    "review": {"sort_desc": "score"},
    "row_word": {"facets": ["verdict"], "sort_desc": "word_id"},
    "source": {"label_column": "name", "facets": ["kind"]},
    "fetch": {"facets": ["outcome", "source"], "sort_desc": "fetch_id"},
    "run": {"sort_desc": "run_id"},
    "audit": {"sort_desc": "audit_id"},
    "data_dictionary": {"facets": ["table_name"], "size": 200},
}  # fmt: skip
# Columns of a table's page, in this order; the others come with `?_all=1`.
SHOWN: dict[str, tuple[str, ...]] = {
    "person": (
        "name", "status", "status_on", "birth_date", "category", "unit", "home_region",
        "home_place", "sought_from", "records",
    ),
    "post": ("posted_on", "source", "post_id", "text", "edited_at", "deleted_at"),
    "list_row": ("source", "row", "text", "learned_at", "gone_at"),
    "record": (
        "public_on", "source", "surname", "given", "patronymic", "birth_date", "claim", "asks",
        "category", "unit", "home_region", "post_id", "row_id",
    ),
    "status_event": (
        "public_on", "person_id", "status", "evidence", "retracted", "record_id", "learned_at",
        "known_until",
    ),
    "decision": (
        "decision_id", "left_id", "right_id", "judgement", "score", "decided_by", "decided_at",
        "findings", "note",
    ),
    "source": (
        "name", "kind", "claim", "owner", "every_seconds", "enabled", "last_ok_at", "failures",
    ),
    "doubtful_row": ("row_id", "why", "record", "noted_at"),
    "row_word": ("row_id", "verdict", "editor", "at", "note"),
    "review": ("review_id", "left_id", "right_id", "score", "findings", "note", "opened_at"),
    "data_dictionary": ("table_name", "column_name", "english", "russian"),
}  # fmt: skip
HIDDEN = (
    "cursor", "person_fts", "post_fts", "_sqlite_migrations", "sqlite_sequence", "standing",
    "standing_due", "standing_list", "stood", "stood_list", "tally_day", "tally_known",
    "tally_unit", "tally_curve", "held_row", "list_presence", "review_lease", "row_lease",
    "put_off", "audit_link", "facet_count", "linkage", "linked", "block", "common_block", "edge",
    "company", "frequency",
)  # fmt: skip
# A heading whose words are put in order: by this column in its place.
ORDERED = {
    ("person", "name"): "sorted_name", ("person", "surname"): "sorted_name",
    ("record", "surname"): "sorted_surname",
}  # fmt: skip
UNITS = {"seconds": "s", "size": "byte"}


def metadata(dictionary: Iterable[Meaning]) -> dict[str, Any]:
    """Metadata in Datasette's shape; pages translate titles by labels.tsv."""
    return {
        "title": label("site.title"),
        "description": label("site.subtitle"),
        "databases": {"rollcall": {"tables": _tables(dictionary), "queries": canned_queries()}},
    }


def _tables(dictionary: Iterable[Meaning]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {name: dict(options) for name, options in TABLES.items()}
    for table, column, english in dictionary:
        entry = tables.setdefault(table, {})
        if column:
            entry.setdefault("columns", {})[column] = english
            if column in UNITS:
                entry.setdefault("units", {})[column] = UNITS[column]
        else:
            entry["description"] = english
        entry.setdefault("title", label(f"table.{table}"))
    for table in HIDDEN:
        tables.setdefault(table, {})["hidden"] = True
    return tables
