"""A soak's posts and rows without its waiting: resolved in many small steps, as rebuilt at once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from endurance import CHANNELS, Ledger
from histories import NOW, new_store

import pipeline
import resolution
from model import Batch, Claim, Fetch, Judgement, ListRow, Outcome, Post
from store import Store, reviewing
from store.reviewing import Word


@dataclass
class Replay:
    """A store, what its server gave out, and how far each channel was collected."""

    path: Path
    draw: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    done: Counter[str] = field(default_factory=Counter)
    now: datetime = NOW

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def collects(self, events: int) -> None:
        """News of all channels and of the list, each source after another, as a round brings it."""
        for _ in range(events):
            self.ledger.grow(self.draw)
        for name in CHANNELS:
            new = self.ledger.posts[name][self.done[name] :]
            self.done[name] += len(new)
            posts = tuple(
                Post(source=name, external_id=post["post_id"], text=post["text"],
                     posted_at=datetime.fromisoformat(post["posted_at"]))
                for post in new
            )  # fmt: skip
            self._saves(Batch(source=name, posts=posts, fetches=self._asked(name)))
        rows = tuple(
            ListRow(
                source="captured",
                row=n,
                cells=dict(zip(("name", "birth_date"), row.split(";"), strict=True)),
            )
            for n, row in enumerate(self.ledger.rows, 1)
        )
        self._saves(Batch(source="captured", rows=rows, whole_list=True))

    def _asked(self, name: str) -> tuple[Fetch, ...]:
        return (
            Fetch(source=name, url="x", started_at=self.clock(), seconds=0.1, outcome=Outcome.OK),
        )

    def _saves(self, batch: Batch) -> None:
        found = pipeline.read(batch, Claim.CAPTURED)
        with Store.open(self.path) as store:
            store.save_batch(found.batch, found.readings, self.clock())

    def edits(self) -> None:
        """An editor tells the pair that matters most apart, or approves a claim."""
        with Store.open(self.path) as store:
            chosen = reviewing.take_next(store, "anna", self.clock())
            if chosen is not None and self.draw.random() < 0.5:
                word = Word(review_id=chosen, judgement=Judgement.DIFFERENT, editor="anna", seen=0)
                reviewing.decide(store, word, self.clock())
            else:
                records = sorted(record.record_id for record in store.stored_records())
                store.approve(self.draw.choice(records), "boris", self.clock())

    def counted(self) -> tuple[dict[str, str], dict[str, object]]:
        with Store.open(self.path) as store:
            told = store.tally("2024-12-31")
            return store.previous(), {key: told[key] for key in told if key != "known_at"}


@pytest.mark.parametrize(
    ("seed", "events"),
    [
        (1, 120),
        *(pytest.param(seed, 1600, marks=pytest.mark.slow) for seed in range(2, 5)),
    ],
)
def test_many_small_resolutions_count_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, events: int
) -> None:
    """Of each round a part is collected by another process, while a resolution works."""
    replay = Replay(tmp_path / "a.db", random.Random(seed))  # noqa: S311
    new_store(replay.path, *CHANNELS, "captured").close()
    decided, beside = resolution._decided, []

    def meanwhile(*words: Any, **named: Any) -> object:
        found = decided(*words, **named)
        if beside:
            replay.collects(beside.pop())
        return found

    monkeypatch.setattr(resolution, "_decided", meanwhile)
    replay.collects(events // 2)
    while sum(replay.done.values()) < events:
        replay.collects(replay.draw.randint(1, 8))
        beside.append(replay.draw.randint(1, 8))
        resolution.resolve_if_needed(replay.path, replay.clock())
        for _ in range(replay.draw.randrange(3)):
            replay.edits()
    assert not resolution.resolve(replay.path, replay.clock()).full
    found = replay.counted()
    assert resolution.resolve(replay.path, replay.clock(), full=True).full
    assert replay.counted() == found
