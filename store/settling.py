"""Editors' words on doubtful rows of lists → kept once each, audited, the row counted as they say.

Rows wait in a queue as pairs do (`turns.py`), those first that bear the name of a man in the count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from model import Claim, Doubt, Reading, UnusableInput
from store import audit, doubts, health, turns
from store.connection import Connection, Row
from store.facade import Store
from store.list_rows import save_reading
from store.quarantine import held_record
from store.times import moment, stamp
from store.turns import Overtaken

CLAIMS = tuple(claim.value for claim in Claim if claim is not Claim.RETRACTED)
VERDICTS = (*CLAIMS, doubts.NOBODY, doubts.UNSURE)

# An editor's own "not sure" hides the row from him, not from others, until the list writes it anew.
_NEXT = f"""
SELECT wait.row_id FROM row_waiting AS wait {turns.put_off_by("row_id", "wait")}
WHERE {turns.free("row_lease", "row_id", "wait")}
  AND NOT EXISTS (SELECT 1 FROM row_word AS mine WHERE mine.row_id = wait.row_id
    AND mine.version = wait.versions AND mine.editor = :editor AND mine.verdict = 'unsure'
    AND NOT EXISTS (SELECT 1 FROM row_word AS back
      WHERE back.row_id = mine.row_id AND back.undoes = mine.word_id))
ORDER BY later.at, in_count DESC, source, row LIMIT 1
"""  # noqa: S608
ROWS = turns.Queue(
    leases="row_lease", key="row_id", first=_NEXT,
    waits="SELECT count(*) FROM row_waiting WHERE row_id = :item",
)  # fmt: skip
_SORTED = "replace(replace(?1 || ' ' || ?2, 'ё', 'е' || char(65535)), 'Ё', 'Е' || char(65535))"
_LAST_WORD = "SELECT * FROM row_word WHERE row_id = ? ORDER BY word_id DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What an editor says of a row. `version`, `seen`: its text and last word he saw (0: none).

    `anew`: it may replace a word that holds.
    """

    row_id: str
    verdict: str
    editor: str
    version: int
    seen: int
    note: str | None = None
    anew: bool = False


def listing(connection: Connection, *, every: bool = False) -> list[dict[str, object]]:
    """Doubtful rows that wait for a word, with their redacted text; or every one, and its word."""
    columns = "row_id, source, row, text, why, noted_at"
    if not every:
        query = f"SELECT {columns} FROM row_waiting ORDER BY in_count DESC, source, row"  # noqa: S608
    else:
        query = (
            f"SELECT {columns}, verdict, editor, at, note FROM doubtful_row "  # noqa: S608
            "JOIN list_row USING (row_id) LEFT JOIN row_word_now USING (row_id) "
            "WHERE gone_at IS NULL ORDER BY source, row"
        )
    return [dict(row) for row in connection.execute(query)]


def waiting(connection: Connection) -> int:
    """How many rows wait."""
    (count,) = connection.execute("SELECT count(*) FROM row_waiting").fetchone()
    return int(count)


def take_next(
    store: Store, editor: str, now: datetime, reader: Connection | None = None
) -> str | None:
    """The row that matters most and nobody else looks at, held for this editor; None: no more."""
    found = turns.take(store, ROWS, editor, now, reader)
    return None if found is None else str(found)


def last_word(connection: Connection, row_id: str) -> Row | None:
    """The last word on a row, whatever it says, of whichever text."""
    row: Row | None = connection.execute(_LAST_WORD, (row_id,)).fetchone()
    return row


def as_seen(connection: Connection, row_id: str, verdict: str, editor: str) -> Word:
    """A word on a row as it stands now, settled or not. Raises UnusableInput for no such row."""
    row, last = _doubtful(connection, row_id), last_word(connection, row_id)
    return Word(
        row_id=row_id, verdict=verdict, editor=editor, version=row["versions"],
        seen=last["word_id"] if last is not None else 0, anew=True,
    )  # fmt: skip


def settle(store: Store, word: Word, now: datetime) -> int:
    """Keep what an editor says of a row; return the word's number. Sent twice, it is kept once.

    Raises Overtaken where another word came, or the list wrote the row anew, since he saw it;
    UnusableInput for no such row or verdict.
    """
    if word.verdict not in VERDICTS:
        raise UnusableInput(f"a row can say {', '.join(VERDICTS)}; not {word.verdict!r}")
    with store.writing() as connection:
        row, last = _doubtful(connection, word.row_id), last_word(connection, word.row_id)
        if row["versions"] != word.version:
            raise Overtaken("anew", source=row["source"])
        settled = row["verdict"] is not None and not word.anew
        if last is not None and (last["word_id"] != word.seen or settled):
            if (last["editor"], last["verdict"]) == (word.editor, word.verdict):
                return int(last["word_id"])
            raise Overtaken("first", editor=last["editor"], said=f"verdict.{last['verdict']}")
        number = _speak(connection, row, word, None, now)
        turns.let_go(connection, ROWS, word.row_id)
        return number


def undo(
    store: Store, word_id: int, editor: str, now: datetime, note: str | None = None
) -> tuple[int, str]:
    """Take the last word on a row back, so that it waits again; return the new word and the row.

    Raises Overtaken where it is not the last, UnusableInput where there is none.
    """
    with store.writing() as connection:
        found = connection.execute(
            "SELECT row_id FROM row_word WHERE word_id = ?", (word_id,)
        ).fetchone()
        if found is None:
            raise UnusableInput(f"no word {word_id} on a row")
        row, last = _doubtful(connection, found["row_id"]), last_word(connection, found["row_id"])
        if last is None or last["word_id"] != word_id or last["verdict"] == doubts.OPEN:
            raise Overtaken("not_last_of_row", number=word_id)
        word = Word(
            row_id=row["row_id"], verdict=doubts.OPEN, editor=editor, version=row["versions"],
            seen=word_id, note=note,
        )  # fmt: skip
        number = _speak(connection, row, word, word_id, now)
        turns.hold(connection, ROWS, word.row_id, editor, now)
        return number, word.row_id


def reopen(
    store: Store, row_id: str, editor: str, now: datetime, *, note: str | None = None
) -> None:
    """Take the word on a row back, so that it waits again. Raises UnusableInput, Overtaken."""
    row, last = _doubtful(store.connection, row_id), last_word(store.connection, row_id)
    if last is None or row["verdict"] is None:
        raise UnusableInput(f"row {row['row']} of {row['source']} waits already")
    undo(store, int(last["word_id"]), editor, now, note)


def standing_words(connection: Connection, editor: str, limit: int) -> list[Row]:
    """An editor's last words that are the last on their rows, with the rows' places and texts."""
    return connection.execute(
        "SELECT word_id, verdict, at, note, row_id, source, row, text FROM row_word AS word "
        "JOIN list_row USING (row_id) JOIN doubtful_row USING (row_id) "
        "WHERE editor = ? AND verdict <> 'open' AND gone_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM row_word AS later "
        "WHERE later.row_id = word.row_id AND later.word_id > word.word_id) "
        "ORDER BY word_id DESC LIMIT ?",
        (editor, limit),
    ).fetchall()


def words_on(connection: Connection, row_id: str) -> list[Row]:
    """Every word on a row, the last first; `old`: it was said of an earlier text."""
    return connection.execute(
        "SELECT word.*, word.version <> versions AS old FROM row_word AS word "
        "JOIN list_row USING (row_id) WHERE row_id = ? ORDER BY word_id DESC",
        (row_id,),
    ).fetchall()


def namesakes(connection: Connection, record: Mapping[str, object], limit: int) -> list[Row]:
    """Persons of the surname and given name that were read, sought men first."""
    return connection.execute(
        "SELECT person_id, name, birth_date, home_region, unit, status, sought_from "  # noqa: S608
        "FROM person "
        "WHERE closed_at IS NULL AND surname = ?1 AND given = ?2 "
        f"AND sorted_name >= {_SORTED} AND sorted_name < {_SORTED} || char(65535) "
        "ORDER BY sought_from IS NULL, sorted_name LIMIT ?3",
        (record["surname"], record["given"], limit),
    ).fetchall()


def place_of(connection: Connection, row_id: str) -> Row:
    """The list and the number of a row."""
    found: Row = connection.execute(
        "SELECT source, row FROM list_row WHERE row_id = ?", (row_id,)
    ).fetchone()
    return found


def _speak(connection: Connection, row: Row, word: Word, undoes: int | None, now: datetime) -> int:
    """The word, its line in the audit log, and the row's record as the word has it."""
    at = stamp(moment(health.later_than_known(connection, now)))
    cursor = connection.execute(
        "INSERT INTO row_word (row_id, version, verdict, editor, at, note, undoes) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (word.row_id, word.version, word.verdict, word.editor, at, word.note, undoes),
    )
    action = "settle row" if undoes is None else "reopen row"
    detail: dict[str, object] = {"row_word": cursor.lastrowid, "verdict": word.verdict}
    if undoes is not None:
        detail["undoes"] = undoes
    audit.append(connection, audit.Entry(at, word.editor, action, word.row_id, detail))
    reading = Reading(
        text=row["text"], records=(), extractor=row["extractor"],
        doubt=Doubt(why=row["why"], record=held_record(row["record"])),
    )  # fmt: skip
    said = None if word.verdict in (doubts.OPEN, doubts.UNSURE) else word.verdict
    save_reading(connection, row, doubts.read_as(reading, said), at)
    return int(cursor.lastrowid or 0)


def _doubtful(connection: Connection, row_id: str) -> Row:
    row: Row | None = connection.execute(
        "SELECT list_row.*, why, record, verdict FROM list_row JOIN doubtful_row USING (row_id) "
        "LEFT JOIN row_word_now USING (row_id) WHERE row_id = ? AND gone_at IS NULL",
        (row_id,),
    ).fetchone()
    if row is None:
        raise UnusableInput(f"no doubtful row {row_id!r}; see `rollcall review rows`")
    return row
