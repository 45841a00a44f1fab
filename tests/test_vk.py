"""VK's answers → posts; a wall over days through the wire; every error code and what it means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server import Answer, Asked, Server, answer

from model import Batch, CollectFailed, Post, Source, SourceChanged, SourceGone, SourceRefused
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.kinds import vk
from scraper.wall import WallChanged, WallError, plain, read_wall

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp()) - 86400
TOKEN = "vk1.a.invented"  # noqa: S105


def item(number: int, **given: object) -> dict[str, object]:
    return {"id": number, "owner_id": -7, "from_id": 5, "date": AT, "text": "Ищу"} | given


def read(*items: object, **error: object) -> list[Post]:
    answered = {"response": {"count": len(items), "items": list(items)}} | error
    wall = read_wall(json.dumps(answered).encode(), "vk", MOSCOW, NOW)
    return [post for entry in wall.entries for post in entry.posts]


def test_a_plain_post() -> None:
    (post,) = read(item(3, edited=AT + 60, text="Ищу [id12|Образцова Петра]\nКурск &amp; область"))
    assert post.external_id == "-7_3"
    assert post.url == "https://vk.com/wall-7_3"
    assert post.text == "Ищу Образцова Петра\nКурск & область"
    assert post.posted_at.isoformat() == "2024-08-31T15:00:00+03:00"
    assert post.edited_at == post.posted_at + timedelta(minutes=1)


def test_a_repost_is_kept_apart() -> None:
    theirs = item(9, owner_id=-8, date=AT - 3600, text="Пропал Пробный Семён")
    own, copy = read(item(3, text="Репост, люди!", copy_history=[theirs]))
    assert own.text == "Репост, люди!"
    assert (copy.external_id, copy.text) == ("-7_3/copy", "Пропал Пробный Семён")
    assert copy.forwarded_from == "club8"
    assert copy.posted_at == own.posted_at - timedelta(hours=1)
    (bare,) = read(item(3, text="", copy_history=[theirs]))
    assert (bare.external_id, bare.text) == ("-7_3", "Пропал Пробный Семён")


def test_people_leave_no_address() -> None:
    theirs = item(9, owner_id=1234567, text="Пропал Пробный Семён")
    posts = read(item(3, text="", copy_history=[theirs]), item(4, owner_id=1234567))
    assert [post.url for post in posts] == ["https://vk.com/wall-7_3", None]
    assert "1234567" not in repr(posts)


@pytest.mark.parametrize(
    "donut", [{"is_donut": True, "placeholder": {"text": "Для донов"}}, {"is_donut": True}]
)
def test_a_text_for_donors_only_is_no_post(donut: Mapping[str, object]) -> None:
    assert read(item(3, text="", donut=donut)) == []
    assert len(read(item(3, donut={"is_donut": False}))) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[club7|Группа] и [https://vk.com/x|тут]", "Группа и тут"),
        ("[#alias|виден|https://vk.com]", "виден"),
        ("список [1] и [Курск|Белгород", "список [1] и [Курск|Белгород"),
        ("а<br>б", "а\nб"),
        (None, ""),
    ],
)
def test_plain_text(text: object, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502</html>",
        b"[]",
        b"{}",
        b'{"response": []}',
        b'{"response": {"items": {}, "count": 1}}',
        b"[" * 100_000,
        b'{"response": {"count": 1, "items": [{"id": "x"}]}}',
        b'{"response": {"count": 1, "items": [{"id": 1, "owner_id": -7, "date": 0}]}}',
        b'{"response": {"count": 1' + b"0" * 5000 + b', "items": []}}',
        b"\xff\xfe\x00",
    ],
)
def test_another_answer_is_an_error(body: bytes) -> None:
    with pytest.raises(WallChanged):
        read_wall(body, "vk", MOSCOW, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "owner_id", "date", "text", "copy_history", "donut", "edited"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON), max_size=3), JSON)
def test_no_answer_raises_anything_else(items: list[dict[str, object]], odd: object) -> None:
    good = [{**item(1), **given_item} for given_item in items]
    for answered in ({"response": {"count": 3, "items": good}}, {"response": odd}, {"error": odd}):
        try:
            read_wall(json.dumps(answered).encode(), "vk", MOSCOW, NOW)
        except (WallChanged, WallError):
            continue


# A wall over days.


@dataclass
class Community:
    """A wall: id → date; `pinned` comes first; `after` runs something after so many answers."""

    posts: dict[int, int] = field(default_factory=dict)
    pinned: int | None = None
    errors: list[int] = field(default_factory=list)  # given in turn instead of an answer
    drift: dict[int, int] = field(default_factory=dict)  # after the n-th answer, so many new posts
    answers: int = 0

    def __call__(self, asked: Asked) -> Answer:
        if self.errors:
            code = self.errors.pop(0)
            error = {"error_code": code, "error_msg": "…", "request_params": []}
            return answer(json.dumps({"error": error}))
        offset, count = int(asked.query["offset"]), int(asked.query["count"])
        order = sorted(self.posts, key=lambda n: (self.posts[n], n), reverse=True)
        if self.pinned is not None:
            order = [self.pinned, *(n for n in order if n != self.pinned)]
        items = [
            item(n, date=self.posts[n], text=self.text(n), is_pinned=int(n == self.pinned))
            for n in order[offset : offset + count]
        ]
        self.answers += 1
        self.grow(self.drift.get(self.answers, 0))
        return answer(json.dumps({"response": {"count": len(order), "items": items}}))

    def text(self, number: int) -> str:
        return f"Пост {number}"

    def grow(self, by: int) -> None:
        """New posts on top; a negative number takes the newest away."""
        for _ in range(by):
            number = max(self.posts) + 1
            self.posts[number] = max(self.posts.values()) + 1
        for _ in range(-by):
            del self.posts[max(self.posts)]


@dataclass
class Reader:
    server: Server
    now: datetime = NOW
    cursor: Mapping[str, object] = field(default_factory=dict)
    ledger: dict[str, Post] = field(default_factory=dict)
    options: Mapping[str, str | int] = field(default_factory=dict)
    query: str = "wall.get?owner_id=-7"
    batches: list[Batch] = field(default_factory=list)

    def round(self, **later: float) -> None:
        self.now += timedelta(**later)
        self.batches = []
        asyncio.run(self._round())

    async def _round(self) -> None:
        async with Client(self.settings()) as client:
            await self.with_client(client)

    def settings(self) -> ClientSettings:
        return ClientSettings(allow_loopback=True, clock=lambda: self.now, backoff=0.01)

    async def with_client(self, client: Client) -> None:
        url = f"{self.server.url}/method/{self.query}"
        source = Source(name="vk", kind="vk", url=url, path="sources/vk.toml", options=self.options)
        async for batch in collect(source, client, self.cursor):
            self.batches.append(batch)
            self.cursor = batch.cursor
            self.ledger |= {post.external_id: post for post in batch.posts}

    @property
    def deleted(self) -> list[str]:
        return [gone for batch in self.batches for gone in batch.deleted]


def ids(numbers: range) -> list[str]:
    return sorted(f"-7_{number}" for number in numbers)


@pytest.fixture
def wall() -> Community:
    """350 posts, two of a second; the newest a day old."""
    return Community({n: AT - (350 - n) // 2 * 60 for n in range(1, 351)})


@pytest.fixture
def reader(wall: Community, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setenv("ROLLCALL_VK_TOKEN", TOKEN)
    with Server(wall) as server:
        yield Reader(server)


def test_the_whole_wall_then_only_the_newest_page(wall: Community, reader: Reader) -> None:
    wall.pinned = 5
    reader.round()
    assert sorted(reader.ledger) == ids(range(1, 351))
    assert reader.deleted == []  # the pinned post is missing from its own place
    asked = len(reader.server.paths())
    wall.grow(3)
    reader.round(hours=1)
    assert sorted(reader.ledger) == ids(range(1, 354))
    assert len(reader.server.paths()) == asked + 1
    assert reader.deleted == []


def test_the_token_travels_in_a_header_only(reader: Reader) -> None:
    reader.round()
    asked = reader.server.asked[0]
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in asked.target
    assert int(asked.query["count"]) <= 100
    assert TOKEN not in repr(reader.batches)
    assert not any(one.path == "/robots.txt" for one in reader.server.asked)


@pytest.mark.parametrize("drift", [{1: 7}, {1: -8}, {2: -60, 3: 40}, {1: 30, 2: -80}])
def test_a_wall_that_moves_while_it_is_read(
    wall: Community, reader: Reader, drift: dict[int, int]
) -> None:
    wall.drift = drift
    reader.round()
    reader.round(minutes=10)
    assert {f"-7_{n}" for n in wall.posts} <= set(reader.ledger)
    assert not {f"-7_{n}" for n in wall.posts} & set(reader.deleted)


def test_a_limit_of_pages_spreads_the_history_over_rounds(wall: Community, reader: Reader) -> None:
    reader.options = {"pages": 2}
    for n in range(1, 351):
        wall.posts[n] -= 40 * 86400  # old: no rescans
    reader.round()
    assert len(reader.ledger) < 350
    assert reader.cursor["gaps"]
    reader.options = {"pages": 30}
    reader.round(hours=1)
    assert sorted(reader.ledger) == ids(range(1, 351))
    assert reader.cursor["gaps"] == []


def test_deletions_show_in_what_was_read_whole(wall: Community, reader: Reader) -> None:
    wall.pinned = 5
    reader.round()
    del wall.posts[345], wall.posts[100]
    wall.pinned = None
    reader.round(hours=1)
    assert reader.deleted == []  # missed once
    reader.round(hours=7)
    assert reader.deleted == ["-7_345"]
    reader.round(hours=17)
    assert reader.deleted == []
    reader.round(hours=6)
    assert reader.deleted == ["-7_100"]


def test_a_search_shows_no_deletions(wall: Community, reader: Reader) -> None:
    reader.query = "wall.search?owner_id=-7&query=x"
    reader.round()
    del wall.posts[345]
    reader.round(hours=1)
    assert reader.deleted == []


def test_an_empty_wall_where_posts_were_is_an_error(wall: Community, reader: Reader) -> None:
    reader.round()
    wall.posts.clear()
    with pytest.raises(SourceChanged, match="shows nothing where posts were"):
        reader.round(hours=1)


HOUR, QUARTER, DAY = timedelta(hours=1), timedelta(minutes=15), timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "becomes", "hold", "asked"),
    [
        (1, CollectFailed, QUARTER, 4),
        (5, SourceRefused, DAY, 1),
        (6, SourceRefused, QUARTER, 6),
        (9, SourceRefused, QUARTER, 1),
        (10, CollectFailed, QUARTER, 4),
        (14, SourceRefused, DAY, 1),
        (15, SourceRefused, DAY, 1),
        (18, SourceGone, DAY, 1),
        (19, SourceGone, DAY, 1),
        (28, SourceRefused, DAY, 1),
        (29, SourceRefused, HOUR, 1),
        (30, SourceRefused, DAY, 1),
        (203, SourceRefused, DAY, 1),
        (4242, CollectFailed, HOUR, 1),
    ],
)
def test_errors_inside_200(  # noqa: PLR0917
    wall: Community,
    reader: Reader,
    code: int,
    becomes: type[CollectFailed],
    hold: timedelta,
    asked: int,
) -> None:
    wall.errors = [code] * 20
    with pytest.raises(becomes, match=rf"vk: http.*wall\.get: VK error {code}: ") as failed:
        reader.round()
    assert type(failed.value) is becomes
    assert failed.value.hold == hold
    assert len(reader.server.paths()) == asked
    assert len(failed.value.fetches) == asked
    assert {fetch.outcome for fetch in failed.value.fetches} == {"suspect"}
    assert reader.cursor == {}


def test_too_fast_once_is_waited_out(wall: Community, reader: Reader) -> None:
    wall.errors = [6, 6]
    reader.round()
    assert len(reader.ledger) == 350


@pytest.mark.parametrize(
    ("code", "other", "stopped"),
    [
        (5, "wall.search?owner_id=-7", True),
        (14, "wall.search?owner_id=-7", True),
        (29, "wall.get?owner_id=-9", True),
        (29, "wall.search?owner_id=-7", False),
        (15, "wall.get?owner_id=-9", False),
    ],
)
def test_what_else_an_error_stops(
    wall: Community, reader: Reader, code: int, other: str, stopped: bool
) -> None:
    async def two() -> None:
        async with Client(reader.settings()) as client:
            wall.errors = [code]
            with pytest.raises(CollectFailed):
                await reader.with_client(client)
            reader.query = other
            if stopped:
                with pytest.raises(SourceRefused, match="not asked, since VK said"):
                    await reader.with_client(client)
            else:
                await reader.with_client(client)

    asyncio.run(two())


def test_the_days_budget_is_not_exceeded(reader: Reader) -> None:
    async def spend() -> None:
        async with Client(reader.settings()) as client:
            service = f"vk 127.0.0.1:{reader.server.port} wall.get"
            while client.spend(service, 4999):
                pass
            with pytest.raises(SourceRefused, match=r"5000 requests of wall\.get are spent"):
                await reader.with_client(client)

    asyncio.run(spend())


@pytest.mark.parametrize(
    ("url", "token", "cause"),
    [
        ("https://api.vk.com/method/wall.get?owner_id=-7", "", "set ROLLCALL_VK_TOKEN"),
        ("https://api.vk.com/method/wall.get?owner_id=-7", "two words", "holds no token"),
        ("http://api.vk.com/method/wall.get?owner_id=-7", TOKEN, "is sent to https"),
        ("https://vk.example/method/wall.get?owner_id=-7", TOKEN, "is sent to https"),
    ],
)
def test_the_token_goes_nowhere_else(
    url: str, token: str, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_VK_TOKEN", token)

    async def run() -> None:
        async with Client(ClientSettings(contact="mail@site.example")) as client:
            source = Source(name="vk", kind="vk", url=url, path="vk.toml")
            async for _ in collect(source, client, {}):
                pass

    with pytest.raises(SourceRefused, match=cause) as failed:
        asyncio.run(run())
    assert "invented" not in str(failed.value)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://api.vk.com/method/users.get?owner_id=-7", "method must be one of"),
        ("https://api.vk.com/method/wall.get?owner_id=-7&access_token=x", "a token does not"),
        ("https://api.vk.com/method/wall.get", "owner_id"),
    ],
)
def test_faults_of_the_configuration_are_named(url: str, fault: str) -> None:
    source = Source(name="vk", kind="vk", url=url, path="vk.toml")
    assert fault in "; ".join(vk.faults(source))
