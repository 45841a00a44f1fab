"""An editor's word on a doubtful row: it counts, holds through imports, is audited and undone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pysqlite3
import pytest
from histories import NOW, new_store, resolve
from small import Small, build
from test_doubts import bring, doubtful, sure

from model import Reading, UnusableInput
from store import Store, audit_chain, doubts, settling

OTHER = Reading(text="Ким Олег", records=(), extractor="1")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path / "rollcall.db")
    bring(store, doubtful(), OTHER)
    return store


def row_of(store: Store) -> str:
    (row,) = settling.listing(store.connection, every=True)
    return str(row["row_id"])


def say(
    store: Store, verdict: str, editor: str, at: datetime, *, note: str | None = None, row: str = ""
) -> int:
    """A word on the row as it stands."""
    seen = settling.as_seen(store.connection, row or row_of(store), verdict, editor)
    return settling.settle(store, replace(seen, note=note), at)


def claims(store: Store) -> list[str]:
    return [one.record.claim.value for one in store.stored_records()]


def test_a_settled_row_counts_as_the_editor_says(store: Store) -> None:
    say(store, "deceased", "Анна", LATER, note="позвонили в штаб")
    (stored,) = store.stored_records()
    assert (stored.record.surname, stored.record.claim) == ("Зимин", "deceased")
    resolve(store, {"Зимин": [stored.record_id]})
    assert store.tally(f"{LATER:%Y-%m-%d}")["list_only"] == 1
    assert settling.listing(store.connection) == doubts.listing(store.connection) == []
    (told,) = settling.listing(store.connection, every=True)
    assert (told["verdict"], told["editor"], told["note"]) == (
        "deceased", "Анна", "позвонили в штаб",
    )  # fmt: skip


@pytest.mark.parametrize(("verdict", "counted"), [("captured", ["captured"]), ("nobody", [])])
def test_the_word_holds_through_imports(store: Store, verdict: str, counted: list[str]) -> None:
    say(store, verdict, "Анна", LATER)
    bring(store, doubtful(), OTHER, days=1)
    bring(store, OTHER, doubtful("2"), days=2)  # read by newer rules, in another place
    bring(store, OTHER, days=3)
    assert claims(store) == []  # it left its list
    bring(store, OTHER, doubtful("2"), days=4)
    assert claims(store) == counted
    assert doubts.listing(store.connection) == []


def test_the_word_outranks_rules_that_learn_to_read_it(store: Store) -> None:
    say(store, "released", "Анна", LATER)
    bring(store, sure("2"), OTHER, days=1)
    assert claims(store) == ["released"]
    settling.reopen(store, row_of(store), "Анна", LATER + timedelta(days=1))
    assert claims(store) == []
    bring(store, sure("2"), OTHER, days=2)
    assert claims(store) == ["captured"]


def test_a_row_that_its_list_writes_anew_waits_again(store: Store) -> None:
    say(store, "released", "Анна", LATER)
    anew = Reading(text="Зимин Лука Ильич · ??", records=(), extractor="1", doubt=doubtful().doubt)
    bring(store, anew, OTHER, days=1)
    assert claims(store) == []
    assert len(doubts.listing(store.connection)) == 1
    say(store, "captured", "Борис", LATER + timedelta(days=1))
    assert claims(store) == ["captured"]


def test_a_word_is_taken_back_by_adding(store: Store) -> None:
    row = row_of(store)
    say(store, "released", "Анна", LATER)
    say(store, "captured", "Борис", LATER)  # the later word holds
    assert claims(store) == ["captured"]
    settling.reopen(store, row, "Борис", LATER)
    assert claims(store) == []
    assert len(settling.listing(store.connection)) == 1
    with pytest.raises(UnusableInput, match="waits already"):
        settling.reopen(store, row, "Борис", LATER)
    told = store.connection.execute("SELECT verdict FROM row_word ORDER BY word_id").fetchall()
    assert [word["verdict"] for word in told] == ["released", "captured", "open"]
    with pytest.raises(pysqlite3.IntegrityError, match="append-only"):
        store.connection.execute("DELETE FROM row_word")


@pytest.mark.parametrize(
    ("row", "verdict", "told"),
    [("x", "captured", "no doubtful row 'x'"), ("", "retracted", "a row can say")],
)
def test_what_cannot_be_said(store: Store, row: str, verdict: str, told: str) -> None:
    with pytest.raises(UnusableInput, match=told):
        say(store, verdict, "Анна", LATER, row=row)
    assert store.connection.execute("SELECT count(*) FROM row_word").fetchone()[0] == 0


def test_it_is_audited(store: Store) -> None:
    say(store, "released", "Анна", LATER)
    (line,) = store.connection.execute("SELECT * FROM audit WHERE action = 'settle row'").fetchall()
    assert (line["actor"], line["subject"]) == ("Анна", row_of(store))
    assert list(audit_chain._unlike_audited(store.connection)) == []
    with store.writing() as connection:
        connection.execute("DROP TRIGGER row_word_kept")
        connection.execute("UPDATE row_word SET verdict = 'deceased'")
    assert list(audit_chain._unlike_audited(store.connection)) == [
        "row_word 1 is not what was decided"
    ]


LIST = """kind = "csv"
url = "../men.csv"
claim = "captured"
columns = { name = "ПІБ", claim = "Статус", event_date = "День" }
"""


def test_at_the_terminal(tmp_path: Path) -> None:
    own: Small = build(tmp_path / "world")
    (own.sources / "men.toml").write_text(LIST, encoding="utf-8")
    (own.sources.parent / "men.csv").write_text(
        "ПІБ,Статус,День\nПробный Лука Ильич,кракозябра,14.08.2024\n", encoding="utf-8"
    )
    assert "it counts for nobody" in own.rollcall("collect", "men").stderr
    (row,) = json.loads(own.rollcall("review", "rows", "--json").stdout)
    assert (row["source"], row["row"]) == ("men", 1)
    assert "«кракозябра» is not understood" in row["why"]
    done = own.rollcall("review", "settle", row["row_id"], "released", by="editor")
    assert done.returncode == 0, done.stderr
    assert "exchanged, by editor" in done.stdout
    tally = json.loads(own.rollcall("tally", "--as-of", "2024-08-31", "--json").stdout)
    assert tally["list_only"] == 1
    assert "counts for nobody" not in own.rollcall("collect", "men").stderr
    assert "counts for nobody" not in own.rollcall("doctor").stdout
    assert own.rollcall("review", "reopen", row["row_id"], by="editor").returncode == 0
    tally = json.loads(own.rollcall("tally", "--as-of", "2024-08-31", "--json").stdout)
    assert tally["list_only"] == 0
