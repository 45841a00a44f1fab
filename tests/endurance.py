"""Minutes → a store that was collected into, resolved, reviewed and read at once while everything
was killed now and then and restored from backups; and the ledger of what it must hold."""

from __future__ import annotations

import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyrage
from canaries import FATHERS, GIVEN, SURNAMES, TOWNS
from server import Asked, Server, answer
from small import COMMAND, Small

from model import Judgement, RollcallError
from store import Store, reviewing
from store.reviewing import Word
from store.turns import Overtaken

CHANNELS = ("north", "south", "east")
KILL = (30.0, 90.0)  # seconds between two kills
RESTORE = 600.0  # seconds between two restores


@dataclass
class Ledger:
    """What the server gave out, and what the store acknowledged to editors."""

    posts: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {name: [] for name in CHANNELS}
    )
    rows: list[str] = field(default_factory=list)
    approved: set[tuple[str, str]] = field(default_factory=set)  # record, editor
    decided: set[int] = field(default_factory=set)
    reads: int = 0
    kills: int = 0
    restores: int = 0
    overtaken: int = 0  # words refused since the pair had been closed meanwhile
    faults: list[str] = field(default_factory=list)  # what nobody should have met

    def grow(self, draw: random.Random) -> None:
        """The next post of a channel, and now and then a row of the list."""
        name = draw.choice(CHANNELS)
        man = f"{draw.choice(SURNAMES)} {draw.choice(GIVEN)} {draw.choice(FATHERS)}"
        born = f"{draw.randrange(1, 29):02}.{draw.randrange(1, 13):02}.{draw.randrange(1985, 2006)}"
        number = len(self.posts[name])
        told = f"{man}, {born} г.р., срочник"
        if self.posts[name] and draw.random() < 0.3:  # again of one, or of his namesake
            told = draw.choice(self.posts[name])["text"].split(", срочник")[0].split("! ")[1]
            told = told[: told.rfind(", ")] + draw.choice([", 2003 г.р.", ""])
        self.posts[name].append({
            "post_id": f"{name[0]}{number}",
            "posted_at": f"2024-08-{1 + number % 28:02}T10:00:00+03:00",
            "text": f"Ищу сына! {told}, {draw.choice(TOWNS)}. Нет связи.",
        })  # fmt: skip
        if draw.random() < 0.2:
            self.rows.append(f"{man};{born}")

    def page(self, asked: Asked) -> bytes:
        """What the server answers."""
        name = asked.path.strip("/")
        if name in self.posts:
            posts = list(self.posts[name])
            return answer("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in posts))
        if name == "captured":
            return answer("\n".join(["name;born", *self.rows, ""]))
        return answer(b"", 404)


class Soak:
    """A world under load: `run(seconds)` puts it there, `settle()` lets it end what it began."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.world, self.ledger = Small(folder=folder), Ledger()
        self.draw, self.folder = random.Random(seed), folder  # noqa: S311
        self.secret = pyrage.x25519.Identity.generate()
        self.stop = threading.Event()
        self.out = {work: threading.Lock() for work in ("grow", "review", "read", "collect")}
        self.environment = {**os.environ, "PYTHONWARNINGS": "ignore"}

    def run(self, seconds: float, url: str) -> None:
        """All of it at once, for so long."""
        self._describe(url)
        self.world.rollcall("collect", "--allow-loopback")
        works = (
            ("grow", lambda: self.ledger.grow(self.draw), 0.3), ("review", self._review, 0.5),
            ("read", self._read, 0.3), ("collect", self._collect, 2.0),
        )  # fmt: skip
        threads = [threading.Thread(target=self._repeat, args=work) for work in works]
        for thread in threads:
            thread.start()
        ends, restore = time.monotonic() + seconds, time.monotonic() + min(RESTORE, seconds / 2)
        while time.monotonic() < ends:
            with self._service() as service:
                time.sleep(min(self.draw.uniform(*KILL), max(1.0, ends - time.monotonic())))
                if time.monotonic() > restore:
                    self._restore(service)
                    restore += RESTORE
            self.ledger.kills += 1
        self.stop.set()
        for thread in threads:
            thread.join()

    def settle(self) -> None:
        """Undisturbed rounds, in which everything given out is collected and resolved."""
        for command in (("collect", "--allow-loopback"), ("resolve",)):
            done = self.world.rollcall(*command)
            if done.returncode:
                self.ledger.faults.append(f"{command[0]}: {done.stderr}")

    def _describe(self, url: str) -> None:
        self.world.sources.mkdir(parents=True)
        for name in CHANNELS:
            self.world.add(name, f'kind = "posts"\nurl = "{url}/{name}"\nevery = "20s"\n')
        self.world.add("captured", (
            f'kind = "csv"\nurl = "{url}/captured"\nclaim = "captured"\nevery = "20s"\n'
            'delimiter = ";"\ncolumns = { name = "name", birth_date = "born" }\n'
            "expect = { max_growth = 1000.0 }\n"
        ))  # fmt: skip

    @contextmanager
    def _service(self) -> Iterator[subprocess.Popen[bytes]]:
        """The service, killed at the end."""
        words = ["--db", str(self.world.db), "--sources", str(self.world.sources)]
        with (self.folder / "service.log").open("ab") as log:
            running = subprocess.Popen(
                [*COMMAND, *words, "run", "--tick", "1", "--allow-loopback"], stderr=log,
                env=self.environment,
            )  # fmt: skip
        try:
            yield running
        finally:
            running.kill()
            running.wait()

    def _restore(self, service: subprocess.Popen[bytes]) -> None:
        """A backup while all goes on, then, with everybody out, it takes the store's place."""
        sealed, key = self.folder / "b.age", self.folder / "identity"
        key.write_text(str(self.secret))
        with ExitStack() as all_out:  # an editor's word after the backup would rightly be lost
            for lock in self.out.values():
                all_out.enter_context(lock)
            self._must("backup", str(sealed), "--key", str(self.secret.to_public()))
            service.kill()
            service.wait()
            self._must("restore", str(sealed), "-i", str(key), "--replace")
        self.ledger.restores += 1

    def _must(self, *words: str) -> None:
        done = self.world.rollcall(*words)
        if done.returncode:
            self.ledger.faults.append(f"{words[0]}: {done.stderr}")

    def _repeat(self, name: str, work: Callable[[], None], pause: float) -> None:
        while not self.stop.wait(pause):
            try:
                with self.out[name]:
                    work()
            except Overtaken:  # an editor's word came behind a resolution's: told, nothing written
                self.ledger.overtaken += 1
            except RollcallError as error:
                if "held by another writer" not in str(error):
                    self.ledger.faults.append(f"{type(error).__name__}: {error}")
            except Exception as error:  # a bug: told at the end, the others go on
                self.ledger.faults.append(f"{type(error).__name__}: {error}")

    def _review(self) -> None:
        """An editor approves a claim, or decides the pair that matters most."""
        now, editor = datetime.now(UTC), self.draw.choice(("anna", "boris"))
        with Store.open(self.world.db) as store:
            chosen = reviewing.take_next(store, editor, now)
            if chosen is not None:
                word = Word(review_id=chosen, judgement=Judgement.DIFFERENT, editor=editor, seen=0)
                self.ledger.decided.add(reviewing.decide(store, word, now))
                return
            rows = store.connection.execute(
                "SELECT record_id FROM record WHERE closed_at IS NULL ORDER BY random() LIMIT 1"
            ).fetchall()
            for row in rows:
                store.approve(row["record_id"], editor, now)
                self.ledger.approved.add((row["record_id"], editor))

    def _read(self) -> None:
        """An analyst asks for the tally and looks for half a record."""
        with Store.open(self.world.db, read_only=True) as store:
            store.tally("2024-12-31")
            (half,) = store.connection.execute(
                "SELECT count(*) FROM post WHERE NOT EXISTS "
                "(SELECT 1 FROM record WHERE record.post_id = post.post_id)"
            ).fetchone()
        self.ledger.reads += 1
        if half:
            self.ledger.faults.append(f"{half} posts without their record")

    def _collect(self) -> None:
        """A round by hand beside the service, and one in three is killed."""
        words = ["--db", str(self.world.db), "--sources", str(self.world.sources)]
        running = subprocess.Popen(
            [*COMMAND, *words, "collect", "--allow-loopback"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=self.environment,
        )  # fmt: skip
        if self.draw.random() < 1 / 3:
            time.sleep(self.draw.uniform(0.5, 5.0))
            running.kill()
            self.ledger.kills += 1
        running.wait()


@contextmanager
def soaked(folder: Path, seconds: float) -> Iterator[Soak]:
    """A world after so many seconds of it, settled; its server still answers."""
    soak = Soak(folder)
    with Server(soak.ledger.page) as server:
        soak.run(seconds, server.url)
        soak.settle()
        yield soak
