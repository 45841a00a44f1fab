"""The jobs that are struck: what each does, from whose end it begins, what must hold beside it.

A job works in a folder: `r.db`, `sources/`, and whatever it writes beside them. Its clock stands
still, so that two runs of it leave the same store.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pysqlite3

import pipeline
from cli import keeping, publishing
from model import RollcallError
from report import write_report
from scraper import sources as folder
from scraper.client import Client, ClientSettings
from store import Store, audit_chain, backup, erasure, retention, vault
from store.migrations import SCRIPTS, statements

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 1, 2, 12, tzinfo=UTC)
DAY = "2024-12-31"
MAN = "Ветошкин"  # who is erased
# of these tests alone; the same key each time, for it is kept beside what it sealed
SECRET = "AGE-SECRET-KEY-1E35R0LL6M6E89QZ7KT0ES8HR7C9KWQSRFLNMSS803YAFCTCZUF5S9NG8ZL"  # noqa: S105
KEY = str(pyrage.x25519.Identity.from_str(SECRET).to_public())
Tell = Callable[[str], None]


def database(place: Path) -> Path:
    """Where a job's database lies."""
    return place / "r.db"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is struck. `sure(place)`: what is wrong beside the store, whenever the job is killed."""

    run: Callable[[Path, Tell], None]
    after: str | None = None  # the job at whose end it begins
    change: Callable[[Path], None] = lambda _: None  # made to that end first
    sure: Callable[[Path], list[str]] = lambda _: []
    files: str = "no such file"  # a pattern of files that end up the same, byte by byte
    done: Callable[[Path], list[str]] = lambda _: []  # what is wrong once it has ended


# ---- collecting


def create(place: Path, tell: Tell) -> None:
    """A new database with its sources."""
    pipeline.register(database(place), folder.load(place / "sources"))
    tell("created")


def collect(place: Path, tell: Tell, now: datetime = NOW) -> None:
    """One round over the sources beside the database, its pages sealed; a word for each of them."""
    sources = folder.load(place / "sources")
    pipeline.register(database(place), sources)
    settings = ClientSettings(clock=lambda: now, vault_key=KEY)

    async def round_() -> None:
        async with Client(settings) as client:
            for source in sources:
                ended = await pipeline.collect_source(source, database(place), client, lambda: now)
                if ended.error:
                    raise RollcallError(ended.error)
                tell(f"collected {source.name}")

    asyncio.run(round_())


def collect_again(place: Path, tell: Tell) -> None:
    """A later round, when posts and rows were edited."""
    collect(place, tell, LATER)


def edit(place: Path) -> None:
    """What the sources say later: a post edited, one new, a row gone, a row corrected."""
    lines = (place / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    posts = [json.loads(line) for line in lines]
    posts[1] |= {"text": posts[1]["text"] + " Служил в/ч 90909.", "edited_at": "2024-08-30T10:00Z"}
    posts.append(
        posts[0] | {"post_id": "s6", "text": "Ищу мужа! Полынов Егор Саввич, 02.02.2003 г.р."}
    )
    (place / "posts.jsonl").write_text(
        "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts), encoding="utf-8"
    )
    captured = (place / "captured.csv").read_text(encoding="windows-1251")
    captured = captured.replace("1999", "1998") + "Опарин Глеб Львович;2001;02.09.2024\n"
    (place / "captured.csv").write_text(captured, encoding="windows-1251")


def sealed_whole(place: Path) -> list[str]:
    """Sealed pages that are missing or damaged."""
    with Store.open(database(place), read_only=True) as store:
        found = vault.verify(store.connection, vault.folder(database(place)))
    return [] if found.sound else [str(found)]


# ---- persons, editors


def resolve(place: Path, tell: Tell) -> None:
    """Resolution of what was collected."""
    pipeline.resolve(database(place), LATER)
    tell("resolved")


def approve(place: Path, tell: Tell) -> None:
    """Two editors approve two claims."""
    with Store.open(database(place)) as store:
        records = [record.record_id for record in store.stored_records()][:2]
        for editor in ("anna", "boris"):
            for record_id in records:
                if editor not in store.approvals().get(record_id, ()):
                    store.approve(record_id, editor, LATER)
                tell(f"approved {editor} {record_id}")


def audit_whole(place: Path) -> list[str]:
    """Faults of the audit log's chain."""
    with Store.open(database(place), read_only=True) as store:
        return [
            fault
            for fault in audit_chain.faults(store.connection, database(place))
            if "heads is gone" not in fault  # killed between the first commit and the first head
        ]


# ---- files that leave


def report(place: Path, tell: Tell) -> None:
    """The report of a day over an older one."""
    with Store.open(database(place), read_only=True) as store:
        write_report(
            store, place / "report", as_of=DAY, known_at=None, language="en", made_at=LATER
        )
    tell("reported")


def older_report(place: Path) -> None:
    """A report of another time."""
    (place / "report").mkdir()
    for name in ("index.html", "tally.csv", "regions.csv"):
        (place / "report" / name).write_text("older")


def report_whole(place: Path) -> list[str]:
    """Files of the report that are half there."""
    ends = {".html": "</html>", ".csv": "\n"}
    return [
        f"{path.name} is half there"
        for path in sorted((place / "report").glob("*.*"))
        if path.suffix in ends and (said := path.read_text(encoding="utf-8")) != "older"
        if not said.endswith(ends[path.suffix]) and not said.rstrip().endswith(ends[path.suffix])
    ]


def publish(place: Path, tell: Tell) -> None:
    """A release over an older file of that name."""
    with Store.open(database(place)) as store:
        tally = store.tally(DAY, LATER)
        told = publishing.release(store, place / "p.db", tally, 10, LATER)
    tell(f"published {told['sha256']}")


def older_release(place: Path) -> None:
    """A public file of an earlier day, remembered."""
    with Store.open(database(place)) as store:
        tally = store.tally("2024-08-15", LATER)
        publishing.release(store, place / "p.db", tally, 10, NOW)


def release_remembered(place: Path) -> list[str]:
    """Is the public file there, whole, and known to the private one?"""
    digest = hashlib.sha256((place / "p.db").read_bytes()).hexdigest()
    with Store.open(database(place), read_only=True) as store:
        known = {row["sha256"] for row in store.connection.execute("SELECT sha256 FROM release")}
    return [] if digest in known else ["the public file is not remembered"]


# ---- keeping


def back_up(place: Path, tell: Tell) -> None:
    """A backup over an older one."""
    with Store.open(database(place), read_only=True) as store:
        backup.backup(store.connection, place / "b.age", KEY, LATER)
    tell("backed up")


def backup_opens(place: Path) -> list[str]:
    """Does the backup of that name open, and hold a store?"""
    with tempfile.TemporaryDirectory() as opened:
        copy = Path(opened) / "copy.db"
        try:
            backup.restore(place / "b.age", copy, SECRET)
        except RollcallError as error:
            return [f"the backup does not open: {error}"]
        with Store.open(copy) as store:
            (posts,) = store.connection.execute("SELECT count(*) FROM post").fetchone()
        return [] if posts else ["the backup is empty"]


def restore(place: Path, tell: Tell) -> None:
    """An older backup in the place of a database from which a man was erased since."""
    keeping.put_back(place / "b.age", database(place), SECRET, "anna", LATER)
    tell("restored")


def erase(place: Path, tell: Tell) -> None:
    """Erasure of a man; done again after a strike, as an operator would."""

    def work(store: Store, now: datetime) -> erasure.Erased:
        found = [p for p in store.export_persons() if p["surname"] == MAN]
        if not found:  # a strike met it after the commit
            return erasure.Erased(
                persons=0, records=0, posts=0, list_rows=0, captures=0, by_status={}
            )
        return erasure.erase_person(store, str(found[0]["person_id"]), "anna", now)

    keeping.erased(database(place), work, LATER)
    tell("erased")


def nowhere(place: Path) -> list[str]:
    """Files of the program's in which a byte of the erased man is left."""
    read = {"posts.jsonl", "captured.csv", "deceased.csv"}
    return [
        f"{path.name} holds him"
        for path in place.rglob("*")
        if path.is_file() and path.name not in read and MAN.encode() in path.read_bytes()
    ]


def absent(place: Path) -> list[str]:
    """Is the erased man in the database that stands?"""
    raw = pysqlite3.connect(str(database(place)))
    try:
        found = raw.execute("SELECT count(*) FROM record WHERE surname = ?", (MAN,)).fetchone()
    finally:
        raw.close()
    return ["the erased man is back"] if found[0] else []


def expire(place: Path, tell: Tell) -> None:
    """Old texts lose their words."""
    with Store.open(database(place)) as store:
        retention.expire_texts(store, 1, "service", datetime(2025, 3, 1, 12, tzinfo=UTC))
    tell("expired")


def migrate(place: Path, tell: Tell) -> None:
    """A database of the first schema is opened."""
    with Store.open(database(place)):
        tell("migrated")


def first_schema(place: Path) -> None:
    """A database as the first release made it, with a post, its record and a row in it."""
    database(place).unlink(missing_ok=True)
    raw = pysqlite3.connect(str(database(place)), isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA application_id = 0x524F4C4C")
    for statement in statements(SCRIPTS["001_first"]):
        raw.execute(statement)
    raw.executescript(_FIRST)
    raw.execute("PRAGMA user_version = 1")
    raw.close()


_FIRST = """
CREATE TABLE _sqlite_migrations (
  id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
  VALUES ('rollcall', 'm001_first', '2025-01-01');
INSERT INTO source (name, kind, url, owner, every_seconds, enabled)
  VALUES ('chat', 'posts', 'x', 'chat', 60, 1);
INSERT INTO post (post_id, source, external_id, posted_at, posted_on, text, extractor, versions,
  learned_at) VALUES ('p1', 'chat', '1', '2024-08-08T10:00:00.000000Z', '2024-08-08', 'Ищу',
  '1', 1, '2024-08-09T10:00:00.000000Z');
INSERT INTO post_version (post_id, version, text, seen_at)
  VALUES ('p1', 1, 'Ищу', '2024-08-09T10:00:00.000000Z');
INSERT INTO list_row (row_id, source, row, ordinal, text, extractor, versions, learned_at)
  VALUES ('r1', 'chat', 1, 1, 'Зимин', '1', 1, '2024-08-09T10:00:00.000000Z');
"""


JOBS: Mapping[str, Job] = {
    "create": Job(run=create),
    "collect": Job(run=collect, after="create", sure=sealed_whole),
    "collect again": Job(run=collect_again, after="collect", change=edit, sure=sealed_whole),
    "resolve": Job(run=resolve, after="collect"),
    "approve": Job(run=approve, after="resolve", sure=audit_whole),
    "report": Job(
        run=report, after="resolve", change=older_report, sure=report_whole,
        files="report/*",
    ),
    "publish": Job(
        run=publish, after="resolve", change=older_release, sure=release_remembered,
        files="p.db*",
    ),
    "backup": Job(
        run=back_up, after="resolve", change=lambda place: back_up(place, lambda _: None),
        sure=backup_opens,
    ),
    "erase": Job(run=erase, after="backup", done=nowhere),
    "restore": Job(run=restore, after="erase", sure=absent, done=nowhere),
    "expire": Job(run=expire, after="resolve"),
    "migrate": Job(run=migrate, change=first_schema),
}  # fmt: skip
