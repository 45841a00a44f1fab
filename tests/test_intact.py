"""The service looks at its file before it begins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small import Small, build

from model import StoreUnusable
from store import Store, intact


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Small:
    small = build(tmp_path_factory.mktemp("sound"))
    assert small.rollcall("collect").returncode == 0
    with Store.open(small.db) as store:
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return small


def damaged(sound: Small, folder: Path) -> Path:
    """The same with the first page of the posts' table overwritten."""
    path = folder / "rollcall.db"
    shutil.copy(sound.db, path)
    with Store.open(path, read_only=True) as store:
        size = store.connection.execute("PRAGMA page_size").fetchone()[0]
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'list_row'"
        (page,) = store.connection.execute(query).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x77" * size)
    return path


def test_a_sound_file_is_looked_at_to_its_end(sound: Small) -> None:
    with Store.open(sound.db) as store:
        assert intact.check(store.connection, sound.db)
        assert intact.verdict(store.connection) == "ok"


def test_a_damaged_page_is_told_with_what_to_do(sound: Small, tmp_path: Path) -> None:
    path = damaged(sound, tmp_path)
    with (
        Store.open(path) as store,
        pytest.raises(StoreUnusable, match=r"rollcall\.db: .*damaged.*rollcall restore"),
    ):
        intact.check(store.connection, path)


def test_no_time_is_no_verdict_and_the_connection_goes_on(
    sound: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intact, "_STEPS", 1)
    with Store.open(sound.db) as store:
        assert not intact.check(store.connection, sound.db, seconds=0)
        assert intact.verdict(store.connection) == "ok"


def test_the_service_does_not_start_on_a_damaged_file(sound: Small, tmp_path: Path) -> None:
    path = damaged(sound, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--db", str(path), "--sources", str(sound.sources), "run"],
        capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"ROLLCALL_CONTACT": "desk@site.example"},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert "damaged" in line
    assert "restore" in line
