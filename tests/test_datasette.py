"""The analysts' pages: what they show, in which language, and what they can't be made to do."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from small import PHONE, Small

from model import Evidence
from store import Store
from store.datasette import labels
from store.datasette.chart import chart
from store.datasette.counted import rewritten
from store.datasette.labels import counted as counted_word
from store.datasette.labels import day_in_words, label, preferred
from store.datasette.metadata import SHOWN, TABLES
from store.datasette.pieces import pieces
from store.datasette.queries import ORDER, ROWS, canned_queries
from store.datasette.regions import regions
from store.datasette.room import Room
from store.datasette.search import expanded
from store.headline import sentence, sentences
from store.serving import application, only_hosts
from store.tally import latest_knowledge

HERE = Path(labels.__file__).parent
DAYS = ("2024-08-07", "2024-08-08", "2024-08-15", "2024-08-23", "2024-09-10")
PAGES = (
    "/", "/?as_of=2024-08-23", "/rollcall", "/rollcall/data_dictionary",
    *(f"/rollcall/{table}" for table in TABLES), *(f"/rollcall/{query}" for query in ORDER),
)  # fmt: skip
Get = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def get(counted: Small) -> Get:
    app = application(Room(db=counted.db, open_as="editor"))

    def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=named)

        return asyncio.run(exchange())

    return ask


@pytest.fixture(scope="module")
def person_id(counted: Small) -> str:
    with Store.open(counted.db, read_only=True) as store:
        return next(
            str(p["person_id"]) for p in store.export_persons() if p["surname"] == "Крутицын"
        )


# Pages


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_asks_nobody_else(get: Get, path: str, language: str) -> None:
    page = get(path, accept_language=language)
    assert page.status_code == 200, page.text[:500]
    assert f'<html lang="{language}">' in page.text
    assert not re.findall(r'(?:src|href|action|data)="(?:https?:)?//(?!here/)', page.text)
    assert not re.search(r"<script(?![^>]*src=)[^>]*>\s*\S", page.text)  # no inline script
    assert ' style="' not in page.text


def test_home_says_the_sentence_in_both_languages(get: Get) -> None:
    english = get("/?as_of=2024-08-23").text
    russian = get("/?as_of=2024-08-23", accept_language="ru-RU,ru;q=0.9,en;q=0.8").text
    assert "As of 23 August 2024 at least 2 soldiers are missing, a further 1 is" in english
    assert "По состоянию на 23 августа 2024 года пропавшими числятся не менее 2 солдат" in russian


def test_a_wrong_day_is_told_and_the_page_stands(get: Get) -> None:
    page = get("/?as_of=23.08.2024")
    assert page.status_code == 200
    assert "YYYY-MM-DD" in page.text


def test_a_person_with_facts_posts_events_and_reasons(get: Get, person_id: str) -> None:
    page = get(f"/rollcall/person/{person_id}").text
    for told in ("Крутицын Лука Ильич", "Kaluga Oblast", "15 August 2024", "captured",
                 '<mark class="name"', "the same man", "conscript"):  # fmt: skip
        assert told in page
    assert PHONE not in page
    assert get(f"/rollcall/person/{person_id}.json?_shape=array").json()


def test_an_unknown_person_is_404(get: Get) -> None:
    assert get("/rollcall/person/pffff").status_code == 404
    assert get("/nowhere").status_code == 404


def test_a_post_shows_what_was_read(get: Get) -> None:
    (found, *_) = get("/rollcall/post.json?external_id=s1&_shape=array").json()
    page = get(f"/rollcall/post/{found['post_id']}").text
    assert "[телефон]" in page
    assert "Крутицын Лука Ильич" in page
    (row, *_) = get("/rollcall/list_row.json?_shape=array").json()
    assert get(f"/rollcall/list_row/{row['row_id']}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Крутицын", 1), ("Крутицына", 1), ("крутицыным", 1), ("Крутицыну Луке", 1),
        ("Сухорукова Назара", 1), ("Ветошкиным Тихоном Савельевичем", 1), ("Ветошк", 1),
        ("Крутицын Назар", 0), ('"', 0), ("Крутицын*", 1), ("(", 0), ("NEAR(", 0), ("", 0),
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_case_form(get: Get, asked: str, found: int) -> None:
    page = get(f"/rollcall/person.json?_shape=array&_search={httpx.QueryParams({'q': asked})['q']}")
    assert page.status_code == 200
    assert len(page.json()) == found


def test_yo_is_folded() -> None:
    assert '"громов"' in expanded("Громовым")
    assert '"королев"' in expanded("Королёва")


# Figures


@pytest.mark.parametrize("day", DAYS)
def test_questions_count_as_the_tally_does(get: Get, counted: Small, day: str) -> None:
    with Store.open(counted.db, read_only=True) as store:
        tally = store.tally(day)
    rows = get(f"/rollcall/tally.json?as_of={day}&_shape=array").json()
    (everyone,) = [row for row in rows if row["category"] == "all"]
    assert (everyone["total"] or 0) == tally["total"]
    by_region = get(f"/rollcall/tally_by_region.json?as_of={day}&_shape=array").json()
    assert {row["region"]: row["missing"] for row in by_region} == {
        code: row["missing"] for code, row in tally["by_region"].items()  # type: ignore[attr-defined]
    }  # fmt: skip
    listed = get(f"/rollcall/overlaps.json?as_of={day}&_shape=array").json()
    assert {row["source"]: row["persons"] for row in listed} == tally["overlaps"]


def test_the_count_by_day_agrees_with_the_tally_of_each_day(get: Get, counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        for row in get("/rollcall/tally_by_day.json?_shape=array&page=all").json():
            tally = store.tally(row["day"], evidence=Evidence.REPORTED)
            assert tally["total"] == row["total"]
            assert tally["by_status"] == {status: row[status] for status in tally["by_status"]}  # type: ignore[attr-defined]


def test_charts_are_drawn_from_the_first_change_to_the_day() -> None:
    series = [("2024-08-01", 1, 1, 0, 0, 0, 0), ("2024-08-11", 3, 2, 1, 0, 0, 0)]
    drawn = chart(series, "2024-08-21", "en")
    assert drawn is not None
    assert [status for status, _ in drawn.layers][:2] == ["missing", "captured"]
    assert drawn.layers[0][1].startswith("M48.0 185.3L504.0 185.3L504.0 98.7L960.0 98.7")
    assert chart(series[:1], "2024-08-21", "en") is None


@pytest.mark.parametrize(
    ("missing", "captured", "english", "russian"),
    [
        (1, 0, "at least 1 soldier is missing.", "не менее 1 солдата."),
        (21, 1, "21 soldiers are missing, a further 1 is identified as a prisoner.",
         "не менее 21 солдата, ещё 1 опознаны в плену."),
        (73, 27, "73 soldiers are missing, a further 27 are identified as prisoners.",
         "не менее 73 солдат, ещё 27 опознаны в плену."),
    ],
)  # fmt: skip
def test_the_sentence_agrees_in_number(
    missing: int, captured: int, english: str, russian: str
) -> None:
    tally = {
        "as_of": "2024-08-23",
        "total": missing + captured,
        "by_status": {
            "missing": missing, "captured": captured, "released": 0, "found_alive": 0,
            "deceased": 0,
        },
        "by_category": {},
    }  # fmt: skip
    assert sentence(tally).endswith(english)
    assert sentence(tally, "ru").endswith(russian)
    assert len(sentences(tally)) == 1


# Words


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
        columns = {c for table in SHOWN for c in SHOWN[table]}
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


def test_regions_have_one_tile_each() -> None:
    places = {(region.column, region.row) for region in regions().values()}
    assert len(places) == len(regions()) == 85


def test_text_is_cut_where_spans_begin_and_end() -> None:
    spans = [{"field": "name", "start": 2, "end": 6}, {"field": "surname", "start": 2, "end": 4},
             {"field": "age", "start": 90, "end": 99}]  # fmt: skip
    assert pieces("abcdefgh", spans) == [
        ("ab", ""), ("cd", "name surname"), ("ef", "name"), ("gh", ""),
    ]  # fmt: skip


# What it can't be made to do


def test_headers_keep_a_page_to_its_host(get: Get) -> None:
    policy = get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "https" not in policy
    assert get("/rollcall/person.json").headers["x-content-type-options"] == "nosniff"


def test_the_file_cannot_be_written_or_taken(get: Get, counted: Small) -> None:
    assert get("/rollcall.db").status_code == 403
    for statement in ("DELETE FROM person", "UPDATE post SET text = ''", "DROP TABLE post"):
        answer = get(f"/rollcall.json?sql={statement}")
        assert answer.status_code == 400
    with Store.open(counted.db, read_only=True) as store:
        assert store.connection.execute("SELECT count(*) FROM person").fetchone()[0] == 4


@pytest.mark.parametrize(
    "payload",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:x"],
)
def test_text_of_a_post_is_text(own: Small, payload: str) -> None:
    with sqlite3.connect(own.db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        connection.execute("UPDATE post SET text = ?, url = ? WHERE external_id = 's1'",
                           (f"{payload} Крутицын", payload))  # fmt: skip
        connection.execute("UPDATE person SET names = names || ?, name = name || ?", (payload,) * 2)
        (post_id,) = connection.execute(
            "SELECT post_id FROM post WHERE external_id = 's1'"
        ).fetchone()
        (person,) = connection.execute("SELECT person_id FROM person LIMIT 1").fetchone()
    connection.close()
    app = application(Room(db=own.db, open_as="editor"))

    async def pages() -> list[str]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            paths = (f"/rollcall/post/{post_id}", f"/rollcall/person/{person}", "/rollcall/person",
                     "/rollcall/post?_all=1", f"/rollcall/person?_search={payload}")  # fmt: skip
            return [(await client.get(path)).text for path in paths]

    for page in asyncio.run(pages()):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49 Крутицын" not in page
        assert 'href="javascript:' not in page


def test_another_hosts_name_is_refused(counted: Small) -> None:
    app = only_hosts(application(Room(db=counted.db, open_as="editor")), {"127.0.0.1", "localhost"})

    async def ask(base: str) -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return (await client.get("/")).status_code

    assert asyncio.run(ask("http://127.0.0.1:8001")) == 200
    assert asyncio.run(ask("http://rebound.example:8001")) == 421


def test_canned_queries_keep_their_parameters() -> None:
    assert canned_queries()["tally"]["params"] == ["as_of", "known_at", "evidence"]
    assert canned_queries()["newly_missing"]["params"] == ["from_day", "to_day", "page"]
    assert json.dumps(canned_queries())


# Sums at hand


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("select count(*) from post ", True),
        ('select count(*) from person where "closed_at" is null and "status" = :p0', True),
        ('select count(*) from person where "status" = :p0', False),
        ('select count(*) from person where "closed_at" is null and "name" = :p0', False),
        ("select count(*) from person_version ", False),
        ('select count(*) from post where "source" = :p0', True),
        ("select count(*) from post where posted_on > 1", False),
    ],
)
def test_what_the_sums_answer(asked: str, answered: bool) -> None:
    assert (rewritten(asked) is not None) is answered


@pytest.mark.parametrize(
    "path",
    [
        "/rollcall/person?closed_at__isnull=1", "/rollcall/post", "/rollcall/record",
        "/rollcall/person?closed_at__isnull=1&sought_from__notblank=1&status=missing",
        "/rollcall/person?closed_at__isnull=1&home_region=RU-KLU",
        "/rollcall/record?claim=deceased", "/rollcall/post?source=channel",
    ],
)  # fmt: skip
def test_pages_of_a_day_count_nothing(get: Get, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Datasette's own questions, as it words them now, are all ones the sums can answer."""
    left: list[str] = []

    def spied(sql: str) -> str | None:
        found = rewritten(sql)
        if found is None and ("count(*)" in sql or "group by" in sql):
            left.append(sql)
        return found

    monkeypatch.setattr("store.datasette.counted.rewritten", spied)
    assert get(path).status_code == 200
    assert left == []


@pytest.mark.parametrize(
    "path",
    [
        "/rollcall/person?closed_at__isnull=1", "/rollcall/post", "/rollcall/record",
        "/rollcall/person?closed_at__isnull=1&status=captured", "/rollcall/post?source=channel",
        "/rollcall/person?closed_at__isnull=1&status=captured&sought_from__notblank=1",
        "/rollcall/person?closed_at__isnull=1&home_region=RU-KLU&category=conscript",
        "/rollcall/record?claim=deceased", "/rollcall/record?claim=sought&source=channel",
        "/rollcall/person?closed_at__isnull=1&_search=Крутицын", "/rollcall/person?status=missing",
    ],
)  # fmt: skip
def test_sums_say_what_counting_would(get: Get, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{path}{'&' if '?' in path else '?'}_extra=x"
    ask = url.replace("?", ".json?", 1)
    quick = get(ask).json()
    monkeypatch.setattr("store.datasette.counted.rewritten", lambda _: None)
    counted = get(ask).json()
    assert quick["filtered_table_rows_count"] == counted["filtered_table_rows_count"] > 0
    told = [
        {
            name: [(value["value"], value["count"]) for value in facet["results"]]
            for name, facet in answer["facet_results"].items()
        }
        for answer in (quick, counted)
    ]
    assert told[0] == told[1]
    assert any(told[0].values())


def test_sums_follow_every_change(own: Small) -> None:
    """Persons that are closed, opened, moved; records that change their claim; rows that go."""
    with Store.open(own.db) as store:
        connection = store.connection
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in (
            "UPDATE person SET status = 'deceased', category = NULL WHERE surname = 'Крутицын'",
            "UPDATE person SET closed_at = '2024' WHERE surname = 'Сухоруков'",
            "UPDATE person SET sought_from = '2024-01-01' WHERE surname = 'Запольский'",
            "UPDATE record SET claim = 'released' WHERE claim = 'captured'",
            "UPDATE list_row SET gone_at = '2024' WHERE source = 'deceased'",
            "DELETE FROM post WHERE external_id = 's5'",
            "UPDATE person SET closed_at = NULL WHERE surname = 'Сухоруков'",
        ):
            connection.execute(statement)
            for of, select in {
                "person": "status, category, home_region, sought_from IS NOT NULL, count(*) "
                "FROM person WHERE closed_at IS NULL GROUP BY 1, 2, 3, 4",
                "record": "claim, source, '', '', count(*) FROM record GROUP BY 1, 2",
                "post": "source, '', '', '', count(*) FROM post GROUP BY 1",
                "list_row": "source, '', '', '', count(*) FROM list_row WHERE gone_at IS NULL "
                "GROUP BY 1",
            }.items():
                held = connection.execute(
                    "SELECT a, b, c, d, rows FROM facet_count WHERE of = ? AND rows <> 0", (of,)
                )
                there = connection.execute(f"SELECT {select}")
                assert sorted(tuple(map(str, row)) for row in held) == sorted(
                    tuple("" if cell is None else str(cell) for cell in row) for row in there
                ), (statement, of)


def test_questions_of_the_past_are_counted_the_long_way(get: Get, counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        known = latest_knowledge(store.connection)
        for path in ("tally", "tally_by_region", "tally_by_unit", "overlaps"):
            now, then, none = (
                get(f"/rollcall/{path}.json?_shape=array&as_of=2024-08-23{more}").json()
                for more in ("", f"&known_at={known}", "&known_at=2020-01-01T00:00:00.000000Z")
            )
            assert now == then
            assert sum(row.get("total") or row.get("persons") or 0 for row in none) == 0
            assert now


def test_long_answers_come_in_pages(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = get("/rollcall/newly_missing.json?from_day=2024-01-01&to_day=2025-01-01&page=all")
    first = get("/rollcall/newly_missing.json?from_day=2024-01-01&to_day=2025-01-01")
    second = get("/rollcall/newly_missing.json?from_day=2024-01-01&to_day=2025-01-01&page=2")
    assert everything.json()["rows"] == first.json()["rows"] != []
    assert second.json()["rows"] == []
    page = get("/rollcall/newly_missing?from_day=2024-01-01&to_day=2025-01-01").text
    assert "page=all" in page


def test_a_full_page_leads_to_the_next(own: Small) -> None:
    """More rows than a page holds: here of one man, found alive every day."""
    with Store.open(own.db) as store:
        connection = store.connection
        row = connection.execute("SELECT * FROM status_event LIMIT 1").fetchone()
        for n in range(ROWS + 5):
            connection.execute(
                "INSERT INTO status_event (person_id, status, public_on, learned_at, record_id, "
                "evidence, retracts, retracted, known_from) VALUES (?, 'found_alive', ?, ?, ?, "
                "'reported', '[]', 0, ?)",
                (row["person_id"], f"2023-{1 + n // 28:02d}-{1 + n % 28:02d}", row["learned_at"],
                 row["record_id"], row["known_from"]),
            )  # fmt: skip
    app = application(Room(db=own.db, open_as="editor"))

    async def ask() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            days = "/rollcall/status_changes?from_day=2023-01-01&to_day=2023-12-31"
            first, second = (await client.get(days)), (await client.get(f"{days}&page=2"))
            assert first.text.count("<tr>") == ROWS + 1
            assert "page=2" in first.text
            assert second.text.count("<tr>") == 5 + 1
            assert "page=1" in second.text
            whole = await client.get("/rollcall/status_changes.csv?from_day=2023-01-01&page=all")
            assert whole.text.count("found_alive") >= ROWS + 5

    asyncio.run(ask())


def test_only_the_plugins_we_name_are_loaded() -> None:
    """Whoever imports Datasette first: a map plugin would fetch tiles from another host."""
    script = (
        "import cli.serving\n"
        "from datasette.plugins import pm\n"
        "from store import serving\n"
        "from store.datasette import loaded\n"
        "loaded.only(serving.PLUGINS)\n"
        "print(*[name for name, _ in pm.list_name_plugin()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "block_robots" in loaded
    assert not loaded & {"dashboards", "leaflet", "template-sql", "render_markdown"}
