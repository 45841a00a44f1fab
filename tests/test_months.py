"""Simulated months of a channel and of a wall: nothing lost, nothing doubled, no false deletion."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import test_telegram as telegram
import test_vk as vk
from server import RESET, Answer, Asked, Server, answer

from model import CollectFailed

Reader = telegram.Reader | vk.Reader
Script = Callable[[Asked], Answer]
Kind = Callable[["Month"], tuple[Script, type[Reader], str]]


@dataclass
class Month:
    """A source that posts, edits, deletes and fails at random, and what it knows of itself."""

    dice: random.Random
    texts: dict[int, str] = field(default_factory=dict)
    times: dict[int, datetime] = field(default_factory=dict)
    trouble: float = 0.1
    next_id: int = 1

    def live(self, now: datetime, hours: float) -> None:
        """A stretch of the source's life."""
        start = now - timedelta(hours=hours)
        for _ in range(self.dice.randrange(0, 14)):
            self.next_id += self.dice.choice([1, 1, 1, 2, 7])
            start += timedelta(seconds=self.dice.randrange(0, int(hours * 240)))
            self.texts[self.next_id] = f"Пост {self.next_id}"
            self.times[self.next_id] = min(start, now)
        young = [n for n in self.texts if now - self.times[n] < timedelta(days=4)]
        for number in self.dice.sample(young, min(len(young), self.dice.randrange(0, 4))):
            if self.dice.random() < 0.5:
                self.texts[number] = f"Пост {number}, правка {self.dice.randrange(3)}"
            else:
                del self.texts[number]

    def fails(self) -> Answer | None:
        """Sometimes, instead of a page."""
        if self.dice.random() >= self.trouble:
            return None
        troubles: list[Answer] = [
            answer("busy", 503),
            answer("", 429, Retry_After="0"),
            answer("<html>oops"),
            [RESET],
        ]
        return self.dice.choice(troubles)


@dataclass
class Channel(telegram.Channel):
    month: Month = field(default_factory=lambda: Month(random.Random(0)))  # noqa: S311

    def __call__(self, asked: Asked) -> Answer:
        month = self.month
        self.posts = {n: (month.times[n], text) for n, text in month.texts.items()}
        if month.dice.random() < month.trouble / 4:
            return answer(self.page([]))  # "no messages", under load
        return month.fails() or super().__call__(asked)


@dataclass
class Wall(vk.Community):
    month: Month = field(default_factory=lambda: Month(random.Random(0)))  # noqa: S311

    def __call__(self, asked: Asked) -> Answer:
        self.posts = {n: int(self.month.times[n].timestamp()) for n in self.month.texts}
        return self.month.fails() or super().__call__(asked)

    def text(self, number: int) -> str:
        return self.month.texts[number]


def channel(month: Month) -> tuple[Script, type[Reader], str]:
    return Channel(month=month), telegram.Reader, "kanal/"


def wall(month: Month) -> tuple[Script, type[Reader], str]:
    return Wall(month=month), vk.Reader, "-7_"


def rounds(reader: Reader, month: Month, days: int) -> Iterator[None]:
    """Days at six-hour rounds, then quiet days for the rescans."""
    month.live(reader.now, 6)
    for _ in range(days * 4):
        reader.now += timedelta(hours=6)
        month.live(reader.now, 6)
        yield
    month.trouble = 0.0
    for _ in range(3):
        reader.now += timedelta(hours=24)
        yield


def simulate(kind: Kind, seed: int, days: int) -> None:
    month = Month(random.Random(seed))  # noqa: S311
    script, reading, prefix = kind(month)
    absent: set[str] = set()
    with Server(script) as server:
        reader = reading(server)
        for _ in rounds(reader, month, days):
            try:
                reader.round()
            except CollectFailed as failed:
                assert "\n" not in str(failed)  # noqa: PT017
            absent = set(reader.deleted)
            assert not {f"{prefix}{n}" for n in month.texts} & absent, "a false deletion"
    alive = {f"{prefix}{n}": text for n, text in month.texts.items()}
    assert alive.keys() <= reader.ledger.keys(), "lost"
    changed = {name for name, text in alive.items() if reader.ledger[name].text != text}
    assert not changed
    known = {name for name in reader.ledger if name not in alive}
    young = {
        name
        for name in known
        if reader.now - reader.ledger[name].posted_at < timedelta(days=6)
        and int(name.removeprefix(prefix)) > min(month.texts)  # below it no page says anything
    }
    assert young <= absent, "a deletion missed"
    assert len(reader.server.asked) < 4000


@pytest.mark.parametrize("kind", [channel, wall])
@pytest.mark.parametrize("seed", range(2))
def test_ten_days(
    kind: Kind,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROLLCALL_VK_TOKEN", vk.TOKEN)
    simulate(kind, seed, days=10)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [channel, wall])
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_months(
    kind: Kind,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROLLCALL_VK_TOKEN", vk.TOKEN)
    simulate(kind, seed, days=30)
