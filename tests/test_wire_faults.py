"""Faults of the wire, each through the production client and a real collector into a real store."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from faultworld import Fault, World, build, check, feed, preview, register, table, wall
from server import CLOSE, HOLD, RESET, Scripted, Server, answer

import pipeline
from model import Outcome
from scraper import client as client_module
from scraper import fetcher as fetcher_module
from scraper import inflate, transport
from scraper.exchange import Response


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    script: dict[str, Scripted] = {}
    with Server(script) as server:
        yield build(server, script, tmp_path_factory.mktemp("world"))


def head(body: bytes, *more: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in more)
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TG, FEED, WALL, LIST, PFIF = preview(), feed(), wall(), table(), register()
BOMB = gzip.compress(b"<html>" + b"\0" * 60_000_000)
DRIP: list[bytes | float] = [b"x", 0.05] * 100
HEADERS: list[bytes | float] = [b"A: b\r\n", 0.05] * 100
BUSY = answer(b"busy", 503)


def to(location: str, status: int = 302) -> bytes:
    return answer(b"", status, Location=location)


FAULTS = [
    Fault(name=name, kind=kind, sent=sent, cause=cause)  # type: ignore[arg-type]
    for name, kind, sent, cause in (
        ("reset before the answer", "telegram", [RESET], "broke|no proper HTTP"),
        ("closed before the answer", "rss", [CLOSE], "no proper HTTP"),
        ("reset in mid-body", "telegram", [head(TG), TG[:900], RESET], "broke while reading"),
        ("reset in mid-list", "csv", [head(LIST), LIST[:90], RESET], "broke while reading"),
        ("silence", "vk", [HOLD], "no complete answer|falls silent"),
        ("a stall in the head", "rss", [b"HTTP/1.1 200 OK\r\nCont", HOLD], "no complete|silent"),
        ("a stall in the body", "telegram", [head(TG), TG[:900], HOLD], "no complete|silent"),
        ("a drip", "csv", [head(b"x" * 100), *DRIP], "no complete answer within 1 s"),
        ("a drip of headers", "rss", [b"HTTP/1.1 200 OK\r\n", *HEADERS], "no complete"),
        ("a flood of headers", "vk", [b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 60_000, HOLD], "HTTP"),
        ("a flood of 1xx", "rss", [b"HTTP/1.1 100 On\r\n\r\n" * 3000, HOLD], "no complete|silent"),
        ("not HTTP", "pfif", [b"SSH-2.0-OpenSSH\r\n\r\n", CLOSE], "no proper HTTP"),
        ("a list cut by close", "csv", [head(LIST), LIST[:200], CLOSE], "cut short"),
        ("a feed cut by close", "rss", [head(FEED), FEED[:900], CLOSE], "cut short"),
        ("a wall cut by close", "vk", [head(WALL), WALL[:900], CLOSE], "cut short"),
        ("no length, cut by close", "telegram", [b"HTTP/1.1 200 OK\r\n\r\n" + TG[:-40], CLOSE],
         "cut short"),
        ("no length, feed cut", "rss", [b"HTTP/1.1 200 OK\r\n\r\n" + FEED[:-40], CLOSE], "cut sh"),
        ("no length, XML cut", "pfif", [b"HTTP/1.1 200 OK\r\n\r\n" + PFIF[:-40], CLOSE], "cut sho"),
        ("no length, JSON cut", "vk", [b"HTTP/1.1 200 OK\r\n\r\n" + WALL[:-40], CLOSE], "no JSON"),
        ("two lengths", "csv", [head(b"x" * 9, "Content-Length: 7") + b"x", CLOSE], "proper HTTP"),
        ("a negative length", "rss", [b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", CLOSE],
         "no proper HTTP"),
        ("a broken chunk", "telegram", [CHUNKED, b"zz\r\nabc", CLOSE], "no proper HTTP"),
        ("chunks cut short", "csv", [CHUNKED, b"5\r\nabcde\r\n", CLOSE], "no proper HTTP|cut"),
        ("gzip cut short", "csv", answer(gzip.compress(LIST)[:-12], Content_Encoding="gzip"),
         "cut short"),
        ("gzip damaged", "rss", answer(b"\x1f\x8b" + b"\xff" * 50, Content_Encoding="gzip"),
         "damaged gzip"),
        ("no gzip at all", "vk", answer(WALL, Content_Encoding="gzip"), "damaged gzip"),
        ("a gzip bomb", "telegram", answer(BOMB, Content_Encoding="gzip"), "larger than"),
        ("a large body", "csv", answer(b"x" * 2_000_001), "larger than 2000000 bytes"),
        ("an endless body", "rss", [CHUNKED, *([b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 99)],
         "larger than"),
        ("brotli", "telegram", answer(b"x", Content_Encoding="br"), "not asked for"),
        ("zstd", "vk", answer(b"x", Content_Encoding="zstd"), "not asked for"),
        ("deflate", "rss", answer(zlib.compress(FEED), Content_Encoding="deflate"), "not asked"),
        ("gzip in gzip", "csv", answer(b"x", Content_Encoding="gzip, gzip"), "not asked for"),
        ("429 in seconds", "vk", answer(b"", 429, Retry_After="120"), "answers 429"),
        ("429 as a date", "telegram",
         answer(b"", 429, Retry_After="Sun, 01 Sep 2024 13:00:00 GMT"), "answers 429"),
        ("an absurd Retry-After", "rss", answer(b"", 503, Retry_After="9" * 30), "answers 503"),
        ("a negative Retry-After", "csv", answer(b"", 503, Retry_After="-5"), "answers 503"),
        ("a storm of 503", "telegram", BUSY, "answers 503"),
        ("500", "pfif", answer(b"x", 500), "answers 500"),
        ("502", "vk", answer(b"<html>bad gateway</html>", 502), "answers 502"),
        ("403", "rss", answer(b"no", 403), "answers 403"),
        ("404", "csv", answer(b"no", 404), "answers 404"),
        ("410", "pfif", answer(b"no", 410), "answers 410"),
        ("no content", "csv", answer(b"", 204), "answers 204"),
        ("a part", "rss", answer(FEED[:500], 206), "answers 206"),
        ("a bogus 304", "telegram", answer(b"", 304), "did not ask for it"),
        ("a redirect loop", "rss", to("/feed"), "too many redirects"),
        ("a redirect to nowhere", "csv", answer(b"", 302), "answers 302"),
        ("a redirect to a file", "rss", to("file:///etc/passwd"), "not an http"),
        ("a redirect into the house", "csv", to("http://10.0.0.1/"), "private or reserved"),
        ("a redirect to another loopback", "csv", to("http://127.0.0.2:1/"), "private or reserved"),
        ("a redirect to the metadata", "rss", to("http://169.254.169.254/latest"), "private"),
        ("a redirect by number", "pfif", to("http://2130706433/"), "disguise"),
        ("a redirect by octal", "pfif", to("http://0177.0.0.1/"), "no address|disguise"),
        ("a redirect to a mapped address", "csv", to("http://[::ffff:127.0.0.1]/"), "private"),
        ("a redirect through NAT64", "csv", to("http://[64:ff9b::7f00:1]/"), "private"),
        ("a redirect with a password", "rss", to("http://u:p@127.0.0.1/"), "password"),
        ("a channel gone", "telegram", to("/kanal"), "redirects elsewhere"),
        ("an API that redirects", "vk", to("/login"), "redirects elsewhere"),
    )
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.kind}: {one.name}" for one in FAULTS])
def test_faults_of_the_wire(world: World, fault: Fault, tmp_path: Path) -> None:
    check(world, fault, tmp_path)


LOCAL = frozenset({"127.0.0.1", "localhost"})


async def _unknown(host: str, port: int) -> list[str]:
    raise OSError(f"{host}:{port}")


async def _private(_host: str, _port: int) -> list[str]:
    return ["10.0.0.1"]


async def _both(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1", "10.0.0.1"]


@pytest.mark.parametrize(
    ("resolve", "cause"),
    [
        (_unknown, "cannot be resolved"),
        (_private, "private or reserved"),
        (_both, "private or reserved"),
    ],
)
def test_faults_of_names(world: World, resolve: object, cause: str, tmp_path: Path) -> None:
    """Every name fails; the other source, whose address is a number, goes on."""
    calls = []

    async def by_name(host: str, port: int) -> list[str]:
        if host in LOCAL:
            return ["127.0.0.1"]
        calls.append(host)
        return await resolve(host, port)  # type: ignore[operator,no-any-return]

    fault = Fault(name="name", kind="csv", sent=to("http://list.example/list.csv"), cause=cause)
    check(world, fault, tmp_path, resolve=by_name, pace=0.01)
    assert calls


def test_a_name_that_is_rebound_between_two_looks(world: World, tmp_path: Path) -> None:
    """Public when asked first, private when asked again: every connection is checked anew."""
    turns = iter([["127.0.0.1"]] + [["10.0.0.1"]] * 9)

    async def rebinding(host: str, _: int) -> list[str]:
        return ["127.0.0.1"] if host in LOCAL else next(turns)

    fault = Fault(
        name="rebinding", kind="csv", cause="private|answers|no connection|refused",
        sent=to(world.server.url.replace("127.0.0.1", "rebound.example") + "/elsewhere"),
    )  # fmt: skip
    check(world, fault, tmp_path, resolve=rebinding, pace=0.01)


def test_nothing_listens(world: World, tmp_path: Path) -> None:
    fault = Fault(name="refused", kind="rss", sent=to("http://127.0.0.1:1/"), cause="refused")
    check(world, fault, tmp_path)


# Planted bugs: each must be caught by the fault beside it.


def _accept_anything(self: inflate.Body, _declared: str | None) -> bytes:
    return self._content.getvalue()


def _accept_status(_self: object, _answer: object) -> None:
    return None


def _fetch_again(request: object, response: Response, _complete: object) -> None:
    assert response.outcome in {Outcome.OK, Outcome.UNCHANGED}


async def _one_for_all(sources, store_path, client, clock, **_):  # type: ignore[no-untyped-def]
    """A round that stops at its first failure."""
    ended = []
    for source in sources:
        ended.append(await pipeline.collect_source(source, store_path, client, clock))
        if ended[-1].error:
            break
    missing = [one for one in sources if one.name not in {e.source for e in ended}]
    return ended + [
        pipeline.Collected(source=one.name, saved=pipeline.Saved(), seconds=0) for one in missing
    ]


BUGS = [
    ("ends are not checked", "gzip cut short", inflate.Body, "finish", _accept_anything),
    ("statuses are not checked", "404", client_module.Client, "_check_status", _accept_status),
    ("a part is taken for all", "no length, feed cut", fetcher_module, "_check_answer",
     _fetch_again),
    ("addresses are not checked", "a redirect to another loopback", transport, "choose",
     lambda found, **_: list(found)),
    ("one failure ends the round", "500", pipeline, "collect_round", _one_for_all),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bug", "fault", "owner", "name", "planted"), BUGS, ids=[b[0] for b in BUGS]
)
def test_a_planted_bug_is_caught(  # noqa: PLR0917
    world: World, bug: str, fault: str, owner: object, name: str, planted: object,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chosen = next(one for one in FAULTS if one.name == fault)
    monkeypatch.setattr(owner, name, planted)
    with pytest.raises(AssertionError):
        check(world, chosen, tmp_path)
    assert bug
