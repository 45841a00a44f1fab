"""Doubtful rows before editors: in what order, one at a time, each word kept once; their pages."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from doubts import UNCLEAR, doubtful, unclear
from small import Small
from test_room import enter, token, users, within

from model import Claim, ListRow, UnusableInput
from pipeline import read_row
from store import Store, audit_chain, doubts, migrations, settling, turns
from store.datasette.doubt_words import why_in_words
from store.datasette.room import Room
from store.erasure import erase_person
from store.turns import Overtaken
from store.users import Users

__all__ = ["users"]  # a fixture
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return unclear(doubtful(tmp_path_factory.mktemp("unclear") / "world"))


@pytest.fixture
def small(world: Small, tmp_path: Path) -> Small:
    return world.copy(tmp_path / "own")


@pytest.fixture
def store(small: Small) -> Iterator[Store]:
    with Store.open(small.db) as store:
        yield store


def taken(store: Store, editor: str = "anna", now: datetime = NOW) -> str:
    row = settling.take_next(store, editor, now)
    assert row is not None
    return row


def place(store: Store, row_id: str) -> int:
    return int(settling.place_of(store.connection, row_id)["row"])


def say(store: Store, row_id: str, verdict: str, editor: str = "anna") -> int:
    return settling.settle(store, settling.as_seen(store.connection, row_id, verdict, editor), NOW)


def kept(store: Store) -> list[tuple[str, str]]:
    rows = store.connection.execute("SELECT editor, verdict FROM row_word ORDER BY word_id")
    return [(row[0], row[1]) for row in rows]


# Whose turn


def test_a_row_of_a_sought_mans_name_comes_first(store: Store) -> None:
    """Row 4 of the file: the one man of them whom somebody seeks."""
    listed = settling.listing(store.connection)
    assert [row["row"] for row in listed] == [4, 2, 3]
    assert place(store, taken(store)) == 4
    (first, *_) = listed
    record = settling.held_record(
        store.connection.execute(
            "SELECT record FROM doubtful_row WHERE row_id = ?", (first["row_id"],)
        ).fetchone()[0]
    )
    found = {"surname": record.surname, "given": record.given}
    (man,) = settling.namesakes(store.connection, found, 5)
    assert (man["name"], man["sought_from"]) == ("Ветошкин Тихон Савельевич", "2024-08-20")


def test_two_editors_get_two_rows_and_a_hold_ends(store: Store) -> None:
    hers, his = taken(store), taken(store, "boris")
    assert hers != his
    assert taken(store) == hers
    assert turns.held_by(store.connection, settling.ROWS, hers, "boris", NOW) == "anna"
    assert taken(store, "boris", NOW + turns.HOLD + timedelta(seconds=1)) == hers


def test_what_was_put_off_comes_after_the_rest_in_turn(store: Store) -> None:
    """«Later» twice does not lead back to the first, as it once did."""
    seen = []
    for n in range(5):
        now = NOW + timedelta(seconds=n)
        row = taken(store, now=now)
        seen.append(place(store, row))
        turns.put_off(store, "row_id", row, "anna", now)
    assert seen == [4, 2, 3, 4, 2]
    assert place(store, taken(store, "boris")) == 4  # his own order
    assert place(store, taken(store, now=NOW + turns.LATER + turns.HOLD)) == 4
    turns.put_off(store, "row_id", "no such row", "anna", NOW)
    assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_not_sure_leaves_the_row_to_others_until_it_is_written_anew(store: Store) -> None:
    row = taken(store)
    number = say(store, row, "unsure")
    assert taken(store) != row
    assert taken(store, "boris") == row
    assert [man["verdict"] for man in settling.words_on(store.connection, row)] == ["unsure"]
    settling.undo(store, number, "anna", NOW)
    assert turns.held_by(store.connection, settling.ROWS, row, "boris", NOW) == "anna"
    assert taken(store) == row


# Each word once


def test_the_second_word_is_refused_and_the_same_sent_twice_is_kept_once(store: Store) -> None:
    row = taken(store)
    hers, his = (
        settling.as_seen(store.connection, row, verdict, editor)
        for verdict, editor in (("captured", "anna"), ("nobody", "boris"))
    )
    number = settling.settle(store, hers, NOW)
    assert settling.settle(store, hers, NOW) == number
    with pytest.raises(Overtaken, match="anna came first with “in captivity”"):
        settling.settle(store, his, NOW)
    with pytest.raises(Overtaken, match="anna came first"):
        settling.settle(store, replace(his, editor="anna"), NOW)
    assert kept(store) == [("anna", "captured")]
    assert Overtaken("first", editor="anna", said="verdict.captured").told("ru") == (
        "anna уже решил(а): «в плену»"
    )


def test_a_word_that_holds_is_replaced_only_by_who_means_to(store: Store) -> None:
    """A page may have been read in the very moment in which another settled the row."""
    row = taken(store)
    say(store, row, "captured")
    seen = settling.as_seen(store.connection, row, "released", "boris")
    with pytest.raises(Overtaken, match="anna came first"):
        settling.settle(store, replace(seen, anew=False), NOW)
    settling.settle(store, seen, NOW)  # at the terminal, by its name
    assert kept(store) == [("anna", "captured"), ("boris", "released")]


def test_a_row_written_anew_meanwhile_is_not_settled_unseen(store: Store) -> None:
    seen = settling.as_seen(store.connection, taken(store), "captured", "anna")
    with pytest.raises(Overtaken, match="the list men wrote this row anew"):
        settling.settle(store, replace(seen, version=seen.version + 1), NOW)
    assert kept(store) == []


def test_eight_editors_at_once_lose_and_double_nothing(small: Small) -> None:
    """Each takes and settles until nothing is left, all at one time, each word sent twice."""
    told: list[tuple[str, int]] = []
    start = threading.Barrier(8)

    def work(editor: str) -> None:
        with Store.open(small.db) as store:
            start.wait()
            while (row := settling.take_next(store, editor, datetime.now(UTC))) is not None:
                seen = settling.as_seen(store.connection, row, "captured", editor)
                seen = replace(seen, anew=False)  # as a page sends it
                for _ in range(2):
                    with contextlib.suppress(Overtaken):
                        told.append((editor, settling.settle(store, seen, datetime.now(UTC))))

    threads = [threading.Thread(target=work, args=(f"editor{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    with Store.open(small.db, read_only=True) as store:
        assert len(kept(store)) == len(UNCLEAR)
        assert len({number for _, number in told}) == len(UNCLEAR)
        assert list(audit_chain.faults(store.connection, small.db)) == []


def test_undo_once_and_only_the_last_word(store: Store) -> None:
    row = taken(store)
    first = say(store, row, "captured")
    second = say(store, row, "released", "boris")
    with pytest.raises(Overtaken, match="not the last"):
        settling.undo(store, first, "anna", NOW)
    added, again = settling.undo(store, second, "anna", NOW)
    assert again == row
    with pytest.raises(Overtaken):
        settling.undo(store, added, "anna", NOW)
    with pytest.raises(UnusableInput, match="no word 99"):
        settling.undo(store, 99, "anna", NOW)
    assert settling.standing_words(store.connection, "boris", 5) == []
    (last, *_) = store.connection.execute("SELECT * FROM row_word WHERE undoes NOT NULL").fetchall()
    assert (last["verdict"], last["undoes"]) == (doubts.OPEN, second)


def test_an_erased_mans_rows_are_held_and_put_off_no_more(store: Store) -> None:
    turns.put_off(store, "row_id", taken(store), "anna", NOW)
    say(store, taken(store, "boris"), "captured", "boris")
    turns.put_off(store, "row_id", taken(store), "boris", NOW)
    (person,) = store.connection.execute(
        "SELECT person_id FROM person WHERE surname = 'Ветошкин' AND closed_at IS NULL"
    ).fetchone()
    erase_person(store, person, "anna", NOW)
    rows = store.connection.execute("SELECT row_id FROM list_row").fetchall()
    left = {row[0] for row in rows}
    for table in ("row_word", "row_lease", "put_off"):
        held = store.connection.execute(f"SELECT row_id FROM {table}").fetchall()  # noqa: S608
        assert {row[0] for row in held} <= left, table


def test_words_from_before_the_queue_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migration 092 keeps every word, its number and what it says."""
    before = {stem: text for stem, text in migrations.SCRIPTS.items() if stem < "092"}
    triggers = migrations.TRIGGERS - {"row_word_kept", "row_word_stays"}
    with monkeypatch.context() as old:
        old.setattr(migrations, "SCRIPTS", before)
        old.setattr(migrations, "SCHEMA_VERSION", 91)
        old.setattr(migrations, "TRIGGERS", triggers | {"row_word_no_update"})
        old.setattr("store.dictionary.write", lambda _: None)
        with Store.open(tmp_path / "old.db", create=True) as store, store.writing() as connection:
            connection.execute("PRAGMA defer_foreign_keys = ON")
            connection.execute(
                "INSERT INTO source (name, kind, url, owner, every_seconds, enabled) "
                "VALUES ('l', 'csv', '', '', 1, 1)"
            )
            connection.execute(
                "INSERT INTO list_row (row_id, source, row, ordinal, text, extractor, versions, "
                "learned_at) VALUES ('r', 'l', 1, 1, 'x', '1', 1, '2026')"
            )
            connection.execute(
                "INSERT INTO row_word VALUES (7, 'r', 1, 'captured', 'anna', '2026', 'seen')"
            )
    with Store.open(tmp_path / "old.db") as store:
        (word,) = store.connection.execute("SELECT * FROM row_word_now").fetchall()
        assert tuple(word) == (7, "r", 1, "captured", "anna", "2026", "seen", None)


# The page


def test_an_editor_settles_row_after_row_and_takes_one_back(small: Small, users: Users) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        await enter(browser, "anna")
        first = (await browser.get("/-/review/rows")).headers["location"]
        page = (await browser.get(first)).text
        for shown in ("Ветошкин Тихон Савельевич", "«хз» is not understood", "Дальний",
                      "sought since 2024-08-20", 'data-key="c"', "in captivity"):  # fmt: skip
            assert shown in page, shown
        fields = dict(_hidden(page))
        form = {**fields, "verdict": "captured", "note": "the coordinator said so"}
        answer = await browser.post("/-/review/rows/settle", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/-/review/rows")
        second = (await browser.get("/-/review/rows")).headers["location"]
        assert second != first
        page = (await browser.get(second)).text
        assert "Row 4 of men: in captivity. Undo with z." in page
        await browser.post("/-/review/rows/settle", data={**form, "verdict": "nobody"})
        page = (await browser.get(second)).text
        assert "Nothing was written: anna came first with “in captivity”" in page
        (word,) = [value for name, value in _hidden(page) if name == "word"]
        csrf = fields["csrftoken"]
        answer = await browser.post("/-/review/rows/undo", data={"csrftoken": csrf, "word": word})
        assert answer.headers["location"] == first
        assert "it waits again" in (await browser.get(first)).text

    within(Room(db=small.db, users=users), act)
    with Store.open(small.db, read_only=True) as store:
        assert kept(store) == [("anna", "captured"), ("anna", "open")]
        notes = store.connection.execute("SELECT note FROM row_word").fetchall()
        assert [note[0] for note in notes] == ["the coordinator said so", None]
        assert list(audit_chain.faults(store.connection, small.db)) == []


def _hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)


def test_an_analyst_and_a_form_from_elsewhere_settle_nothing(small: Small, users: Users) -> None:
    with Store.open(small.db) as store:
        row = taken(store)

    async def act(browser: httpx.AsyncClient) -> None:
        await enter(browser, "vera")
        page = (await browser.get(f"/rollcall/doubtful_row/{row}")).text
        assert "Ветошкин" in page
        assert 'action="/-/review/rows/settle"' not in page
        assert (await browser.get("/-/review/rows")).status_code == 403
        form = {"row": row, "verdict": "captured", "version": "1", "seen": "0"}
        right = {"csrftoken": await token(browser, "/"), **form}
        for data in (form, right):
            assert (await browser.post("/-/review/rows/settle", data=data)).status_code == 403
        assert (await browser.post("/-/review/rows/undo", data=right)).status_code == 403

    within(Room(db=small.db, users=users), act)
    with Store.open(small.db, read_only=True) as store:
        assert kept(store) == []


def test_both_languages_tell_why(small: Small) -> None:
    with Store.open(small.db) as store:
        row = taken(store)

    async def act(browser: httpx.AsyncClient) -> None:
        ru = {"accept-language": "ru"}
        page = (await browser.get(f"/rollcall/doubtful_row/{row}", headers=ru)).text
        assert "Ни за кого не считается: статус «хз» не понят." in page
        listed = (await browser.get("/rollcall/doubtful_rows", headers=ru)).text
        assert "статус «погиб?» сказан неуверенно" in listed
        assert f'href="/rollcall/doubtful_row/{row}"' in listed
        assert "<b>3</b> строки списков ждут редактора" in (await browser.get("/", headers=ru)).text
        found = (await browser.get(f"/rollcall/list_row/{row}", headers=ru)).text
        assert "статус «хз» не понят" in found
        assert (await browser.get("/rollcall/doubtful_row/none")).status_code == 404

    within(Room(db=small.db, open_as="editor"), act)


def row_of(**cells: str) -> ListRow:
    return ListRow(source="list", row=1, cells=cells)


NAME = "Пробный Лука Ильич"
DOUBTFUL: tuple[tuple[ListRow, str], ...] = (
    (row_of(name=NAME, claim="хз"), "статус «хз» не понят"),
    (row_of(name=NAME, claim="погиб?"), "статус «погиб?» сказан неуверенно"),
    (row_of(name=NAME, claim="погиб / плен"), "статус «погиб / плен» противоречит себе"),
    (row_of(name=NAME, struck="1"), "зачёркнута"),
    (row_of(name=NAME, birth_date="05.05.1920"), "указывает год рождения 1920"),
    (row_of(name=NAME, age="12"), "указывает возраст 12"),
    (row_of(name="-", birth_date="1990"), "никого не называет"),
    (row_of(name=NAME, claim="в плену", text="погиб 5 мая"),
     "в статусе «в плену», а в тексте погиб"),
    (row_of(name=NAME, claim="погиб", text="жив, нашёлся"), "в статусе погиб, а в тексте «жив»"),
)  # fmt: skip


@pytest.mark.parametrize(("row", "told"), DOUBTFUL)
def test_what_the_rules_say_of_a_row_is_told_in_russian(row: ListRow, told: str) -> None:
    reading = read_row(row, Claim.DECEASED)
    assert reading.doubt is not None
    assert why_in_words(reading.doubt.why, "ru") == told


def test_a_sentence_nobody_translated_is_told_as_it_is() -> None:
    assert why_in_words("is of a new kind", "ru") == "is of a new kind"
