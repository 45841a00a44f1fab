"""Preview pages of a channel → its posts; and the same channel over days, through the wire."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server import NOT_FOUND, Answer, Asked, Server, answer

from model import Batch, CollectFailed, Outcome, Post, Source, SourceChanged, SourceGone
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.kinds import telegram
from scraper.preview import PageChanged, read_page

SAVED = (Path(__file__).parent / "pages" / "telegram.html").read_bytes()
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)


def saved() -> dict[int, Post]:
    page = read_page(SAVED, "tg", MOSCOW, NOW)
    return {message.number: message.post for message in page.messages}


TEXTS = {
    103: "Ищу сына! ❤️\n\nПробный Семён Ильич, 14.05.2005\nв/ч\xa000000 срочник",
    104: "Альбом: жив, нашёлся!",
    109: "Племянник Образцов Пётр\nслужит в Курске\nсвязи нет",
    110: "",
}


@pytest.mark.parametrize(("number", "text"), TEXTS.items())
def test_text_is_the_posts_own_once_with_its_lines(number: int, text: str) -> None:
    assert saved()[number].text == text


@pytest.mark.parametrize(
    ("number", "posted_at"),
    [
        (103, "2024-08-11T01:30:00+03:00"),  # UTC says nothing of place: Moscow's day counts
        (104, "2024-08-11T09:15:00+03:00"),
        (109, "2024-08-12T12:00:00+08:00"),
    ],
)
def test_time_keeps_its_offset(number: int, posted_at: str) -> None:
    assert saved()[number].posted_at.isoformat() == posted_at


def test_what_stands_around_the_text() -> None:
    page = read_page(SAVED, "tg", MOSCOW, NOW)
    posts = saved()
    assert page.numbers == {101, 103, 104, 105, 106, 109, 110}
    assert 101 not in posts  # a service message is no post
    assert posts[104].forwarded_from == "Другой канал"
    assert posts[109].forwarded_from is None  # a person
    assert posts[104].reply_to == posts[103].external_id == "ischem_svoih/103"
    assert posts[103].url == "https://t.me/ischem_svoih/103"
    assert {message.number for message in page.messages if message.edited} == {109}


def test_edit_time_is_read_where_a_page_gives_one() -> None:
    given_time = SAVED.replace(
        b"edited &nbsp;", b'edited <time datetime="2024-08-13T07:00:00+08:00">07:00</time>'
    )
    page = read_page(given_time, "tg", MOSCOW, NOW)
    assert [m.post.edited_at.isoformat() for m in page.messages if m.post.edited_at] == [
        "2024-08-13T07:00:00+08:00"
    ]


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        (SAVED.replace(b'"tgme_widget_message ', b'"tgme_msg '), "cannot be found"),
        (SAVED.replace(b"tgme_widget_message_date", b"tgme_date"), "no readable date"),
        (b"<html><body>Just a moment...</body></html>", "no message list"),
        (b"", "no message list"),
        (SAVED.replace(b"2024-", b"1970-"), "no readable date"),
        (SAVED.replace(b"2024-", b"2124-"), "no readable date"),
    ],
)
def test_a_changed_page_is_an_error(page: bytes, cause: str) -> None:
    with pytest.raises(PageChanged, match=cause):
        read_page(page, "tg", MOSCOW, NOW)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mangled_page_raises_anything_else(data: st.DataObject) -> None:
    page = bytearray(SAVED)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(page)))
        cut = data.draw(st.integers(0, 300))
        page[at : at + cut] = data.draw(st.binary(max_size=20))
    try:
        read = read_page(bytes(page), "tg", MOSCOW, NOW)
    except PageChanged:
        return
    assert all(message.post.posted_at.tzinfo for message in read.messages)


# A channel over days: a ledger of its own, rendered as pages, served on 127.0.0.1.


@dataclass
class Channel:
    """What the channel holds; `at_most` posts a page, as the preview does."""

    posts: dict[int, tuple[datetime, str]] = field(default_factory=dict)
    edited: set[int] = field(default_factory=set)
    at_most: int = 5
    empty_below: int | None = None  # pages before this id claim that there is nothing
    broken: Mapping[str, Answer] = field(default_factory=dict)  # target → answer instead

    def __call__(self, asked: Asked) -> Answer:
        if asked.target in self.broken:
            return self.broken[asked.target]
        if asked.path != "/s/Kanal":
            return NOT_FOUND
        before = int(asked.query.get("before", 10**9))
        numbers = [number for number in sorted(self.posts) if number < before][-self.at_most :]
        if self.empty_below is not None and before <= self.empty_below:
            numbers = []
        return answer(self.page(numbers))

    def page(self, numbers: list[int]) -> str:
        blocks = "".join(self.block(number) for number in numbers)
        if not numbers:
            blocks = '<div class="tme_no_messages_found">No posts found</div>'
        return f"<html><body><section>{blocks}</section></body></html>"

    def block(self, number: int) -> str:
        at, text = self.posts[number]
        mark = "edited " if number in self.edited else ""
        return (
            f'<div class="tgme_widget_message" data-post="Kanal/{number}">'
            f'<div class="js-message_text">{html.escape(text)}</div>'
            f'<span class="tgme_widget_message_meta">{mark}<a class="tgme_widget_message_date">'
            f'<time datetime="{at.isoformat()}"></time></a></span></div>'
        )


@dataclass
class Reader:
    """A reader of the channel with a clock, a cursor, and a ledger of what it was told."""

    server: Server
    now: datetime = NOW
    cursor: Mapping[str, object] = field(default_factory=dict)
    ledger: dict[str, Post] = field(default_factory=dict)
    options: Mapping[str, str | int] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)

    def round(self, **later: float) -> list[Batch]:
        self.now += timedelta(**later)
        self.batches = []
        asyncio.run(self._round())
        return self.batches

    async def _round(self) -> None:
        source = Source(
            name="tg",
            kind="telegram",
            url=f"{self.server.url}/s/Kanal",
            path="sources/tg.toml",
            options=self.options,
        )
        client_settings = ClientSettings(
            allow_loopback=True, clock=lambda: self.now, attempts=2, backoff=0.01
        )
        async with Client(client_settings) as client:
            async for batch in collect(source, client, self.cursor):
                self.batches.append(batch)
                self.cursor = batch.cursor
                self.ledger |= {post.external_id: post for post in batch.posts}

    @property
    def deleted(self) -> list[str]:
        return [gone for batch in self.batches for gone in batch.deleted]


def channel(numbers: range, *, days_ago: float = 1.0) -> Channel:
    start = NOW - timedelta(days=days_ago)
    return Channel({n: (start + timedelta(minutes=n), f"Пост {n}") for n in numbers})


@pytest.fixture
def kanal() -> Channel:
    return channel(range(1, 24))


@pytest.fixture
def reader(kanal: Channel) -> Iterator[Reader]:
    with Server(kanal) as server:
        yield Reader(server)


def test_first_round_reads_everything_and_the_second_only_the_newest_page(reader: Reader) -> None:
    reader.round()
    assert sorted(reader.ledger) == sorted(f"kanal/{n}" for n in range(1, 24))
    first, before = len(reader.server.paths()), dict(reader.ledger)
    reader.round(hours=1)
    assert reader.ledger == before
    assert len(reader.server.paths()) == first + 1
    assert reader.deleted == []


def test_a_broken_round_is_resumed_without_loss(kanal: Channel, reader: Reader) -> None:
    kanal.broken = {"/s/Kanal?before=14": answer("busy", 503)}
    with pytest.raises(CollectFailed, match=r"tg: .*before=14: the server answers 503") as failed:
        reader.round()
    assert failed.value.fetches[-1].outcome is Outcome.FAILED
    assert reader.cursor["gaps"] == [[0, 14]]
    kanal.broken = {}
    kanal.posts |= {n: (NOW, f"Новый {n}") for n in range(24, 36)}
    reader.round(hours=1)
    assert sorted(reader.ledger) == sorted(f"kanal/{n}" for n in range(1, 36))
    assert reader.cursor["gaps"] == []


def test_a_limit_of_pages_spreads_the_history_over_rounds(reader: Reader) -> None:
    reader.options = {"pages": 2}
    for _ in range(5):
        reader.round(minutes=5)
    assert len(reader.ledger) == 23
    assert reader.cursor["gaps"] == []


def test_since_ends_the_history(kanal: Channel, reader: Reader) -> None:
    kanal.posts[3] = (NOW - timedelta(days=90), "Давний")
    reader.options = {"since": "2024-08-01"}
    reader.round()
    assert "kanal/3" in reader.ledger  # on the last page read
    assert reader.cursor["gaps"] == []
    asked = len(reader.server.paths())
    reader.round(hours=1)
    assert len(reader.server.paths()) == asked + 1


def test_an_edit_and_a_deletion_on_old_pages_show_in_the_daily_rescan(
    kanal: Channel, reader: Reader
) -> None:
    reader.round()
    kanal.posts[4] = (kanal.posts[4][0], "Исправлено")
    kanal.edited.add(4)
    del kanal.posts[7]
    reader.round(hours=2)
    assert reader.ledger["kanal/4"].text == "Пост 4"  # not on the newest page
    assert reader.deleted == []
    reader.round(hours=23)
    assert reader.ledger["kanal/4"].text == "Исправлено"
    assert reader.ledger["kanal/4"].edited_at == reader.now
    assert reader.deleted == []  # missed once: a page may leave something out
    seen = reader.now
    reader.round(hours=6)
    assert reader.ledger["kanal/4"].edited_at == seen  # seen again, edited once
    assert reader.deleted == ["kanal/7"]  # missed again, six hours later
    asked = len(reader.server.paths())
    reader.round(hours=7)
    assert len(reader.server.paths()) == asked + 1  # nothing is in doubt any more
    assert reader.deleted == []
    kanal.posts[4] = (kanal.posts[4][0], "Ещё раз")
    reader.round(hours=25)
    assert reader.ledger["kanal/4"].edited_at == reader.now


def test_what_was_edited_before_we_came_has_no_edit_time(kanal: Channel, reader: Reader) -> None:
    kanal.edited.add(20)
    reader.round()
    assert reader.ledger["kanal/20"].edited_at is None


def test_deleting_the_newest_shows_when_missed_twice(kanal: Channel, reader: Reader) -> None:
    reader.round()
    stood = kanal.posts.pop(23)
    reader.round(hours=1)
    assert reader.deleted == []
    kanal.posts[23] = stood
    reader.round(hours=7)
    del kanal.posts[23]
    reader.round(hours=1)
    assert reader.deleted == []  # it was there in between
    reader.round(hours=7)
    assert reader.deleted == ["kanal/23"]


def test_another_channel_at_the_address_is_read_from_its_beginning(
    kanal: Channel, reader: Reader
) -> None:
    reader.round()
    reader.cursor = {**reader.cursor, "place": "another"}
    reader.round(hours=1)
    assert len(reader.batches) > 1
    assert reader.deleted == []


def test_gaps_between_ids_are_no_deletions_of_posts_never_seen(
    kanal: Channel, reader: Reader
) -> None:
    for number in (2, 9, 17):
        del kanal.posts[number]
    reader.round()
    assert reader.deleted == []


def test_no_messages_found_is_never_empty(kanal: Channel, reader: Reader) -> None:
    kanal.empty_below = 10**9
    with pytest.raises(SourceChanged, match="shows no messages") as failed:
        reader.round()
    assert failed.value.fetches[-1].outcome is Outcome.SUSPECT
    assert reader.cursor == {}


def test_the_beginning_is_believed_when_said_twice(kanal: Channel, reader: Reader) -> None:
    for number in range(1, 8):
        del kanal.posts[number]
    reader.round()
    assert reader.cursor["gaps"] == [[0, 8]]
    suspect = [fetch for batch in reader.batches for fetch in batch.fetches][-1]
    assert suspect.outcome is Outcome.SUSPECT
    reader.round(hours=1)
    assert reader.cursor["gaps"] == [[0, 8]]
    reader.round(hours=6)
    assert reader.cursor["gaps"] == []


def test_no_messages_in_the_middle_loses_nothing(kanal: Channel, reader: Reader) -> None:
    kanal.empty_below = 14
    reader.round()
    assert len(reader.ledger) == 10
    kanal.empty_below = None
    reader.round(hours=7)
    assert len(reader.ledger) == 23


def test_a_paging_loop_is_an_error(kanal: Channel, reader: Reader) -> None:
    kanal.broken = {"/s/Kanal?before=19": answer(kanal.page([19, 20, 21]))}
    with pytest.raises(SourceChanged, match="paging goes round"):
        reader.round()


def test_a_page_cut_short_is_asked_for_again(kanal: Channel, reader: Reader) -> None:
    half = kanal.page([22, 23]).removesuffix("</html>")
    kanal.broken = {"/s/Kanal": answer(half)}
    with pytest.raises(CollectFailed, match="cut short") as failed:
        reader.round()
    assert len([f for f in failed.value.fetches if f.error == "the page is cut short"]) == 2


def test_a_channel_that_is_gone_redirects(kanal: Channel, reader: Reader) -> None:
    kanal.broken = {"/s/Kanal": answer("", 302, Location="/kanal")}
    with pytest.raises(SourceGone, match="redirects elsewhere"):
        reader.round()


@pytest.mark.parametrize(
    "cursor", [{"highest": "x"}, {"gaps": [[1]]}, {"recent": {"a": 1}}, {"first": 5}]
)
def test_a_damaged_cursor_is_a_fresh_start(reader: Reader, cursor: Mapping[str, object]) -> None:
    reader.cursor = cursor
    reader.round()
    assert len(reader.ledger) == 23


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://t.me/s/Kanal", "https://t.me/s/Kanal"),
        ("https://t.me/Kanal", "https://t.me/s/Kanal"),
        ("t.me/Kanal/", "https://t.me/s/Kanal"),
        ("https://t.me/s/Kanal?before=5", "https://t.me/s/Kanal"),
    ],
)
def test_a_channel_may_be_written_in_several_ways(url: str, page: str) -> None:
    source = Source(name="tg", kind="telegram", url=url, path="tg.toml")
    assert telegram.page_address(source) == page
    assert list(telegram.faults(source)) == []


def test_faults_of_the_configuration_are_named() -> None:
    source = Source(
        name="tg",
        kind="telegram",
        url="https://t.me/+AbCdEf",
        path="tg.toml",
        options={"since": "летом", "timezone": "Луна"},
    )
    assert "names no channel" in " ".join(telegram.faults(source))


def test_markup_never_seen_before_is_told(kanal: Channel, reader: Reader) -> None:
    for _ in range(22):
        reader.round(minutes=30)
    assert not [batch for batch in reader.batches if batch.fetches[-1].error]
    plain = Channel.block

    def block(channel: Channel, number: int) -> str:
        shown = plain(channel, number)
        mark = '<i class="tgme_new"></i><div class="js-message_text">'
        return shown.replace('<div class="js-message_text">', mark if number >= 20 else mark[24:])

    kanal.block = block.__get__(kanal)  # type: ignore[method-assign]
    reader.round(minutes=30)
    told = [fetch.error for batch in reader.batches for fetch in batch.fetches if fetch.error]
    assert told == ["markup never seen before on most items: tgme_new"]
    reader.round(minutes=30)
    assert not [fetch for batch in reader.batches for fetch in batch.fetches if fetch.error]
