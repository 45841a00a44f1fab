"""What the one file promises: nothing half done, nothing lost, nobody else's file touched."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pysqlite3
import pytest
from histories import (
    NOW,
    man,
    new_store,
    post,
    reading,
    rows,
    save,
)

from model import Batch, StoreUnusable
from store import Store
from store import connection as connections
from store.migrations import TRIGGERS


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def test_pragmas_that_keep_what_was_acknowledged(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    found = {name: rows(store, f"PRAGMA {name}")[0][0] for name in wanted}
    assert found == wanted
    assert rows(store, "PRAGMA application_id") == [(connections.APPLICATION_ID,)]
    assert (store.path.stat().st_mode & 0o077) == 0


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreUnusable, match="can corrupt"):
        Store.open(tmp_path / "new.db", create=True)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"absent\.db: no such database"):
        Store.open(tmp_path / "absent.db")
    assert not (tmp_path / "absent.db").exists()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = pysqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match="not one of rollcall's"):
        Store.open(path, create=True)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to be read as a header " * 40)
    with pytest.raises(StoreUnusable, match=r"text\.db"):
        Store.open(path)


def test_a_newer_schema_is_refused(store: Store) -> None:
    store.connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreUnusable, match="999 is newer"):
        Store.open(store.path)


@pytest.mark.parametrize("trigger", sorted(TRIGGERS))
def test_a_lost_trigger_is_noticed(store: Store, trigger: str) -> None:
    store.connection.execute(f"DROP TRIGGER {trigger}")
    with pytest.raises(StoreUnusable, match=trigger):
        Store.open(store.path)


def test_all_triggers_are_watched(store: Store) -> None:
    found = rows(store, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    assert {name for (name,) in found} == TRIGGERS


def test_a_file_removed_under_us_acknowledges_nothing(store: Store) -> None:
    store.path.unlink()
    with pytest.raises(StoreUnusable, match="removed or replaced"):
        save(store, post(1, "2024-08-07"), "Ищу Петрова", man())


def test_a_reader_cannot_write(store: Store) -> None:
    with (
        Store.open(store.path, read_only=True) as reader,
        pytest.raises(StoreUnusable, match="readonly"),
    ):
        save(reader, post(1, "2024-08-07"), "Ищу Петрова", man())


def test_a_second_writer_waits_its_turn(store: Store) -> None:
    def write() -> None:
        with Store.open(store.path) as other:
            save(other, post(2, "2024-08-08"), "Ищу Котова", man(surname="Котов"))

    store.connection.execute("BEGIN IMMEDIATE")
    thread = threading.Thread(target=write)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    store.connection.execute("COMMIT")
    thread.join(10)
    assert rows(store, "SELECT count(*) FROM post") == [(1,)]


def test_all_or_nothing(store: Store) -> None:
    one, two = post(1, "2024-08-07"), post(2, "2024-08-08", name="unknown source")
    said = [reading("Ищу Петрова", man()), reading("Ищу Котова", man())]
    with pytest.raises(pysqlite3.IntegrityError):
        store.save_batch(Batch(source="chat", posts=(one, two), cursor={"n": 2}), said, NOW)
    assert store.cursor("chat") == {}
    assert rows(store, "SELECT count(*) FROM post") == [(0,)]


WRITER = """
import itertools, sys
from pathlib import Path
from histories import man, new_store, post, save
with new_store(Path(sys.argv[1])) as store:
    for number in itertools.count():
        save(store, post(number, "2024-08-07"), f"Ищу {number}", man(surname=f"Котов{number}"))
        print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(30)]
    writer.kill()
    writer.wait()
    writer.stdout.close()
    with Store.open(path) as store:
        saved = {int(str(number)) for (number,) in rows(store, "SELECT external_id FROM post")}
        assert saved >= set(acknowledged)
        assert store.cursor("chat") == {"last": str(max(saved))}
        assert rows(store, "SELECT count(*) FROM record") == [(len(saved),)]
        assert rows(store, "PRAGMA quick_check") == [("ok",)]
