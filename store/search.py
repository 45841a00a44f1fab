"""A typed query → persons, over an index that folds ё."""

from __future__ import annotations

from store.connection import Connection


def match_expression(query: str) -> str:
    """The words as an FTS5 query: each quoted (no operators from outside), ё folded, by prefix."""
    words = query.replace("ё", "е").replace("Ё", "Е").replace('"', " ").split()
    return " ".join(f'"{word}"*' for word in words)


def search_persons(connection: Connection, query: str, limit: int) -> list[dict[str, object]]:
    """Open persons with all the words in one of their spellings, best match first."""
    expression = match_expression(query)
    if not expression:
        return []
    rows = connection.execute(
        "SELECT person.person_id, name, birth_date, category, home_region, status, sought_from, "
        "records FROM person_fts JOIN person ON person.rowid = person_fts.rowid "
        "WHERE person_fts MATCH ? AND closed_at IS NULL "
        "ORDER BY bm25(person_fts), sorted_name LIMIT ?",
        (expression, limit),
    )
    return [dict(row) for row in rows]
