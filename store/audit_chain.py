"""Lines of the audit log → a hash chain, its head kept beside the file, and what breaks it.

A commitment is SHA-256 over a random salt and the line; a link is SHA-256 over the link before and
the commitment. The salt may be dropped with a line's content (erasure): the chain still holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from model import UnusableInput
from store.connection import Connection, Row
from store.durable import append

GENESIS = "0" * 64
KEY = "ROLLCALL_AUDIT_KEY"  # where set, heads are signed, and only signed ones are believed
PLACE = "ROLLCALL_AUDIT_HEAD"  # a file of heads on another disk; else beside the database
_FIELDS = ("audit_id", "at", "actor", "action", "subject", "detail")


def commitment(salt: str, row: Row) -> str:
    """SHA-256 of the salt and the line's fields as one JSON list."""
    line = json.dumps([row[name] for name in _FIELDS], ensure_ascii=False)
    return hashlib.sha256(f"{salt}{line}".encode()).hexdigest()


def _link(before: str, committed: str) -> str:
    return hashlib.sha256(f"{before}{committed}".encode()).hexdigest()


def extend(connection: Connection, audit_id: int) -> None:
    """Link the line just appended; the first link takes up every line from before the chain."""
    last = connection.execute(
        "SELECT audit_id, link FROM audit_link ORDER BY audit_id DESC LIMIT 1"
    ).fetchone()
    first, before = (1, GENESIS) if last is None else (audit_id, last["link"])
    rows = connection.execute(
        "SELECT * FROM audit WHERE audit_id BETWEEN ? AND ? ORDER BY audit_id", (first, audit_id)
    ).fetchall()
    for row in rows:
        salt = secrets.token_hex(16)
        committed = commitment(salt, row)
        before = _link(before, committed)
        connection.execute(
            "INSERT INTO audit_link VALUES (?, ?, ?, ?)", (row["audit_id"], salt, committed, before)
        )


# The head outside the file


def head_file(path: Path) -> Path:
    """Where the heads of the store at `path` are kept."""
    named = os.environ.get(PLACE)
    return Path(named) if named else path.with_name(f"{path.name}.audit-head")


def head(connection: Connection) -> tuple[int, str]:
    """The number of the last line linked, and its link; (0, GENESIS) before the first."""
    row = connection.execute(
        "SELECT audit_id, link FROM audit_link ORDER BY audit_id DESC LIMIT 1"
    ).fetchone()
    return (0, GENESIS) if row is None else (row["audit_id"], row["link"])


def anchor(connection: Connection, path: Path) -> None:
    """Append the head to the file of heads. After the commit: a head never runs ahead of it."""
    lines, link = head(connection)
    if not lines:
        return
    entry = {"lines": lines, "link": link}
    key = os.environ.get(KEY)
    if key:
        entry["signed"] = _signature(key, lines, link)
    try:
        append(head_file(path), json.dumps(entry).encode() + b"\n")
    except OSError as error:
        raise UnusableInput(f"{head_file(path)}: {error.strerror}; heads go there") from error


def _signature(key: str, lines: int, link: str) -> str:
    return hmac.new(key.encode(), f"{lines}:{link}".encode(), hashlib.sha256).hexdigest()


# What is wrong


def faults(connection: Connection, path: Path, noted: str | None = None) -> Iterator[str]:
    """Every fault of the log, in words; nothing where it is whole.

    `noted`: a head written down elsewhere, "LINES:LINK", as `rollcall doctor --audit` prints it.
    """
    links = connection.execute("SELECT * FROM audit_link ORDER BY audit_id").fetchall()
    yield from _broken(connection, links)
    yield from _unlinked(connection, len(links))
    held = {row["audit_id"]: row["link"] for row in links}
    yield from _against_heads(held, head_file(path))
    if noted is not None:
        lines, _, link = noted.partition(":")
        if not lines.isdecimal() or len(link) != len(GENESIS):
            raise UnusableInput(f"{noted!r} is no head; write LINES:LINK")
        yield from _against(held, int(lines), link, "the head noted elsewhere")
    yield from _unlike_audited(connection)


def _broken(connection: Connection, links: list[Row]) -> Iterator[str]:
    lines = {row["audit_id"]: row for row in connection.execute("SELECT * FROM audit")}
    before = GENESIS
    for row in links:
        number, line = row["audit_id"], lines.get(row["audit_id"])
        if line is None:
            yield f"line {number} is gone"
        elif row["salt"] is not None and commitment(row["salt"], line) != row["commitment"]:
            yield f"line {number} is not what was written"
        if _link(before, row["commitment"]) != row["link"]:
            yield f"the chain breaks at line {number}"
        before = row["link"]


def _unlinked(connection: Connection, linked: int) -> Iterator[str]:
    (loose,) = connection.execute(
        "SELECT count(*) FROM audit WHERE audit_id NOT IN (SELECT audit_id FROM audit_link)"
    ).fetchone()
    if loose and linked:
        yield f"{loose} lines stand outside the chain: not written by rollcall"


def _against_heads(held: dict[int, str], file: Path) -> Iterator[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if held:
            yield f"{file}: the file of heads is gone"
        return
    except OSError as error:
        raise UnusableInput(f"{file}: {error.strerror}") from error
    key = os.environ.get(KEY)
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entry = json.loads(line)
            lines, link, signed = int(entry["lines"]), str(entry["link"]), entry.get("signed")
        except (ValueError, KeyError, TypeError):
            yield f"{file}:{number} is no head"
            continue
        if key and not hmac.compare_digest(str(signed), _signature(key, lines, link)):
            yield f"{file}:{number} is not signed with {KEY}"
        yield from _against(held, lines, link, f"{file}:{number}")


def _against(held: dict[int, str], lines: int, link: str, where: str) -> Iterator[str]:
    last = max(held, default=0)
    if lines > last:
        yield f"{lines - last} lines are missing at the end: {where} knew {lines}"
    elif lines and held.get(lines) != link:
        yield f"the log up to line {lines} was rewritten: {where} knew another"


def _unlike_audited(connection: Connection) -> Iterator[str]:
    """Editors' words that differ from what the log says of them.

    After an erasure those of the erased are gone, and rightly so.
    """
    erased = connection.execute("SELECT 1 FROM erasure LIMIT 1").fetchone() is not None
    for table, key, word in (
        ("decision", "decision_id", "judgement"),
        ("approval", "approval_id", "approved"),
        ("row_word", "word_id", "verdict"),
    ):
        for row in connection.execute(
            f"SELECT detail ->> ? AS number, detail ->> ? AS said, row.{word} AS held "  # noqa: S608
            f"FROM audit LEFT JOIN {table} AS row ON row.{key} = detail ->> ? "
            f"WHERE detail ->> ? IS NOT NULL AND held IS NOT said "
            f"AND NOT (? AND row.{key} IS NULL)",
            (table, word, table, table, erased),
        ):
            yield f"{table} {row['number']} is not what was decided"
