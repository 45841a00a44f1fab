"""The words of the analysts' pages: each label there, in the language asked for."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from small import Get, Small

from model import Evidence
from store import Store
from store.datasette import labels
from store.datasette.cells import render_cell
from store.datasette.labels import counted as counted_word
from store.datasette.labels import day_in_words, label, preferred
from store.datasette.language import _language
from store.datasette.metadata import HIDDEN, SHOWN
from store.datasette.pieces import pieces
from store.datasette.queries import ORDER
from store.datasette.regions import regions

HERE = Path(labels.__file__).parent


def test_labels_are_whole() -> None:
    with (HERE / "labels.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert {len(row) for row in rows} == {3}
    assert len({row[0] for row in rows}) == len(rows)
    assert [row[0] for row in rows if not row[1]] == []


def test_every_label_that_a_template_names_exists() -> None:
    named = {
        key
        for path in (HERE / "templates").glob("*.html")
        for key in re.findall(r'\bt\("([\w.]+)"[,)]', path.read_text(encoding="utf-8"))
    }
    assert {key for key in named if not labels.has(key)} == set()
    assert len(named) > 60


def test_tables_questions_and_statuses_have_labels(counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        tables = {
            row[0] for row in store.connection.execute("SELECT table_name FROM data_dictionary")
        }
        columns = {
            row[1]
            for row in store.connection.execute(
                "SELECT table_name, column_name FROM data_dictionary WHERE column_name <> ''"
            )
            if row[0] not in HIDDEN
        }
    columns |= {c for table in SHOWN for c in SHOWN[table]}
    wanted = {f"table.{table}" for table in tables if not table.endswith("_fts")}
    wanted |= {f"query.{name}{end}" for name in ORDER for end in ("", ".about")}
    wanted |= {f"column.{column}" for column in columns}
    wanted |= {f"evidence.{level.value}" for level in Evidence}
    assert {key for key in wanted if not labels.has(key)} == set()


@pytest.mark.parametrize(
    ("header", "language"),
    [("ru", "ru"), ("de, ru;q=0.5, en;q=0.3", "ru"), ("en-GB,ru;q=0.9", "en"), ("", "en"),
     ("de", "en"), ("ru;q=x", "en")],
)  # fmt: skip
def test_the_language_is_the_browsers(header: str, language: str) -> None:
    assert preferred(header) == language


def test_the_language_can_be_chosen(get: Get) -> None:
    chosen = get("/-/language/ru?back=/rollcall/person")
    assert (chosen.status_code, chosen.headers["location"]) == (302, "/rollcall/person")
    assert "HttpOnly" in chosen.headers["set-cookie"]
    cookie = chosen.headers["set-cookie"].split(";")[0]
    assert '<html lang="ru">' in get("/", cookie=cookie, accept_language="en").text
    assert get("/-/language/ru?back=//elsewhere.example").headers["location"] == "/"


def test_words_and_numbers() -> None:
    assert [counted_word("word.persons", n, "ru") for n in (1, 3, 11, 25)] == [
        "человек", "человека", "человек", "человек",
    ]  # fmt: skip
    assert day_in_words("2024-08-23", "ru") == "23 августа 2024 года"
    assert label("unknown.some_word") == "some word"


@pytest.mark.parametrize(
    ("column", "value", "english", "russian"),
    [
        ("every_seconds", 21_600, "6 h", "6 ч"), ("every_max", 86_400, "1 d", "1 дн."),
        ("every_min", 90, "90 s", "90 с"), ("interval_seconds", 1_800, "30 min", "30 мин"),
        ("enabled", 0, "·", "·"), ("unit", "unknown", "not stated", "не указано"),
        ("why", "is struck out", "is struck out", "зачёркнута"),
        ("findings", "[]", "—", "—"),
        ("findings", '[{"comparison": "surname", "level": "same", "weight": -2.04, "left": "А", '
         '"right": "Б"}]', "−2.0  surname: the same (А / Б)", "−2.0  фамилия: совпадает (А / Б)"),
        ("findings", "no list", "no list", "no list"),
    ],
)  # fmt: skip
def test_cells_are_told_in_words(column: str, value: object, english: str, russian: str) -> None:
    for spoken, told in (("en", english), ("ru", russian)):
        token = _language.set(spoken)
        try:
            shown = str(render_cell({}, value, column, "table", "rollcall"))
        finally:
            _language.reset(token)
        assert re.sub("<[^>]+>", "", shown).endswith(told)


def test_a_source_leads_to_its_page_in_the_private_file_alone() -> None:
    assert render_cell({}, "a/b", "left_source", None, "rollcall") == (
        '<a href="/rollcall/source/a/b">a/b</a>'
    )
    assert render_cell({}, "a", "left_source", None, "public") is None


def test_pages_count_rows_in_the_right_form(get: Get) -> None:
    told = get("/rollcall/post?external_id=s1").text
    assert ">1 row</span>" in told
    assert ">5 строк</span>" in get("/rollcall/post", accept_language="ru").text
    facets = get("/rollcall/decision", accept_language="ru").text
    assert ">моделью</a>" in facets
    assert "sqlite" not in get("/rollcall").text.replace("sqlite-", "")


def test_regions_have_one_tile_each() -> None:
    places = {(region.column, region.row) for region in regions().values()}
    assert len(places) == len(regions()) == 85


def test_text_is_cut_where_spans_begin_and_end() -> None:
    spans = [{"field": "name", "start": 2, "end": 6}, {"field": "surname", "start": 2, "end": 4},
             {"field": "age", "start": 90, "end": 99}]  # fmt: skip
    assert pieces("abcdefgh", spans) == [
        ("ab", ""), ("cd", "name surname"), ("ef", "name"), ("gh", ""),
    ]  # fmt: skip
