"""A store's file → what it would cost to keep it encrypted by SQLCipher: CPU, plain beside keyed.

    python -m venv DIR && DIR/bin/pip install sqlcipher3
    DIR/bin/python -m benchmarks.sqlcipher FILE

Needs `sqlcipher3` (SQLite with SQLCipher), in an environment of its own: it is no part of rollcall.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

RAW = "x'" + "ab" * 32 + "'"  # a key as it is, without derivation
WORDS = "a long passphrase of many words"
ROUNDS, COMMITS = 5, 1000
_TALLY = "SELECT status, count(*) FROM person WHERE closed_at IS NULL GROUP BY status"


def opened(module: Any, path: Path, key: str | None) -> Any:
    connection = module.connect(str(path), isolation_level=None)
    if key is not None:
        connection.execute(f'PRAGMA key = "{key}"')
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def keyed(module: Any, plain: Path, path: Path, key: str) -> None:
    """The same store, encrypted."""
    connection = module.connect(str(plain), isolation_level=None)
    connection.execute(f"ATTACH DATABASE '{path}' AS keyed KEY \"{key}\"")
    connection.execute("SELECT sqlcipher_export('keyed')")
    connection.close()
    connection = opened(module, path, key)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def cpu(work: Callable[[], object], times: int = 1) -> float:
    """CPU milliseconds of one."""
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1000


def measured(module: Any, path: Path, key: str | None) -> Iterator[tuple[str, float]]:
    """What is done, and its CPU milliseconds."""

    def first_word() -> None:
        connection = opened(module, path, key)
        connection.execute("SELECT count(*) FROM source").fetchall()
        connection.close()

    yield "open, first query", cpu(first_word, 3)
    connection = opened(module, path, key)
    yield (
        "read every page (quick_check)",
        cpu(lambda: connection.execute("PRAGMA quick_check").fetchall()),
    )
    yield "persons by status, warm", cpu(lambda: connection.execute(_TALLY).fetchall(), 20)
    connection.execute("CREATE TABLE bench (number INTEGER PRIMARY KEY, text TEXT)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bench (text) VALUES (?)", ("x" * 400,))
        connection.execute("COMMIT")

    yield "a commit of one row", cpu(commit, COMMITS)
    connection.execute("DROP TABLE bench")
    connection.close()


def main() -> None:
    try:
        from sqlcipher3 import dbapi2 as module  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        sys.exit("sqlcipher3 is not installed here; see the head of this file")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(shutil.copy(sys.argv[1], Path(folder) / "plain.db"))
        stores = {"plain": (plain, None)} | {
            name: (Path(folder) / f"{name}.db", key)
            for name, key in (("raw key", RAW), ("passphrase", WORDS))
        }
        for path, key in stores.values():
            if key is not None:
                keyed(module, plain, path, key)
        found: dict[tuple[str, str], list[float]] = {}
        for _ in range(ROUNDS):
            for name, (path, key) in stores.items():
                for what, cost in measured(module, path, key):
                    found.setdefault((what, name), []).append(cost)
    print(f"SQLite {module.sqlite_version}; CPU ms, median of {ROUNDS} rounds in turn")
    for what in dict.fromkeys(what for what, _ in found):
        costs = [median(found[what, name]) for name in stores]
        print(f"{what:32}" + "".join(f"{cost:10.3f} (x{cost / costs[0]:.2f})" for cost in costs))


if __name__ == "__main__":
    main()
