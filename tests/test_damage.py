"""What befalls the files: removed, replaced, spoilt, foreign, limited, held; one error each."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pysqlite3
import pytest
from click.testing import CliRunner
from crash_jobs import JOBS, database
from crash_plants import contents
from crash_stage import Stage, ended, files, unsound, wrong_after, wrong_before
from crashes import STRACE, Struck

from cli import main

pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")
WRITERS = ("collect", "resolve", "approve", "publish", "erase", "expire")


def few(some: Sequence[object], *all_of_them: object) -> list[object]:
    """Those of `some` in each run of the tests, the others among the slow ones."""
    return [
        one if one in some else pytest.param(one, marks=pytest.mark.slow) for one in all_of_them
    ]


def refused(struck: Struck) -> str:
    """The one line of error with which a job ended."""
    assert (struck.killed, struck.crash) == (False, None)
    assert struck.error is not None
    assert "\n" not in struck.error
    return struck.error


def as_if_nothing_had_been(stage: Stage, job: str, place: Path) -> None:
    """The next run ends, and leaves what an undisturbed one leaves."""
    ended(stage.strike(job, place))
    assert wrong_after(job, place) == []
    whole = stage.whole(job)
    assert (contents(database(place)), files(job, place)) == (whole.end, whole.files)


# Under the process


def harmed(stage: Stage, job: str, harm: str) -> Iterator[tuple[Path, Struck, str]]:
    """The job, harmed at the beginning of each of its write transactions in turn."""
    another = _end(stage, "resolve" if job == "collect" else "collect")
    for at in range(1, 100):
        place = stage.begun(job)
        shutil.copy(another, place.with_name("other.db"))
        struck = stage.strike(job, place, harm=harm, at=at)
        if "harm" not in struck.told:
            assert at > 1
            return
        yield place, struck, contents(another)


def _end(stage: Stage, job: str) -> Path:
    """The database that a job leaves."""
    stage.whole(job)
    return database(stage.folder / job / "end")


@pytest.mark.parametrize("harm", ["unlink", "replace", "wal"])
@pytest.mark.parametrize("job", few(["approve", "expire"], *WRITERS))
def test_a_file_taken_away_under_a_writer(stage: Stage, job: str, harm: str) -> None:
    """Nothing is acknowledged from then on; what was, is where it was committed."""
    for place, struck, other in harmed(stage, job, harm):
        assert "removed or replaced while in use" in refused(struck)
        assert struck.told[-1] == "harm"
        if harm == "unlink":
            assert not database(place).exists()
        elif harm == "replace":
            assert (unsound(database(place)), contents(database(place))) == ([], other)
        else:
            assert wrong_before(stage.whole(job), job, place, struck) == []
            as_if_nothing_had_been(stage, job, place)


@pytest.mark.parametrize("share", few([0.3, 0.9], 0.3, 0.6, 0.9))
def test_a_wal_removed_after_a_kill(stage: Stage, share: float) -> None:
    """What stood only there is lost by that hand: either a whole earlier state is left, and the
    rest is collected again, or `doctor` tells that the file is torn."""
    whole, place = stage.whole("collect"), stage.begun("collect")
    at = whole.points[int(share * len(whole.points))]
    before = doctored(place)
    stage.strike("collect", place, inject=[f"{at.call}:signal=KILL:when={at.number}"])
    for name in ("r.db-wal", "r.db-shm"):
        (place / name).unlink(missing_ok=True)
    if doctored(place) <= before:
        assert unsound(database(place)) == []
        assert contents(database(place)) in whole.allowed(())
        as_if_nothing_had_been(stage, "collect", place)


def doctored(place: Path) -> set[str]:
    """What `doctor` finds wrong, in words."""
    words = ["--db", str(database(place)), "--sources", str(place / "sources"), "doctor", "--json"]
    answered = CliRunner().invoke(main, words)
    assert isinstance(answered.exception, SystemExit | None), answered.exception
    if answered.exit_code == 2:
        return {"unusable"}
    found = {one["finding"] for one in json.loads(answered.stdout) if not one["ok"]}
    assert answered.exit_code == int(bool(found))
    return found


# Limits


@pytest.mark.parametrize(
    "limit", few([20_000, 150_000], 512, 4096, 20_000, 60_000, 150_000, 400_000)
)
@pytest.mark.parametrize(
    "job", few(["collect", "backup"], "create", "collect", "resolve", "backup", "erase", "migrate")
)
def test_a_file_size_limit(stage: Stage, job: str, limit: int) -> None:
    place = stage.begun(job)
    struck = stage.strike(job, place, file_size=limit)
    assert wrong_before(stage.whole(job), job, place, struck) == []
    assert struck.error or limit > 100_000
    as_if_nothing_had_been(stage, job, place)


@pytest.mark.parametrize(
    "job", few(["collect", "backup", "publish"], *(job for job in JOBS if job != "report"))
)
def test_a_folder_that_may_only_be_read(stage: Stage, job: str) -> None:
    place = stage.begun(job)
    (place / "memory").mkdir(exist_ok=True)
    modes = {path: path.stat().st_mode for path in (place, *place.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    try:
        struck = stage.strike(job, place, powerless=True)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    refused(struck)
    assert wrong_before(stage.whole(job), job, place, struck) == []
    as_if_nothing_had_been(stage, job, place)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program writes, and does not end."""
    other = pysqlite3.connect(str(path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.slow
def test_a_lock_held_for_a_minute(stage: Stage) -> None:
    """Six jobs, one after the other, each gives up after ten seconds, and can be done later."""
    for job in WRITERS:
        place = stage.begun(job)
        with held(database(place)):
            struck = stage.strike(job, place)
        assert "held by another writer" in refused(struck)
        assert wrong_before(stage.whole(job), job, place, struck) == []
        as_if_nothing_had_been(stage, job, place)


# Spoilt


@pytest.mark.parametrize("share", few([0.0, 0.4], 0.0, 0.1, 0.25, 0.4, 0.6, 0.8, 0.95))
def test_a_page_of_noise(stage: Stage, share: float) -> None:
    """Told in one line by whoever meets it, found by `doctor`, mended by the last backup."""
    place = stage.begun("erase")  # there is a backup beside it
    path = database(place)
    size, before = path.stat().st_size, doctored(place)
    with path.open("r+b") as file:
        file.seek(int(share * size) // 4096 * 4096)
        file.write(random.Random(share).randbytes(4096))  # noqa: S311
    struck = stage.strike("resolve", place)
    assert (struck.killed, struck.crash) == (False, None)
    assert struck.error is None or "\n" not in struck.error
    assert doctored(place) - before
    ended(stage.strike("restore", place))
    assert (unsound(path), doctored(place) - before) == ([], set())


def text_file(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be taken for a header\n" * 40)


def of_another_program(path: Path) -> None:
    other = pysqlite3.connect(str(path))
    other.execute("CREATE TABLE theirs (x)")
    other.close()


def newer(path: Path) -> None:
    shutil.copy(path.parent.with_name("was.db"), path)
    store = pysqlite3.connect(str(path))
    store.execute("PRAGMA user_version = 999")
    store.close()


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("file", [text_file, of_another_program, newer, folder])
@pytest.mark.parametrize(
    "job", few(["create", "collect", "publish"], *(job for job in JOBS if job != "restore"))
)
def test_a_wrong_file(stage: Stage, job: str, file: Callable[[Path], None]) -> None:
    """Refused by every job, and left as it was, byte for byte."""
    store = _end(stage, "resolve")
    place = stage.begun(job)
    path = database(place)
    shutil.copy(store, place.with_name("was.db"))
    for name in ("r.db", "r.db-wal", "r.db-shm"):
        (place / name).unlink(missing_ok=True)
    file(path)
    before = path.read_bytes() if path.is_file() else b""
    told = refused(stage.strike(job, place))
    assert str(path) in told
    if file is not folder:
        assert path.read_bytes() == before
    assert os.listdir(path) == [] if file is folder else True
