"""The analysts' pages: what they show."""

from __future__ import annotations

import re

import httpx
import pytest
from small import PHONE, Get, Small

from model import Evidence
from store import Store
from store.datasette.chart import chart
from store.datasette.metadata import TABLES
from store.datasette.queries import ORDER
from store.datasette.search import expanded
from store.headline import sentence, sentences

DAYS = ("2024-08-07", "2024-08-08", "2024-08-15", "2024-08-23", "2024-09-10")
PAGES = (
    "/", "/?as_of=2024-08-23", "/rollcall", "/rollcall/data_dictionary",
    *(f"/rollcall/{table}" for table in TABLES), *(f"/rollcall/{query}" for query in ORDER),
)  # fmt: skip


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


@pytest.mark.parametrize("path", ["/rollcall/post", "/rollcall/source_health", "/rollcall"])
def test_a_reader_of_screens_finds_the_way(get: Get, path: str) -> None:
    """A way past the menu, the menu named, the page one is on told, every column a heading."""
    page = get(path).text
    assert '<a class="skip" href="#main">Skip to the page</a>' in page
    assert '<nav aria-label="Main menu">' in page
    assert page.count('aria-current="page"') == 1
    assert f'href="{path}" aria-current="page"' in page
    for shown in (page, get("/?as_of=2024-08-23").text):
        assert re.findall(r"<th(?: (?![^>]*scope=)[^>]*)?>", shown) == []


def test_a_person_leads_to_each_row_and_source(get: Get, person_id: str) -> None:
    page = get(f"/rollcall/person/{person_id}").text
    (row, *_) = get("/rollcall/list_row.json?_shape=array&source=captured").json()
    assert f'<a href="/rollcall/list_row/{row["row_id"]}">row 1</a>' in page
    assert '<a href="/rollcall/source/captured">captured</a>' in page
    assert "bits of evidence" in page


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
         "не менее 21 солдата, ещё 1 опознан в плену."),
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
