"""Each thing that would wake an operator is found, named, and ends in status 1."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner
from small import Small

from cli import doctor, main
from store import Store, watch


def change(query: str) -> Callable[[Small], None]:
    def apply(small: Small) -> None:
        with Store.open(small.db) as store, store.writing() as connection:
            connection.execute(query)

    return apply


def open_to_all(small: Small) -> None:
    small.db.chmod(0o644)


def old_backup(small: Small) -> None:
    watch.note_backup(small.db, datetime.now(UTC) - timedelta(days=3))


def grown_wal(small: Small) -> None:
    with Store.open(small.db) as store:  # a reader that never lets go
        store.connection.execute("SELECT 1")
    wal = small.db.with_name("count.db-wal")
    wal.touch(mode=0o600)
    os.truncate(wal, doctor.WAL_GROWN + 1)


CASES: list[tuple[str, Callable[[Small], None]]] = [
    ("stale: no success since 2024-01-01", change(
        "UPDATE source SET last_ok_at = '2024-01-01T00:00:00.000000Z' WHERE name = 'channel'")),
    ("ahead of the clock", change(
        "UPDATE source SET last_attempt_at = '2199-01-01T00:00:00.000000Z'")),
    ("no answer", change("UPDATE source SET failures = 3, last_error = 'no answer'")),
    ("week of 2024-08-05 held", change(
        "INSERT INTO source_hold (source, week, records, why, opened_at, state) VALUES "
        "('channel', '2024-08-05', 9, 'flood', '2024-08-12T00:00:00.000000Z', 'held')")),
    ("last backup", old_backup),
    ("others may enter it", open_to_all),
    ("their tokens are gone", change(
        "INSERT INTO erasure (erased_at, what, persons, records, posts, list_rows, by_status) "
        "VALUES ('2024-08-12T00:00:00.000000Z', 'person', 1, 1, 1, 0, '{}')")),
    ("a reader holds it", grown_wal),
]  # fmt: skip


def findings(small: Small, **environment: str) -> tuple[int, list[dict[str, object]]]:
    place = ["--db", str(small.db), "--sources", str(small.sources), "doctor", "--json"]
    done = CliRunner().invoke(main, place, env=environment)
    return done.exit_code, json.loads(done.stdout)


@pytest.mark.parametrize(("told", "harm"), CASES, ids=[told for told, _ in CASES])
def test_what_is_wrong_is_told(own: Small, told: str, harm: Callable[[Small], None]) -> None:
    status, before = findings(own)
    assert status == 0, before
    harm(own)
    status, after = findings(own)
    assert status == 1
    assert any(told in str(row["finding"]) for row in after if not row["ok"]), after


def test_a_full_disk(own: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE", 1.01)  # no disk is emptier than empty
    status, found = findings(own)
    assert status == 1
    assert [str(row["finding"])[:6] for row in found if not row["ok"]] == ["disk: "]


def test_who_holds_the_store(own: Small) -> None:
    assert any(row["finding"] == "no service runs on it" for row in findings(own)[1])
    with own.db.with_name("count.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        told = [str(row["finding"]) for row in findings(own)[1]]
    assert "a service runs on it (process 4711)" in told


def test_a_page_that_should_be_sealed(own: Small) -> None:
    change(
        "INSERT INTO capture (source, url, captured_at, kept_at, client, sha256, size, chain) "
        "VALUES ('channel', 'x', '2024-08-12T00:00:00.000000Z', '2024-08-12T00:00:00.000000Z', "
        "'c', 'a', 1, 'b')"
    )(own)
    assert findings(own)[0] == 0
    status, found = findings(own, ROLLCALL_VAULT_KEY="age1…")
    assert status == 1
    assert any("kept unsealed" in str(row["finding"]) for row in found)


def test_a_backup_is_noted(own: Small, tmp_path: Path) -> None:
    key = str(pyrage.x25519.Identity.generate().to_public())
    done = own.rollcall("backup", str(tmp_path / "b.age"), "--key", key)
    assert done.returncode == 0, done.stderr
    noted = watch.backed_up(own.db)
    assert noted is not None
    assert datetime.now(UTC) - noted < timedelta(minutes=5)
    assert own.db.with_name("count.db.backed-up").stat().st_mode & 0o077 == 0


def test_a_broken_database_is_one_line(own: Small) -> None:
    own.db.write_bytes(b"SQLite format 3\x00" + b"\x13" * 4096)
    done: subprocess.CompletedProcess[str] = own.rollcall("doctor")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
