"""A figure of a page and the men behind it: as many, of every day, status, category and region."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html import unescape

import pytest
from small import Get, Small

from model import Evidence
from store import Store
from store.counted import STATUSES
from store.datasette.figures import choices, path_of_men

DAYS = ("2024-08-08", "2024-08-15", "2024-08-23", "2024-09-10")


def men(get: Get, **asked: str) -> list[dict[str, object]]:
    found = get(
        path_of_men(**asked).replace("counted_men?", "counted_men.json?_shape=array&page=all&")
    )
    assert found.status_code == 200, found.text
    rows: list[dict[str, object]] = found.json()
    return rows


@pytest.mark.parametrize("evidence", list(Evidence))
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("then", [False, True])
def test_every_figure_of_a_day_has_its_men(
    get: Get, counted: Small, day: str, evidence: Evidence, then: bool
) -> None:
    """As known now, and as known at the time that the tally itself names."""
    with Store.open(counted.db, read_only=True) as store:
        tally = store.tally(day, evidence=evidence)
    asked = {"as_of": day, "evidence": str(evidence)}
    if then:
        asked["known_at"] = str(tally["known_at"])
    everyone = men(get, **asked)
    assert len(everyone) == tally["total"]
    for status in STATUSES:
        found = men(get, **asked, status=status)
        assert len(found) == tally["by_status"][status]  # type: ignore[index]
        assert {row["status"] for row in found} <= {status}
    for dimension, cells in (("category", tally["by_category"]), ("region", tally["by_region"])):
        for name, cell in cells.items():  # type: ignore[attr-defined]
            found = men(get, **asked, **{dimension: name})
            assert len(found) == cell["total"], (dimension, name)
            assert {row[dimension] for row in found} == {name}


def test_what_was_not_yet_known_has_no_men(get: Get) -> None:
    assert men(get, as_of="2024-09-10", known_at="2000-01-01T00:00:00Z") == []


def test_home_and_tables_lead_from_each_figure_to_its_men(get: Get) -> None:
    """Each link's men are as many as the figure it stands on."""
    for path in (
        "/?as_of=2024-08-23", "/rollcall/tally?as_of=2024-08-23",
        "/rollcall/tally_by_region?as_of=2024-08-23",
    ):  # fmt: skip
        page = get(path).text
        links = re.findall(r'<a href="/rollcall/counted_men\?([^"]*)">(\d+)</a>', page)
        assert len(links) > 3, path
        for query, figure in links:
            address = f"/rollcall/counted_men.json?_shape=array&page=all&{unescape(query)}"
            assert len(get(address).json()) == int(figure), (path, query)
            assert "as_of=2024-08-23" in query
        for query, figure in re.findall(
            r'class="card [a-z_ ]+" href="/rollcall/counted_men\?([^"]*)">.*?<strong>(\d+)<', page
        ):
            address = f"/rollcall/counted_men.json?_shape=array&page=all&{unescape(query)}"
            assert len(get(address).json()) == int(figure), (path, query)


def test_an_answer_can_be_cited_for_good(get: Get, counted: Small) -> None:
    """The link of a page without a time names the day and the knowledge it was counted with."""
    with Store.open(counted.db, read_only=True) as store:
        known = str(store.tally("2024-08-23")["known_at"])
    for path in ("/?as_of=2024-08-23", "/rollcall/tally?as_of=2024-08-23",
                 "/rollcall/counted_men?as_of=2024-08-23&status=missing"):  # fmt: skip
        page = get(path).text
        (address,) = [
            unescape(href)
            for href, words in re.findall(r'<a href="([^"]*)">([^<]*)</a>', page)
            if words.startswith("An address for citing")
        ]
        assert f"known_at={known.replace(':', '%3A')}" in address
        assert "as_of=2024-08-23" in address
        assert "status=missing" in address or "status" not in path
        cited = get(address).text
        assert "An address for citing" not in cited
        figures = r"(?:<strong>|>)(\d+)(?:</strong>|</a></td>)"
        assert re.findall(figures, cited) == re.findall(figures, page)
    assert "An address for citing" not in get("/rollcall/list_only").text


def test_columns_that_are_empty_in_every_row_are_named_and_not_shown(get: Get) -> None:
    page = get("/rollcall/source_health").text
    assert "Empty in every row: last error" in page
    assert 'class="col-last_error"' not in page
    assert '<a href="/rollcall/source/captured">captured</a>' in page
    assert "last_error" in get("/rollcall/source_health.json?_shape=array").json()[0]


@pytest.mark.parametrize(("path", "button"), [("list_only", 0), ("counted_men", 1), ("tally", 1)])
def test_a_question_without_a_parameter_has_no_button(get: Get, path: str, button: int) -> None:
    form = get(f"/rollcall/{path}").text.partition('<form class="sql when"')[2].partition("</form>")
    assert form[0].count("<button>") == button


def test_choices_are_told_in_words() -> None:
    assert choices("status", "ru")["captured"] == "в плену"
    assert choices("region", "en")["RU-KLU"] == "Kaluga Oblast"
    assert choices("as_of", "en") == {}


@pytest.mark.parametrize(("language", "told"), [("en", "There is no such page"),
                                                ("ru", "Такой страницы нет")])  # fmt: skip
def test_a_page_that_is_not_there_says_so_in_the_language(
    get: Get, language: str, told: str
) -> None:
    for path in ("/nowhere", "/rollcall/person/pffff"):
        assert f"<h1>{told}</h1>" in get(path, accept_language=language).text


@pytest.mark.parametrize(
    "asked", ["as_of=23.08.2024", "as_of=2024-08-23&known_at=yesterday", "as_of=2024-13-01"]
)
@pytest.mark.parametrize("path", ["tally", "counted_men", "tally_by_unit", "overlaps"])
def test_what_is_no_day_or_time_is_told_and_counts_nobody(get: Get, path: str, asked: str) -> None:
    page = get(f"/rollcall/{path}?{asked}", accept_language="ru").text
    assert "не день и не время" in page
    assert "<tbody>" not in page
    rows = get(f"/rollcall/{path}.json?_shape=array&{asked}").json()
    assert [row for row in rows if row.get("total", 1)] == []


def test_a_time_of_another_zone_is_the_same_moment(get: Get, counted: Small) -> None:
    """09:00 in Moscow is 06:00Z, before and after all was known."""
    with Store.open(counted.db, read_only=True) as store:
        known = datetime.fromisoformat(str(store.tally("2024-09-10")["known_at"]))
    for moment in (known - timedelta(hours=1), known + timedelta(hours=1)):
        there = moment.astimezone(timezone(timedelta(hours=3))).isoformat().replace("+", "%2B")
        here = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        asked = [
            get(f"/rollcall/tally.json?_shape=array&as_of=2024-09-10&known_at={at}").json()
            for at in (there, here)
        ]
        assert asked[0] == asked[1]
