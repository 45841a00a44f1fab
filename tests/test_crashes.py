"""Killed, out of room or with a failing disk at any system call: nothing acknowledged is lost.

`make test` strikes at a spread of points, `make test-slow` at every one (`ROLLCALL_SWEEP_EVERY=5`:
each fifth). Needs strace.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from crash_jobs import JOBS, database
from crash_plants import contents
from crash_stage import Stage, Whole, ended, files, wrong_after, wrong_before
from crashes import STRACE, SYNCS, WRITES, told_too_early

from store import Store
from store.migrations import SCHEMA_VERSION

EVERY = int(os.environ.get("ROLLCALL_SWEEP_EVERY", "1"))  # 5: each fifth point of the slow sweep
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")


def struck_at(stage: Stage, job: str, inject: list[str]) -> list[str]:
    """Strike, look, let the next run end, compare; what is wrong."""
    whole, place = stage.whole(job), stage.begun(job)
    struck = stage.strike(job, place, inject=inject)
    found = [] if struck.injected else ["the strike did not happen"]
    found += wrong_before(whole, job, place, struck)
    ended(stage.strike(job, place))
    found += wrong_after(job, place)
    if contents(database(place)) != whole.end or files(job, place) != whole.files:
        found.append("the next run ended otherwise than one that nobody struck")
    return [f"{job}, {' '.join(inject)}: {one}" for one in found]


# The strikes


def kills(whole: Whole) -> list[list[str]]:
    """SIGKILL at each call that changes the disk."""
    return [[f"{at.call}:signal=KILL:when={at.number}"] for at in whole.points]


def no_room(whole: Whole) -> list[list[str]]:
    """One write that finds the disk full."""
    return [
        [f"{at.call}:error=ENOSPC:when={at.number}"] for at in whole.points if at.call in WRITES
    ]


def full_from(whole: Whole) -> list[list[str]]:
    """A disk that is full from a write on, until the process has ended."""
    found, seen = [], dict.fromkeys(WRITES, 0)
    for at in whole.points:
        if at.call in seen:
            found.append([f"{at.call}:error=ENOSPC:when={at.number}+"])
            found[-1] += [
                f"{call}:error=ENOSPC:when={count + 1}+"
                for call, count in seen.items()
                if call != at.call and call in {one.call for one in whole.points}
            ]
            seen[at.call] = at.number
    return found


def unsynced(whole: Whole) -> list[list[str]]:
    """A sync that fails, and all syncs from one on."""
    syncs = [at for at in whole.points if at.call in SYNCS]
    return [[f"{at.call}:error=EIO:when={at.number}{on}"] for at in syncs for on in ("", "+")]


def unnamed(whole: Whole) -> list[list[str]]:
    """A rename or removal that fails."""
    return [
        [f"{at.call}:error=EIO:when={at.number}"]
        for at in whole.points
        if at.call not in WRITES + SYNCS
    ]


FAULTS: dict[str, Callable[[Whole], list[list[str]]]] = {
    "killed": kills, "no room once": no_room, "full": full_from, "unsynced": unsynced,
    "not renamed": unnamed,
}  # fmt: skip


def spread(found: list[list[str]], count: int) -> list[list[str]]:
    """So many of them: the first, the last, and some in between."""
    if len(found) <= count:
        return found
    step = (len(found) - 1) / max(1, count - 1)
    return [found[round(number * step)] for number in range(count)]


@pytest.mark.parametrize("job", [job for job in JOBS if job != "report"])
def test_struck_at_some_points(stage: Stage, job: str) -> None:
    whole, wrong = stage.whole(job), list[str]()
    for fault, count in (("killed", 3), ("full", 1), ("unsynced", 1)):
        for inject in spread(FAULTS[fault](whole), count):
            wrong += struck_at(stage, job, inject)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("job", JOBS)
def test_struck_at_every_point(
    stage: Stage, job: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    strikes, began = FAULTS[fault](stage.whole(job))[::EVERY], time.monotonic()
    wrong = [struck_at(stage, job, inject) for inject in strikes]
    failed = sum(map(bool, wrong))
    with capsys.disabled():
        minutes = (time.monotonic() - began) / 60
        print(f"\n| {job} | {fault} | {len(strikes)} | {failed} | {minutes:.1f} |")
    assert [one for found in wrong for one in found][:20] == []


# The harness finds what it is there to find, before the next run


def test_nothing_is_acknowledged_before_it_is_synced(stage: Stage) -> None:
    for job in ("create", "collect", "collect again", "resolve", "approve", "erase", "restore"):
        assert told_too_early(stage.whole(job).log) == [], job


@pytest.mark.parametrize("bug", ["early", "split"])
def test_a_planted_bug_is_found_before_the_next_run(stage: Stage, bug: str) -> None:
    whole = stage.whole("collect")
    for inject in kills(whole)[::3]:
        place = stage.begun("collect")
        struck = stage.strike("collect", place, inject=inject, bug=bug)
        if wrong_before(whole, "collect", place, struck):
            return
    pytest.fail(f"no strike showed the bug {bug!r}")


def test_a_store_that_does_not_sync_is_found(stage: Stage) -> None:
    struck = stage.strike("collect", stage.begun("collect"), log=True, bug="async")
    assert told_too_early(struck)


def test_the_migrated_store_is_of_this_schema(stage: Stage) -> None:
    place = stage.begun("migrate")
    ended(stage.strike("migrate", place))
    with Store.open(database(place)) as store:
        (version,) = store.connection.execute("PRAGMA user_version").fetchone()
        assert version == SCHEMA_VERSION
        assert store.connection.execute("SELECT text FROM post").fetchone()["text"] == "Ищу"
