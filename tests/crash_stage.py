"""The jobs done whole, each once: where each begins, what it goes through, what may be left."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pysqlite3
from crash_jobs import JOBS, database
from crash_plants import contents
from crashes import Point, Striker, Struck, points
from small import build


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A job that nobody struck: where it begins, and all it went through."""

    before: Path
    told: tuple[str, ...]  # its states and acknowledgements, in order
    points: list[Point]
    log: Struck
    end: str
    files: str

    def allowed(self, acknowledged: tuple[str, ...]) -> list[str]:
        """The states a struck run may leave that acknowledged this: none before what it told."""
        states, floor = list[str](), 0
        for word in self.told:
            if word.startswith("state "):
                states.append(word[6:])
            elif word in acknowledged:
                floor = len(states) - 1
        return states[floor:]


@dataclass
class Stage:
    """The jobs that were done whole, each once."""

    strike: Striker
    folder: Path
    _whole: dict[str, Whole] = field(default_factory=dict)

    def whole(self, job: str) -> Whole:
        if job not in self._whole:
            self._whole[job] = self._do(job)
        return self._whole[job]

    def begun(self, job: str) -> Path:
        """The place where every job works, as this one finds it; paths are kept in the store."""
        before = self.whole(job).before  # it may have to be made first, in the same place
        shutil.rmtree(self.place, ignore_errors=True)
        return Path(shutil.copytree(before, self.place))

    @property
    def place(self) -> Path:
        return self.folder / "w"

    def _do(self, job: str) -> Whole:
        before, end = self.folder / job / "before", self.folder / job / "end"
        earlier = JOBS[job].after
        if earlier:
            self.whole(earlier)
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.folder / (earlier or "bare") / "end", self.place)
        JOBS[job].change(self.place)
        shutil.copytree(self.place, before)
        watched = self.strike(job, self.place, states=True)
        ended(watched)
        last = contents(database(self.place))
        shutil.rmtree(self.place)
        shutil.copytree(before, self.place)
        logged = self.strike(job, self.place, log=True)
        ended(logged)
        assert wrong_after(job, self.place) == []
        assert contents(database(self.place)) == last
        shutil.copytree(self.place, end)
        return Whole(
            before=before, told=watched.told, points=points(logged, self.place), log=logged,
            end=last, files=files(job, self.place),
        )  # fmt: skip


def ended(struck: Struck) -> None:
    assert (struck.killed, struck.error, struck.crash) == (False, None, None)


def files(job: str, place: Path) -> str:
    """A hash of the files beside the database that a job leaves."""
    found = hashlib.sha256()
    for path in sorted(place.glob(JOBS[job].files)):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A stage with running servers. Raises PermissionError where strace may not trace."""
    build(folder / "bare" / "end")
    with Striker() as strike:
        stage = Stage(strike, folder)
        stage.whole("create")
        yield stage


# ---- what is looked at before the next run, and after it


def unsound(path: Path) -> list[str]:
    """What SQLite finds wrong with the file, after recovery."""
    if not path.exists() or not path.stat().st_size:
        return []
    raw = pysqlite3.connect(str(path))
    try:
        found = [row[0] for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return found + [
            f"{row[0]} points nowhere" for row in raw.execute("PRAGMA foreign_key_check")
        ]
    finally:
        raw.close()


def wrong_before(whole: Whole, job: str, place: Path, struck: Struck) -> list[str]:
    """What is wrong with what a strike left, before anybody mends it."""
    found = []
    if struck.crash:
        found.append(f"a bug: {struck.crash}")
    if struck.error is not None and ("\n" in struck.error or not _names(struck.error, place)):
        found.append(f"no clear error: {struck.error!r}")
    found += unsound(database(place))
    if contents(database(place)) not in whole.allowed(struck.told):
        found.append(f"half a transaction, or one that was lost after {struck.told}")
    if database(place).exists():
        found += JOBS[job].sure(place)
    return found


def _names(error: str, place: Path) -> bool:
    return str(place) in error or "the database" in error


def wrong_after(job: str, place: Path) -> list[str]:
    """What is wrong once a job has ended."""
    return unsound(database(place)) + JOBS[job].sure(place) + JOBS[job].done(place)
