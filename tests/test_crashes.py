"""Killed, out of room or with a failing disk at any system call: nothing acknowledged is lost.

Run by `make test-slow`: a spread of points, then every one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pysqlite3
import pytest
from crashes import STRACE, Striker, Struck, acknowledged_too_early, missing, points, sound
from histories import content
from small import build

from store import Store
from store.migrations import SCHEMA_VERSION

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(STRACE is None, reason="strace is not installed"),
]
JOBS = ("collect", "resolve", "migrate", "backup", "erase")


Faults = Callable[["Stage", str, bool], list[str]]


@pytest.fixture(scope="module")
def strike() -> Iterator[Striker]:
    with Striker() as striker:
        yield striker


@dataclass(frozen=True, kw_only=True)
class Stage:
    """For each job: a folder before it, its content after it, the calls at which to strike."""

    strike: Striker
    before: dict[str, Path]
    after: dict[str, str]
    calls: dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def stage(strike: Striker, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    base, end = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    before = {job: base / job for job in JOBS}
    build(before["collect"])
    earlier = "collect"
    for job, ready in (("resolve", "collect"), ("erase", "resolve"), ("backup", "backup")):
        shutil.copytree(before[earlier], before[job])
        done(strike(ready, before[job]))
        earlier = job
    before["migrate"].mkdir()
    first_schema(before["migrate"] / "r.db")
    after, calls = {}, {}
    for job in JOBS:
        shutil.copytree(before[job], end / job)
        struck = strike(job, end / job, log=True)
        done(struck)
        assert acknowledged_too_early(struck) == []
        after[job], calls[job] = contents(end / job), points(struck)
    return Stage(strike=strike, before=before, after=after, calls=calls)


def done(struck: Struck) -> None:
    assert (struck.killed, struck.error, struck.crash) == (False, None, None)


def contents(place: Path) -> str:
    with Store.open(place / "r.db") as store:
        return content(store)


def first_schema(path: Path) -> None:
    """A database as the first release made it, with a post in it."""
    import store.migrations as module  # noqa: PLC0415

    connection = pysqlite3.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA application_id = 0x524F4C4C")
    for statement in module.statements(module.SCRIPTS["001_first"]):
        connection.execute(statement)
    connection.execute(
        "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, "
        "applied_at TEXT)"
    )
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('rollcall', 'm001_first', '2025-01-01')"
    )
    connection.execute(
        "INSERT INTO source (name, kind, url, owner, every_seconds, enabled) "
        "VALUES ('chat', 'posts', 'x', 'chat', 60, 1)"
    )
    connection.execute("PRAGMA user_version = 1")
    connection.close()


def hold(stage: Stage, job: str, place: Path, inject: str) -> None:
    """Strike, check what the next run finds, let the next run end, compare."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(stage.before[job], place)
    struck = stage.strike(job, place, inject=inject)
    assert struck.crash is None, (inject, struck.crash)
    assert "\n" not in (struck.error or ""), inject
    assert sound(place / "r.db") == [], inject
    assert missing(place / "r.db", struck.acknowledged) == [], inject
    if job == "backup":
        assert (place / "b.age").read_bytes()[-16:] != b"", inject
        assert (place / "b.age").stat().st_size > (place / "r.db").stat().st_size, inject
    done(stage.strike(job, place))
    assert contents(place) == stage.after[job], inject


def numbers(count: int, every: bool) -> list[int]:
    return list(range(1, count + 1)) if every else sorted({1, (count + 1) // 2, count})


def kills(stage: Stage, job: str, every: bool) -> list[str]:
    return [
        f"{call}:signal=KILL:when={number}"
        for call, count in sorted(stage.calls[job].items())
        for number in numbers(count, every)
    ]


def failures(stage: Stage, job: str, every: bool) -> list[str]:
    """No room at each write, an I/O error at each sync; freed before the next run."""
    errors = dict.fromkeys(("write", "pwrite64", "ftruncate", "fallocate"), "ENOSPC")
    errors |= dict.fromkeys(("fsync", "fdatasync"), "EIO")
    return [
        f"{call}:error={errors[call]}:when={number}"
        for call, count in sorted(stage.calls[job].items())
        if call in errors
        for number in numbers(count, every)
    ]


@pytest.mark.parametrize(
    ("job", "faults"), [("migrate", kills), ("migrate", failures), ("backup", kills)]
)
def test_struck_at_some_points(stage: Stage, tmp_path: Path, job: str, faults: Faults) -> None:
    for inject in faults(stage, job, False):
        hold(stage, job, tmp_path / "w", inject)


@pytest.mark.slow
@pytest.mark.parametrize("faults", [kills, failures])
@pytest.mark.parametrize("job", JOBS)
def test_struck_at_every_point(
    stage: Stage, tmp_path: Path, job: str, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = faults(stage, job, True)
    for inject in chosen:
        hold(stage, job, tmp_path / "w", inject)
    with capsys.disabled():
        print(f"\n{job}: {len(chosen)} {faults.__name__}, every one held")


@pytest.mark.parametrize("limit", [4096, 40_000, 200_000])
def test_a_file_size_limit(stage: Stage, tmp_path: Path, limit: int) -> None:
    shutil.copytree(stage.before["collect"], tmp_path / "w")
    struck = stage.strike("collect", tmp_path / "w", file_size=limit)
    assert struck.crash is None
    assert struck.error is not None
    assert "r.db" in struck.error or "database" in struck.error
    assert sound(tmp_path / "w" / "r.db") == []
    assert missing(tmp_path / "w" / "r.db", struck.acknowledged) == []
    done(stage.strike("collect", tmp_path / "w"))
    assert contents(tmp_path / "w") == stage.after["collect"]


# The harness finds what it is there to find.


@pytest.mark.parametrize("bug", ["early", "split"])
def test_a_planted_bug_is_found_before_the_next_run(stage: Stage, tmp_path: Path, bug: str) -> None:
    place = tmp_path / "w"
    for number in range(1, stage.calls["collect"]["pwrite64"] + 1, 3):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(stage.before["collect"], place)
        inject = f"pwrite64:signal=KILL:when={number}"
        struck = stage.strike("collect", place, inject=inject, bug=bug)
        if sound(place / "r.db") + missing(place / "r.db", struck.acknowledged):
            return
    pytest.fail(f"no strike showed the bug {bug!r}")


def test_a_store_that_does_not_sync_is_found(stage: Stage, tmp_path: Path) -> None:
    shutil.copytree(stage.before["collect"], tmp_path / "w")
    struck = stage.strike("collect", tmp_path / "w", log=True, bug="async")
    assert acknowledged_too_early(struck)


def test_the_migrated_store_is_of_this_schema(stage: Stage, tmp_path: Path) -> None:
    shutil.copytree(stage.before["migrate"], tmp_path / "w")
    done(stage.strike("migrate", tmp_path / "w"))
    with Store.open(tmp_path / "w" / "r.db") as store:
        (version,) = store.connection.execute("PRAGMA user_version").fetchone()
        assert version == SCHEMA_VERSION
        assert store.connection.execute("SELECT name FROM source").fetchone()["name"] == "chat"
