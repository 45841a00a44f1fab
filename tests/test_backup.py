"""A backup is whole or not there; what does not read back, is cut or newer is refused by name."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyrage
import pysqlite3
import pytest
from click.testing import CliRunner
from histories import NOW, content, man, new_store, post, save
from small import Small, build

from cli import main
from model import UnusableInput
from store import Store, backup
from store.backup import BackupUnusable

IDENTITY = pyrage.x25519.Identity.generate()
KEY, SECRET = str(IDENTITY.to_public()), str(IDENTITY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_store(tmp_path / "r.db") as store:
        for number in range(20):
            save(store, post(number, "2024-08-10"), f"Ищу {number}", man())
    return tmp_path / "r.db"


def backed_up(path: Path) -> Path:
    target = path.with_name("b.age")
    with Store.open(path, read_only=True) as store:
        backup.backup(store.connection, target, KEY, NOW)
    return target


def contents(path: Path) -> str:
    with Store.open(path) as store:
        return content(store)


def test_a_round_trip_gives_the_same_store(path: Path) -> None:
    before = contents(path)
    sealed = backed_up(path)
    with Store.open(path) as store:
        save(store, post(99, "2024-08-11"), "Позже", man())
    assert contents(path) != before
    backup.restore(sealed, path, SECRET)
    assert contents(path) == before


def test_it_is_private_and_unreadable(path: Path) -> None:
    sealed = backed_up(path)
    assert sealed.stat().st_mode & 0o077 == 0
    assert "Петров".encode() not in sealed.read_bytes()
    assert b"SQLite format" not in sealed.read_bytes()


def test_nothing_plain_is_left(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = path.with_name("memory")
    memory.mkdir()
    monkeypatch.setattr(backup, "_MEMORY", memory)
    (memory / f"{backup._prefix()}killed").mkdir()
    with Store.open(path, read_only=True) as store, backup._copy(store.connection) as running:
        backed_up(path)
        assert list(memory.iterdir()) == [running.parent]  # another's is left alone
    assert list(memory.iterdir()) == []
    left = {p.name for p in path.parent.iterdir()}
    assert left <= {"b.age", "memory", "r.db", "r.db-wal", "r.db-shm"}


def test_a_writer_goes_on_meanwhile(path: Path) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        with Store.open(path) as store:
            for number in range(1000, 100_000):
                if stop.is_set():
                    return
                save(store, post(number, "2024-08-12"), f"Ищу {number}", man())
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    while not written:
        time.sleep(0.01)
    sealed = backed_up(path)
    stop.set()
    writer.join()
    copy = path.with_name("copy.db")
    backup.restore(sealed, copy, SECRET)
    with Store.open(copy) as store:
        records = store.connection.execute("SELECT count(*) FROM record").fetchone()[0]
        posts = store.connection.execute("SELECT count(*) FROM post").fetchone()[0]
    assert records == posts >= 20


@pytest.mark.parametrize("cut", [0, 10, 200, -1, -5000])
def test_a_cut_backup_is_refused(path: Path, cut: int) -> None:
    sealed, before = backed_up(path), contents(path)
    sealed.write_bytes(sealed.read_bytes()[:cut])
    with pytest.raises(BackupUnusable, match=r"b\.age"):
        backup.restore(sealed, path, SECRET)
    assert contents(path) == before
    assert not path.with_name("r.db.restoring").exists()


def test_another_key_opens_nothing(path: Path) -> None:
    other = str(pyrage.x25519.Identity.generate())
    with pytest.raises(BackupUnusable, match="another key"):
        backup.restore(backed_up(path), path, other)


def test_a_newer_schema_is_refused(path: Path) -> None:
    connection = pysqlite3.connect(str(path))
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pysqlite3.connect(str(path)) as raw:
        raw.row_factory = pysqlite3.Row
        with pytest.raises(BackupUnusable, match="newer"):
            backup.backup(raw, path.with_name("n.age"), KEY, NOW)


def test_a_damaged_store_is_not_backed_up_over_a_good_one(path: Path) -> None:
    sealed = backed_up(path)
    good = sealed.read_bytes()
    raw = bytearray(path.read_bytes())
    raw[4096 * 6 : 4096 * 9] = b"\xff" * (4096 * 3)
    path.write_bytes(raw)
    connection = pysqlite3.connect(str(path))
    connection.row_factory = pysqlite3.Row
    with pytest.raises(BackupUnusable, match="damaged"):
        backup.backup(connection, sealed, KEY, NOW)
    assert sealed.read_bytes() == good


@pytest.mark.parametrize("key", ["", "age1x", SECRET], ids=["none", "short", "secret"])
def test_a_wrong_key(path: Path, key: str) -> None:
    with (
        Store.open(path, read_only=True) as store,
        pytest.raises(UnusableInput, match="age public key"),
    ):
        backup.backup(store.connection, path.with_name("x.age"), key, NOW)


def test_a_place_that_cannot_be_written(path: Path) -> None:
    with Store.open(path) as store, pytest.raises(UnusableInput, match="absent"):
        backup.backup(store.connection, path.parent / "absent" / "b.age", KEY, NOW)


def test_a_database_in_use_is_not_replaced(path: Path) -> None:
    sealed = backed_up(path)
    with Store.open(path) as store:
        store.connection.execute("BEGIN IMMEDIATE")
        answered = CliRunner().invoke(
            main, ["--db", str(path), "restore", str(sealed), "-i", str(_file(path)), "--replace"]
        )
        store.connection.execute("ROLLBACK")
    assert answered.exit_code != 0
    assert "in use" in answered.output or "held" in answered.output


def _file(path: Path) -> Path:
    place = path.with_name("identity.txt")
    place.write_text(SECRET)
    return place


def test_without_replace_a_database_stands(path: Path) -> None:
    sealed = backed_up(path)
    answered = CliRunner().invoke(
        main, ["--db", str(path), "restore", str(sealed), "-i", str(_file(path))]
    )
    assert (answered.exit_code, "--replace" in answered.output) == (2, True)


def test_killed_at_any_moment_the_previous_backup_stands(tmp_path: Path) -> None:
    world: Small = build(tmp_path / "w")
    assert world.rollcall("collect").returncode == 0
    target = tmp_path / "b.age"
    assert world.rollcall("backup", str(target), "--key", KEY).returncode == 0
    command = [
        sys.executable,
        "-m",
        "cli",
        "--db",
        str(world.db),
        "backup",
        str(target),
        "--key",
        KEY,
    ]
    for tenths in range(2, 14, 3):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(tenths / 10)
        running.send_signal(signal.SIGKILL)
        running.wait()
        backup.restore(target, tmp_path / "copy.db", SECRET)
        assert contents(tmp_path / "copy.db") == contents(world.db)
