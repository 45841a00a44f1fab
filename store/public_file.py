"""Counts with their hidden cells → a new public SQLite file of aggregates, and nothing else.

The file is made from nothing, from the columns named here; the private file is never copied, and
not one row of it is read but the tally's sums.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pysqlite3

from model import UnusableInput
from store.connection import Connection
from store.datasette.labels import label
from store.datasette.regions import region_name
from store.durable import put, sync_folder

CellName = tuple[str, str, str]  # table, group, status; "" is a sum
_STATUSES = ("missing", "captured", "released", "found_alive", "deceased")
_SCHEMA = """
CREATE TABLE release (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE by_status (
  status TEXT PRIMARY KEY NOT NULL, english TEXT NOT NULL, russian TEXT NOT NULL,
  persons INTEGER, hidden INTEGER NOT NULL, change INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE by_category (
  category TEXT NOT NULL, status TEXT NOT NULL, english TEXT NOT NULL, russian TEXT NOT NULL,
  persons INTEGER, hidden INTEGER NOT NULL, change INTEGER, PRIMARY KEY (category, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_region (
  region TEXT NOT NULL, status TEXT NOT NULL, english TEXT NOT NULL, russian TEXT NOT NULL,
  persons INTEGER, hidden INTEGER NOT NULL, change INTEGER, PRIMARY KEY (region, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE method (paragraph INTEGER PRIMARY KEY, english TEXT NOT NULL, russian TEXT NOT NULL)
STRICT;
CREATE TABLE data_dictionary (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, english TEXT NOT NULL, russian TEXT NOT NULL,
  PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;
"""
_DICTIONARY = (
    ("release", "", "This release: its two times, k, and how many cells it hides",
     "Этот выпуск: две его даты, порог и число скрытых ячеек"),
    ("by_status", "", "Sought men by status", "Разыскиваемые по статусу"),
    ("by_category", "", "The same by category of service", "То же по категории службы"),
    ("by_region", "", "The same by home region, ISO 3166-2", "То же по региону проживания"),
    ("*", "status", "all is the sum of the statuses", "all — сумма по статусам"),
    ("*", "persons", "men; null: hidden", "число людей; пусто — скрыто"),
    ("*", "hidden", "1: fewer than k, or hidden so that such a cell cannot be worked out",
     "1: меньше порога или скрыто, чтобы такую ячейку нельзя было вычислить"),
    ("*", "change", "since the last release; null where either is hidden",
     "с прошлого выпуска; пусто, где одно из двух скрыто"),
)  # fmt: skip
_METHOD = (
    ("method.counts", "method.sources", "method.evidence", "method.hidden", "method.limits")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One release as the private file remembers it."""

    as_of: str
    known_at: str
    k: int
    counts: Mapping[CellName, int]  # every true count
    shown: frozenset[CellName]


def releases(connection: Connection) -> list[Published]:
    """Every release so far, the oldest first."""
    found = []
    for row in connection.execute("SELECT * FROM release ORDER BY release_id"):
        cells = [((t, g, s), int(n), bool(v)) for t, g, s, n, v in json.loads(row["cells"])]
        found.append(
            Published(
                as_of=row["as_of"], known_at=row["known_at"], k=row["k"],
                counts={name: count for name, count, _ in cells},
                shown=frozenset(name for name, _, visible in cells if visible),
            )
        )  # fmt: skip
    return found


def remember(connection: Connection, release: Published, sha256: str, at: str) -> None:
    """Append a release to the private file's memory."""
    cells = [
        [*name, count, int(name in release.shown)] for name, count in sorted(release.counts.items())
    ]
    connection.execute(
        "INSERT INTO release (published_at, as_of, known_at, k, cells, sha256) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (at, release.as_of, release.known_at, release.k, json.dumps(cells), sha256),
    )


def draft(path: Path, release: Published, last: Published | None) -> str:
    """Write the public file beside its name and return its SHA-256; `publish` puts it in place.

    The same release drafted twice gives the same bytes. Raises UnusableInput for a place that
    cannot be written.
    """
    half = _half(path)
    try:
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
        _fill(half, release, last)
        with half.open("rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
    except (OSError, pysqlite3.Error) as error:
        half.unlink(missing_ok=True)
        raise _refused(path, error) from error
    return digest


def publish(path: Path, digest: str) -> None:
    """Give a draft its name, its SHA-256 beside it. Raises UnusableInput.

    After `remember` is committed: what is out and forgotten, the next release's attacker knows
    and we don't.
    """
    try:
        _half(path).replace(path)
        sync_folder(path.parent)
        told = f"{digest}  {path.name}\n".encode()
        put(path.with_name(f"{path.name}.sha256"), told, mode=0o644)
    except OSError as error:
        raise _refused(path, error) from error


def _half(path: Path) -> Path:
    return path.with_name(f"{path.name}.half")


def _refused(path: Path, error: Exception) -> UnusableInput:
    return UnusableInput(f"{path}: {getattr(error, 'strerror', None) or error}")


def _fill(path: Path, release: Published, last: Published | None) -> None:
    connection = pysqlite3.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        hidden = len(release.counts) - len(release.shown)
        head = {
            "as_of": release.as_of, "known_at": release.known_at, "k": str(release.k),
            "cells": str(len(release.counts)), "cells_hidden": str(hidden),
            "last_release": last.as_of if last else "none",
        }  # fmt: skip
        connection.executemany("INSERT INTO release VALUES (?, ?)", head.items())
        connection.executemany(
            "INSERT INTO by_status VALUES (?, ?, ?, ?, ?, ?)",
            ((row[1], *row[2:]) for row in _rows(release, last, "")),
        )
        for table in ("category", "region"):
            connection.executemany(
                f"INSERT INTO by_{table} VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  constants
                _rows(release, last, table),
            )
        connection.executemany("INSERT INTO data_dictionary VALUES (?, ?, ?, ?)", _DICTIONARY)
        connection.executemany(
            "INSERT INTO method VALUES (?, ?, ?)",
            (
                (number, label(key, "en", k=release.k), label(key, "ru", k=release.k))
                for number, key in enumerate(_METHOD, 1)
            ),
        )
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    finally:
        connection.close()


def _rows(
    release: Published, last: Published | None, table: str
) -> Iterable[tuple[str, str, str, str, int | None, int, int | None]]:
    """(group, status, English, Russian, persons, hidden, change) of every cell of a table."""
    for name in sorted(release.counts):
        if name[0] != table:
            continue
        shown = name in release.shown
        change = None
        if shown and last is not None and name in last.shown:
            change = release.counts[name] - last.counts[name]
        english, russian = (_named(name, language) for language in ("en", "ru"))
        yield (
            name[1], name[2] or "all", english, russian, release.counts[name] if shown else None,
            int(not shown), change,
        )  # fmt: skip


def _named(name: CellName, language: str) -> str:
    table, group, status = name
    if table == "category":
        return label(f"categories.{group}", language)
    if table == "region":
        return region_name(group, language)
    return label(f"statuses.{status}", language) if status else label("word.all", language)
