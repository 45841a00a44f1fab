"""Sources in trouble → what the store says of them, and when they are asked again."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from faultworld import KINDS, NOW, World, build, feed
from histories import source
from server import Scripted, Server, answer
from small import Small

import pipeline
from model import CollectFailed, Fetch, Outcome, Source, SourceChanged, SourceGone, SourceRefused
from scraper.client import Client, ClientSettings
from store import Store, trouble
from store.trouble import Ended

SOURCES = [
    Source(name="a", kind="rss", url="https://a.example", path="a.toml"),
    Source(
        name="b", kind="rss", url="https://b.example", path="b.toml", every=timedelta(hours=6),
        every_min=timedelta(hours=1), every_max=timedelta(days=1),
    ),
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "rollcall.db", create=True) as opened:
        opened.save_sources(SOURCES)
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    script: dict[str, Scripted] = {}
    with Server(script) as server:
        yield build(server, script, tmp_path_factory.mktemp("world"))


def end(store: Store, name: str, ended: Ended, **later: float) -> dict[str, object]:
    at = NOW + timedelta(**later)
    store.record_attempt(name, ended, started_at=at, now=at)
    return next(line for line in store.health() if line["name"] == name)


def failing(kind: type[CollectFailed], status: int | None = None, hold: float = 0) -> CollectFailed:
    failure = kind("a: x")
    failure.hold = timedelta(seconds=hold) if hold else None
    failure.fetches = (
        Fetch(
            source="a", url="x", started_at=NOW, seconds=0, outcome=Outcome.FAILED, status=status
        ),
    )
    return failure


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (failing(SourceGone), "gone"),
        (failing(SourceChanged), "suspect"),
        (failing(SourceRefused), "refused"),
        (failing(SourceRefused, hold=86_400), "refused"),
        (failing(SourceRefused, 429), "throttled"),
        (failing(CollectFailed, 503, hold=900), "throttled"),
        (failing(CollectFailed, 500), "failing"),
    ],
)
def test_what_a_failure_says_of_its_source(failure: CollectFailed, state: str) -> None:
    assert trouble.state_of(failure) == state


def test_a_state_is_kept_with_its_time_and_cause_until_it_passes(store: Store) -> None:
    assert end(store, "a", Ended())["state"] == "healthy"
    line = end(store, "a", Ended(error="a: changed", state="suspect"), hours=1)
    again = end(store, "a", Ended(error="a: changed still", state="suspect"), hours=2)
    assert (again["state"], again["since"]) == ("suspect", line["since"])
    assert again["cause"] == "a: changed still"
    well = end(store, "a", Ended(), hours=3)
    assert (well["state"], well["cause"], well["open_until"]) == ("healthy", None, None)


def test_the_breaker_opens_lets_one_probe_through_and_closes(store: Store) -> None:
    bad = Ended(error="a: answers 500", state="failing")
    for hours in range(trouble.OPENS_AFTER - 1):
        end(store, "a", bad, hours=hours)
    assert trouble.shut(store.connection, "a", NOW + timedelta(hours=4)) is None
    end(store, "a", bad, hours=4)
    state, until = trouble.shut(store.connection, "a", NOW + timedelta(hours=5)) or ("", NOW)
    assert (state, until) == ("failing", NOW + timedelta(hours=28))
    with Store.open(store.path) as restarted:  # kept over restarts
        assert trouble.shut(restarted.connection, "a", NOW + timedelta(hours=5))
        assert restarted.due_sources(NOW + timedelta(hours=27)) == ["b"]
    assert trouble.shut(store.connection, "a", until) is None
    assert trouble.probing(store.connection, "a")
    end(store, "a", bad, hours=28)
    assert trouble.shut(store.connection, "a", NOW + timedelta(hours=29))
    end(store, "a", Ended(), hours=60)
    assert not trouble.probing(store.connection, "a")


def test_the_servers_wish_is_kept_over_restarts(store: Store) -> None:
    wish = Ended(error="a: 429", state="throttled", hold=timedelta(hours=9))
    line = end(store, "a", wish)
    assert line["due_at"] == line["open_until"]
    assert store.due_sources(NOW + timedelta(hours=8)) == ["b"]
    assert store.due_sources(NOW + timedelta(hours=9)) == ["b", "a"]


def test_a_busy_source_is_asked_more_often_a_quiet_one_less_within_its_bounds(store: Store) -> None:
    spans = []
    for news in [0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 0]:
        end(store, "b", Ended(news=news))
        line = next(one for one in store.health() if one["name"] == "b")
        spans.append(line["interval_seconds"] / 3600)  # type: ignore[operator]
    assert spans[:5] == [9.0, 13.5, 20.25, 24.0, 12.0]
    assert spans[-3:] == [1.0, 1.0, 1.5]
    assert {end(store, "a", Ended(news=n))["interval_seconds"] for n in (0, 5, 0)} == {6 * 3600}


FULL = {"text": 20, "url": 20, "record": 9, "birth_date": 4}


@pytest.mark.parametrize(
    ("posts", "fields", "alarm"),
    [
        (20, FULL, None),
        (20, FULL | {"text": 2}, "text stands in 10% of the posts, 100% before"),
        (20, FULL | {"url": 0}, "url stands in 0% of the posts, 100% before"),
        (
            40,
            {"text": 40, "url": 40, "record": 0, "birth_date": 8},
            "record stands in 0% of the posts, 45% before",
        ),
        (20, FULL | {"record": 7}, None),  # chance
        (20, FULL | {"birth_date": 1}, None),
        (4, {"text": 0}, None),  # too few to tell
    ],
)
def test_a_field_that_empties_makes_a_source_suspect(
    store: Store, posts: int, fields: dict[str, int], alarm: str | None
) -> None:
    for hours in range(10):
        end(store, "a", Ended(posts=20, fields=FULL), hours=hours)
    line = end(store, "a", Ended(posts=posts, fields=fields), hours=11)
    assert line["state"] == ("suspect" if alarm else "healthy")
    assert line["cause"] == alarm
    if alarm:  # what was alarming is no measure for what comes after it
        for hours in range(12, 40):
            line = end(store, "a", Ended(posts=posts, fields=fields), hours=hours)
        assert line["cause"] == alarm


def test_a_source_that_is_not_to_be_asked_is_asked_only_by_name(
    world: World, tmp_path: Path
) -> None:
    db = tmp_path / "rollcall.db"
    pipeline.register(db, [world.sources["rss"]])
    with Store.open(db) as store:
        for _ in range(trouble.OPENS_AFTER):
            bad = Ended(error="rss: x", state="failing")
            store.record_attempt("rss", bad, started_at=NOW, now=NOW)
    before = len(world.server.asked)
    told = world.round(db, "rss")["rss"]
    assert told.error == "rss: not asked: failing; the next try is at 2024-09-02 12:00 UTC"
    assert len(world.server.asked) == before
    assert world.round(db, "rss", forced=("rss",))["rss"].error is None
    assert len(world.server.asked) > before
    with Store.open(db) as store:
        assert store.health()[0]["state"] == "healthy"


def test_a_probe_is_one_request(world: World, tmp_path: Path) -> None:
    db, path = tmp_path / "rollcall.db", KINDS["rss"][0]
    pipeline.register(db, [world.sources["rss"]])
    whole = world.script[path]
    world.script[path] = answer(b"x", 500)
    try:
        for after in range(trouble.OPENS_AFTER):
            later = NOW + timedelta(days=2 * after)
            world.round(db, "rss", clock=lambda at=later: at)
        before = len(world.server.paths())
        world.round(db, "rss", clock=lambda: NOW + timedelta(days=20))
        assert len(world.server.paths()) == before + 1
    finally:
        world.script[path] = whole


def test_vks_day_is_counted_over_restarts(world: World, tmp_path: Path) -> None:
    db = tmp_path / "rollcall.db"
    pipeline.register(db, [world.sources["vk"]])
    spent = Fetch(
        source="vk", url=world.sources["vk"].url, started_at=NOW - timedelta(hours=2), seconds=0,
        outcome=Outcome.OK,
    )  # fmt: skip
    with Store.open(db) as store:
        store.save_fetches([spent] * 4999)
        store.save_fetches([replace(spent, started_at=NOW - timedelta(hours=13))] * 99)
    assert world.round(db, "vk")["vk"].error is None  # the day's last one; yesterday's are past
    told = world.round(db, "vk", clock=lambda: NOW + timedelta(hours=1))["vk"].error
    assert told is not None
    assert "today's 5000 requests of wall.get are spent" in told


def test_never_above_the_promised_rate_by_the_servers_own_log(tmp_path: Path) -> None:
    """Ten sources of one host, failures and retries among them: one start per interval."""
    pace, script = 0.06, {f"/{n}": answer(feed()) for n in range(8)}
    broken: dict[str, Scripted] = {"/8": answer(b"x", 503), "/9": answer(b"x", 500)}
    with Server({**script, **broken}) as server:
        sources = [
            Source(name=f"s{n}", kind="rss", url=f"{server.url}/{n}", path=f"s{n}.toml")
            for n in range(10)
        ]
        pipeline.register(tmp_path / "rollcall.db", sources)
        settings = ClientSettings(
            allow_loopback=True, loopback_pace=pace, attempts=3, backoff=0.01, clock=lambda: NOW
        )

        async def go() -> None:
            async with Client(settings) as client:
                await pipeline.collect_round(sources, tmp_path / "rollcall.db", client, lambda: NOW)

        asyncio.run(go())
        times = [asked.at for asked in server.asked]
        assert len(times) >= 14
        assert server.most_at_once == 1
        apart = [later - before for before, later in itertools.pairwise(times)]
        # the log notes arrivals: one may be late, and the next then looks early
        assert times[-1] - times[0] >= (len(times) - 1) * pace * 0.95
        assert sum(one < pace * 0.5 for one in apart) <= 1


def test_no_source_is_polled_more_often_than_its_bound(tmp_path: Path) -> None:
    """Three simulated days, minute by minute, of a source that always has news."""
    at, least = datetime(2024, 9, 1, tzinfo=UTC), timedelta(minutes=30)
    source = replace(SOURCES[1], every_min=least, every=timedelta(hours=2))
    polls: list[datetime] = []
    with Store.open(tmp_path / "rollcall.db", create=True) as store:
        store.save_sources([source])
        for minute in range(3 * 24 * 60):
            moment = at + timedelta(minutes=minute)
            if store.due_sources(moment):
                polls.append(moment)
                store.record_attempt("b", Ended(news=3), started_at=moment, now=moment)
    apart = Counter(later - before for before, later in itertools.pairwise(polls))
    assert min(apart) >= least
    assert 3 * 48 - 3 <= len(polls) <= 3 * 48 + 1


def test_doctor_tells_each_kind_of_trouble(fresh: Small) -> None:
    pages = {
        "/gone": answer(b"", 410), "/busy": answer(b"", 429, Retry_After="3600"),
        "/drifted": answer(b"<html>new</html>"), "/well": answer(feed()),
    }  # fmt: skip
    with Server(pages) as server:
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        for name in ("gone", "drifted", "well"):
            fresh.add(name, f'kind = "rss"\nurl = "{server.url}/{name}"\n')
        fresh.add("busy", f'kind = "rss"\nurl = "{elsewhere}/busy"\n')
        names = ("gone", "busy", "drifted", "well")
        assert fresh.rollcall("collect", "--allow-loopback", *names).returncode == 1
    done = fresh.rollcall("doctor")
    assert done.returncode == 1
    for told in ("gone since", "throttled since", "suspect since", "healthy: last success"):
        assert told in " ".join(done.stdout.split()), done.stdout


def test_what_looked_odd_at_a_healthy_source_is_noticed(store: Store) -> None:
    (name,) = [row["name"] for row in store.health()][:1]
    odd = Fetch(source=str(name), url="u", started_at=NOW, seconds=0.1, outcome=Outcome.SUSPECT,
                error="markup never seen before on most messages: x")  # fmt: skip
    store.save_fetches([odd])
    told = [(source, what) for source, _, what in trouble.noticed(store.connection, NOW)]
    assert told == [(name, odd.error)]
    assert trouble.noticed(store.connection, NOW + timedelta(days=8)) == []


def test_due_sources_and_the_wait_after_failures(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s.db", create=True)
    store.save_sources([source("a"), source("b")])
    assert store.due_sources(NOW) == ["a", "b"]
    store.record_attempt("a", Ended(), started_at=NOW, now=NOW)
    assert store.due_sources(NOW) == ["b"]
    assert store.due_sources(NOW + timedelta(hours=6)) == ["b", "a"]
    for _ in range(4):
        store.record_attempt(
            "b", Ended(error="b: answered 500", state="failing"), started_at=NOW, now=NOW
        )
    assert store.due_sources(NOW + timedelta(hours=23)) == ["a"]
    assert store.due_sources(NOW + timedelta(hours=24)) == ["a", "b"]
    line = next(one for one in store.health() if one["name"] == "b")
    assert (line["failures"], line["last_error"]) == (4, "b: answered 500")
    store.save_sources([source("a")])
    assert store.due_sources(NOW + timedelta(days=9)) == ["a"]
