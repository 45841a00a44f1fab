"""Dice → a month of four authors and a sick server, collected by the production pipeline by its
own schedule, and the books that say what the store must then hold.

What the store should have seen is told by what the server *showed*: of a round, the answers whose
exchange the store acknowledges, and no other. So a round that was killed owes nothing, and a page
that was acknowledged owes all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from authors import AUTHORS, MOVED, START, Author, Shown
from faultworld import KINDS
from server import CLOSE, HOLD, NOT_FOUND, RESET, Answer, Asked, Server, answer

import pipeline
from model import Source
from scraper.client import Client, ClientSettings
from store import Store

_VK_TROUBLE = (1, 6, 9, 10, 14, 29)
_EMPTY = answer('<html><body><div class="tme_no_messages_found">No posts found</div></body></html>')


@dataclass(slots=True)
class Books:
    """What one source's readers were shown: id → its texts, each change a new one."""

    said: dict[str, list[str]] = field(default_factory=dict)
    answers: list[Shown] = field(default_factory=list)  # of this round, in order
    missed: set[str] = field(default_factory=set)  # what once stood, and at some time did not

    def acknowledge(self, count: int) -> None:
        """The first so many answers of the round reached the store."""
        for shown in self.answers[:count]:
            for name, text in shown.items():
                texts = self.said.setdefault(name, [])
                if not texts or texts[-1] != text:
                    texts.append(text)
        self.answers.clear()


class Month:
    """The simulation: its clock moves with each round, each request, and by nothing else."""

    def __init__(self, seed: int, folder: Path, kinds: Sequence[str] = tuple(AUTHORS)) -> None:
        self.dice = Random(seed)  # noqa: S311  seeded on purpose
        self.now = START
        self.db = folder / "rollcall.db"
        self.calm = False  # nothing happens any more, and nothing fails
        self.kill: Callable[[], None] = lambda: None
        self.asking = ""  # the source whose round runs
        self.authors: dict[str, Author] = {}
        self.books = {kind: Books() for kind in kinds}
        self.server = Server(self.respond)
        for kind in kinds:
            self.authors[kind] = AUTHORS[kind][0](Random(f"{seed} {kind}"))  # noqa: S311
            for days in sorted(self.dice.uniform(0, 18) for _ in range(25)):
                self.authors[kind].post(START - timedelta(days=18 - days))

    def sources(self) -> list[Source]:
        listed = []
        for kind in self.authors:
            told, path = dict(KINDS[kind][2]), AUTHORS[kind][1]
            url = f"{self.server.url}{path}{'?owner_id=-7' if kind == 'vk' else ''}"
            if kind == "html":
                columns = {"external_id": "a.link@href", "text": "p", "posted_at": "time@datetime"}
                told = {"columns": columns, "options": {"rows": "article", "next": "a.next"}}
            every = timedelta(hours=3)
            listed.append(Source(name=kind, kind=kind, url=url, path=f"{kind}.toml", every=every,
                                 **told))  # type: ignore[arg-type]  # fmt: skip
        return listed

    def act(self, kind: str) -> None:
        self.authors[kind].act(self.now)
        self.look(kind)

    def look(self, kind: str) -> None:
        """Note what does not stand there now."""
        self.books[kind].missed |= self.books[kind].said.keys() - self.authors[kind].truth().keys()

    # The server's side

    def respond(self, asked: Asked) -> Answer:
        """One answer; time passes, authors act while pages are turned, and servers fall sick."""
        self.now += timedelta(seconds=self.dice.uniform(0.5, 4))
        author, books = self.authors[self.asking], self.books[self.asking]
        if asked.path == "/robots.txt":
            books.answers.append({})
            return NOT_FOUND
        if not self.calm and self.dice.random() < 0.3:
            self.act(self.asking)
        sick = "" if self.calm else self.sickness()
        if sick:
            return self.fail(sick, asked, books)
        sent, shown = author.page(asked, self.now)
        books.answers.append(shown)
        return sent

    def sickness(self) -> str:
        if self.dice.random() > 0.12:
            return ""
        return self.dice.choice(
            ("429", "503", "cut", "reset", "empty", "shy", "shy", "shy", "vk", "kill")
        )

    def fail(self, sick: str, asked: Asked, books: Books) -> Answer:
        if sick == "kill":
            self.kill()
            return [HOLD]
        sent, shown = self.authors[self.asking].page(
            replace(asked, headers={**asked.headers, "sick": sick}), self.now
        )
        books.answers.append(shown if sick == "shy" else {})
        whole = sent if isinstance(sent, bytes) else b""
        return {
            "429": answer("busy", 429, Retry_After="900"),
            "503": answer("busy", 503),
            "cut": [whole[: len(whole) * 2 // 3], CLOSE],
            "reset": [whole[:200], RESET],
            "empty": _EMPTY,
            "shy": whole,
            "vk": answer(json.dumps({"error": {"error_code": self.dice.choice(_VK_TROUBLE)}})),
        }[sick]  # fmt: skip

    # The reader's side

    def run(self, days: int = 30) -> None:
        """The month, then a quiet time in which all that is promised is due."""
        with self.server:
            pipeline.register(self.db, self.sources())
            self._until(START + timedelta(days=days))
            self.calm = True
            self._until(self.now + timedelta(days=9))

    def _until(self, end: datetime) -> None:
        while self.now < end:
            self.now += timedelta(hours=self.dice.uniform(*((8, 14) if self.calm else (4, 16))))
            for kind in self.authors:
                for _ in range(0 if self.calm else self.dice.choice((0, 0, 1, 1, 2, 2, 6))):
                    self.act(kind)
            with Store.open(self.db) as store:
                due = store.due_sources(self.now)
            for source in self.sources():
                if source.name in due:
                    self.round(source)

    def round(self, source: Source) -> None:
        """One round as `rollcall collect` does it; a kill ends it where it stands."""
        self.asking = source.name
        with sqlite3.connect(self.db) as connection:
            (before,) = connection.execute("SELECT coalesce(max(rowid), 0) FROM fetch").fetchone()
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._round(source))
        with sqlite3.connect(self.db) as connection:
            (kept,) = connection.execute(
                "SELECT count(*) FROM fetch WHERE rowid > ? AND source = ?", (before, source.name)
            ).fetchone()
            flagged = connection.execute(
                "SELECT external_id FROM post WHERE source = ? AND deleted_at IS NOT NULL",
                (source.name,),
            ).fetchall()
        connection.close()
        self.books[source.name].acknowledge(kept)
        self.look(source.name)
        false = {name for (name,) in flagged} - self.books[source.name].missed
        assert not false, f"{source.name}: {false} called deleted, and stand there still"

    async def _round(self, source: Source) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self.kill = lambda: (loop.call_soon_threadsafe(task.cancel), None)[1]
        settings = ClientSettings(
            allow_loopback=True, attempts=2, backoff=0.0005, clock=lambda: self.now,
            longest_wait=0.01, contact="mail@site.example",
        )  # fmt: skip
        async with Client(settings) as client:
            await pipeline.collect_round([source], self.db, client, settings.clock)

    # What must be

    def held(self, kind: str) -> dict[str, tuple[list[str], bool]]:
        """What the store has of a source: id → its versions, and whether it is gone."""
        with sqlite3.connect(self.db) as connection:
            rows = connection.execute(
                "SELECT external_id, post_version.text, deleted_at IS NOT NULL FROM post "
                "JOIN post_version USING (post_id) WHERE source = ? ORDER BY post_id, version",
                (kind,),
            ).fetchall()
        connection.close()
        found: dict[str, tuple[list[str], bool]] = {}
        for name, text, gone in rows:
            found.setdefault(name, ([], bool(gone)))[0].append(text)
        named = {name.replace(MOVED, "n"): versions for name, versions in found.items()}
        assert len(named) == len(found), "doubled under two ids"
        return named

    def owed(self, kind: str) -> dict[str, tuple[list[str], bool]]:
        """What it must have: all that was shown, as it was shown; gone where it is."""
        standing = self.authors[kind].truth()
        feed = kind == "rss"  # what falls off the end of a feed is not deleted
        return {
            name: (texts, name not in standing and not feed)
            for name, texts in self.books[kind].said.items()
        }
