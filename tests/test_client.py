"""The client against a server that misbehaves: what it lets in, what it refuses, what it says."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import ssl
import subprocess
import time
import tracemalloc
import zlib
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from asking import FAST, NOW, SOURCE, get, run
from server import CLOSE, HOLD, RESET, Answer, Asked, Scripted, Server, Turns, answer

from model import (
    CollectFailed,
    Outcome,
    SourceGone,
    SourceRefused,
    UnusableInput,
)
from scraper.addresses import canonical
from scraper.client import Client, ClientSettings, Fetcher, Response
from scraper.inflate import BadBody, Body, TooLarge
from scraper.large import Room
from scraper.pace import retry_after

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DRIP: list[bytes | float] = [b"x", 0.05] * 100
HEAD_DRIP: list[bytes | float] = [b"A: b\r\n", 0.05] * 100
PACKED = gzip.compress(b"x" * 5000)
BOMB = gzip.compress(b"\0" * 50_000_000)


# What a body may look like.


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        (answer(b"plain"), b"plain"),
        (answer(PACKED, Content_Encoding="gzip"), b"x" * 5000),
        (answer(PACKED, Content_Encoding="X-GZIP"), b"x" * 5000),
        (answer(PACKED + PACKED, Content_Encoding="gzip"), b"x" * 10_000),
        (answer(PACKED + b"\0" * 9, Content_Encoding="gzip"), b"x" * 5000),
        (answer(b"", Content_Encoding="gzip"), b""),
        (answer(b"x", Content_Encoding="identity"), b"x"),
        ([CHUNKED, b"3\r\nabc\r\n", 0.01, b"2\r\nde\r\n0\r\n\r\n", CLOSE], b"abcde"),
        ([b"HTTP/1.0 200 OK\r\n\r\nuntil closed", CLOSE], b"until closed"),
        ([b"HTTP/1.1 103 Early\r\n\r\n", answer(b"late")], b"late"),
    ],
)
def test_a_whole_body_comes_in(sent: Answer, content: bytes) -> None:
    response, fetcher, _ = run({"/a": sent}, get("/a"))
    assert response.content == content
    row = fetcher.fetches[-1]
    assert (row.outcome, row.status, row.size) == (Outcome.OK, 200, len(content))


# The wire's faults: each ends in one clear error, within its time, with one row per exchange.

FAULTS: list[tuple[str, Answer, str]] = [
    ("reset before the answer", [RESET], "the connection broke|no proper HTTP"),
    ("closed before the answer", [CLOSE], "no proper HTTP"),
    ("reset in the body", [HEAD, b"abc", RESET], "broke while reading"),
    ("closed in the body", [HEAD, b"abc", CLOSE], "cut short"),
    ("longer than declared", [HEAD + b"x" * 150, CLOSE], ""),
    ("silence", [HOLD], "no complete answer|falls silent"),
    ("silence in the head", [b"HTTP/1.1 200 OK\r\nCont", HOLD], "no complete|silent"),
    ("silence in the body", [HEAD, b"abc", HOLD], "no complete|silent"),
    ("a drip", [HEAD, *DRIP], "no complete answer within 0.5 s"),
    ("a drip of the head", [b"HTTP/1.1 200 OK\r\n", *HEAD_DRIP], "no complete"),
    ("a flood of headers", [b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 60_000, HOLD], "proper HTTP"),
    ("a flood of 1xx", [b"HTTP/1.1 100 Go on\r\n\r\n" * 5000, HOLD], "no complete|silent"),
    ("not HTTP", [b"SSH-2.0-OpenSSH\r\n\r\n", CLOSE], "no proper HTTP"),
    ("a broken chunk", [CHUNKED, b"zz\r\nabc", CLOSE], "no proper HTTP"),
    ("chunks cut short", [CHUNKED, b"5\r\nabcde\r\n", CLOSE], "no proper HTTP|cut short"),
    ("two lengths", [HEAD[:-2] + b"Content-Length: 7\r\n\r\nx", CLOSE], "no proper HTTP"),
    ("a length that is none", [HEAD.replace(b"100", b"-1"), CLOSE], "no proper HTTP"),
    ("gzip cut short", answer(PACKED[:-12], Content_Encoding="gzip"), "cut short"),
    ("gzip damaged", answer(b"\x1f\x8b" + b"\xff" * 50, Content_Encoding="gzip"), "damaged"),
    ("no gzip at all", answer(b"<html>", Content_Encoding="gzip"), "damaged gzip"),
    ("a bomb", answer(BOMB, Content_Encoding="gzip"), "larger than 1000000 bytes"),
    ("a large body", answer(b"x" * 1_000_001), "larger than 1000000 bytes"),
    ("an endless body", [CHUNKED, *([b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 99)], "larger than"),
    ("brotli", answer(b"x", Content_Encoding="br"), "not asked for"),
    ("zstd", answer(b"x", Content_Encoding="zstd"), "not asked for"),
    ("deflate", answer(zlib.compress(b"x"), Content_Encoding="deflate"), "not asked for"),
    ("gzip in gzip", answer(PACKED, Content_Encoding="gzip, gzip"), "not asked for"),
    ("no content", answer(b"", 204), "answers 204"),
    ("a part", answer(b"x", 206), "answers 206"),
    ("a bogus 304", answer(b"", 304), "did not ask for it"),
    ("a redirect to nowhere", answer(b"", 302), "answers 302"),
    ("a redirect loop", answer(b"", 302, Location="/a"), "too many redirects"),
    ("a redirect to a file", answer(b"", 302, Location="file:///etc/passwd"), "not an http"),
    ("a redirect into the house", answer(b"", 302, Location="http://10.0.0.1/"), "private"),
    ("a redirect by number", answer(b"", 302, Location="http://2130706433/"), "disguise"),
    (
        "a redirect to a name",
        answer(b"", 302, Location="http://[::ffff:127.0.0.1]/"),
        "contact|pri",
    ),
    ("a redirect with a password", answer(b"", 302, Location="http://u:p@127.0.0.1/"), "password"),
    ("500", answer(b"x", 500), "answers 500"),
    ("503", answer(b"x", 503), "answers 503"),
]


@pytest.mark.parametrize(("sent", "cause"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_faults_of_the_wire(sent: Answer, cause: str) -> None:
    short = replace(FAST, deadline=0.5, read_timeout=0.3, contact="mail@site.example")
    started = time.monotonic()
    if not cause:  # what is beyond the declared length is not read: browsers do the same
        assert len(run({"/a": sent}, get("/a"), short)[0].content) == 100
        return
    with pytest.raises(CollectFailed, match=cause) as failed:
        run({"/a": sent}, get("/a", conditional=False), short)
    assert str(failed.value).startswith("origin: http://127.0.0.1:")
    assert "\n" not in str(failed.value)
    assert time.monotonic() - started < 4
    last = failed.value.fetches[-1]
    assert last.outcome in {Outcome.FAILED, Outcome.SUSPECT}
    assert last.error
    assert "passwd" not in str(failed.value)


def test_memory_stays_bounded_with_a_bomb() -> None:
    huge = gzip.compress(b"\0" * 300_000_000, 9)
    tracemalloc.start()
    with pytest.raises(CollectFailed, match="larger than"):
        run({"/a": answer(huge, Content_Encoding="gzip")}, get("/a"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


def test_blocks_of_nothing_are_no_way_around_the_limit() -> None:
    body = Body("gzip", 1000, Room(1000))
    packer = zlib.compressobj(wbits=31)
    body.feed(packer.compress(b"x") + packer.flush(zlib.Z_SYNC_FLUSH))
    with pytest.raises(TooLarge):
        body.feed(b"\0\0\0\xff\xff" * 1000)


def test_a_length_that_lies_is_noticed() -> None:
    body = Body("", 1000, Room(1000))
    body.feed(b"abc")
    with pytest.raises(BadBody, match="not as long"):
        body.finish("4")


def test_nothing_listens() -> None:
    async def go(fetcher: Fetcher, _: str) -> Response:
        return await fetcher.get("http://127.0.0.1:1/x")

    with pytest.raises(CollectFailed, match="no connection: refused"):
        run({}, go)


def test_an_unknown_name() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError(f"{host}:{port}")

    settings = replace(FAST, resolve=unknown, contact="mail@site.example", pace=0.01)
    with pytest.raises(CollectFailed, match="cannot be resolved") as failed:
        run({}, lambda fetcher, _: fetcher.get("http://none.example/x"), settings)
    assert len(failed.value.fetches) == 2


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl here")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1"]
    ask = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run(ask, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("speaks_tls", [True, False])
def test_tls_is_checked(speaks_tls: bool, self_signed: ssl.SSLContext) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"x"))
        writer.close()

    async def go() -> None:
        tls = self_signed if speaks_tls else None
        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as server:
            port = server.sockets[0].getsockname()[1]
            async with Client(FAST) as client:
                await client.fetcher(SOURCE).get(f"https://127.0.0.1:{port}/", robots=False)

    with pytest.raises(CollectFailed, match="TLS fails"):
        asyncio.run(go())


# Status, retries, Retry-After.


@pytest.mark.parametrize(
    ("status", "becomes", "asked"),
    [
        (400, CollectFailed, 1),
        (401, SourceRefused, 1),
        (403, SourceRefused, 1),
        (404, SourceGone, 1),
        (410, SourceGone, 1),
        (429, SourceRefused, 2),
        (451, SourceRefused, 1),
        (500, CollectFailed, 2),
        (502, CollectFailed, 2),
        (503, CollectFailed, 2),
        (504, CollectFailed, 2),
    ],
)
def test_statuses(status: int, becomes: type[CollectFailed], asked: int) -> None:
    with pytest.raises(CollectFailed, match=f"the server answers {status}") as failed:
        run({"/a": answer(b"x", status)}, get("/a"))
    assert type(failed.value) is becomes
    assert [row.status for row in failed.value.fetches] == [404, *([status] * asked)]


def test_a_passing_trouble_passes() -> None:
    turns = Turns([answer(b"", 503, Retry_After="0"), answer(b"fine")])
    response, fetcher, _ = run({"/a": turns}, get("/a"))
    assert response.content == b"fine"
    outcomes = [row.outcome for row in fetcher.fetches]
    assert outcomes == [Outcome.OK, Outcome.FAILED, Outcome.OK]


def test_retry_after_is_waited_for() -> None:
    turns = Turns([answer(b"", 429, Retry_After="1"), answer(b"fine")])
    _, _, server = run({"/a": turns}, get("/a"))
    first, second = (asked.at for asked in server.asked[1:])
    assert second - first >= 0.95


@pytest.mark.parametrize(
    ("value", "hold"),
    [
        ("3600", timedelta(hours=1)),
        ("99999999999999999999", timedelta(hours=6)),
        (format_datetime(NOW + timedelta(hours=2), usegmt=True), timedelta(hours=2)),
        ("Sun, 01 Sep 9999 00:00:00 GMT", timedelta(hours=6)),
    ],
)
def test_a_long_retry_after_is_obeyed_by_going_away(value: str, hold: timedelta) -> None:
    async def twice(fetcher: Fetcher, url: str) -> Response:
        with pytest.raises(SourceRefused) as failed:
            await fetcher.get(url + "/a", robots=False)
        assert failed.value.hold == hold
        return await fetcher.get(url + "/b", robots=False)

    with Server({"/a": answer(b"", 429, Retry_After=value)}) as server:

        async def go() -> None:
            async with Client(FAST) as client:
                await twice(client.fetcher(SOURCE), server.url)

        with pytest.raises(SourceRefused, match="asked to be left alone"):
            asyncio.run(go())
        assert server.paths() == ["/a"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 5 ", 5.0),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), None),
        ("Sun, 99 Sep 2024 00:00:00 GMT", None),
        ("٣", None),
    ],
)
def test_retry_after_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


# Redirects.


def test_a_redirect_is_followed_and_its_end_named() -> None:
    script = {"/a": answer(b"", 301, Location="b?x=1#f"), "/b": answer(b"there")}
    response, fetcher, _ = run(script, get("/a"))
    assert response.content == b"there"
    assert canonical(response.url).endswith("/b?x=1")
    assert [row.status for row in fetcher.fetches] == [404, 301, 200]


def test_a_redirect_may_be_refused() -> None:
    script = {"/a": answer(b"", 302, Location="/b"), "/b": answer(b"plausible")}
    with pytest.raises(SourceGone, match="redirects elsewhere"):
        run(script, get("/a", redirects=False))


def test_a_token_does_not_follow_a_redirect_to_another_host() -> None:
    with Server({"/b": answer(b"there")}) as other:
        script = {"/a": answer(b"", 302, Location=f"{other.url}/b")}
        ask = get("/a", headers={"Authorization": "Bearer invented"})
        response, _, server = run(script, ask)
        assert response.content == b"there"
        assert server.asked[-1].headers["authorization"] == "Bearer invented"
        assert all("authorization" not in asked.headers for asked in other.asked)


# robots.txt.

ROBOTS = "User-agent: *\nDisallow: /\n\nUser-agent: rollcall\nDisallow: /secret\nCrawl-delay: 1\n"


def test_robots_is_obeyed_and_read_once() -> None:
    script: dict[str, Scripted] = {"/robots.txt": answer(ROBOTS), "/a": answer(b"x")}

    async def ask(fetcher: Fetcher, url: str) -> Response:
        await fetcher.get(url + "/a")
        with pytest.raises(SourceRefused, match=r"/secret/1: robots\.txt forbids"):
            await fetcher.get(url + "/secret/1")
        return await fetcher.get(url + "/a")

    _, _, server = run(script, ask)
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/a", "/a"]
    gaps = [b.at - a.at for a, b in zip(server.asked, server.asked[1:], strict=False)]
    assert min(gaps) >= 0.95  # Crawl-delay


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_robots_allows_all(status: int) -> None:
    script = {"/robots.txt": answer(b"", status), "/a": answer(b"x")}
    _, fetcher, _ = run(script, get("/a"))
    assert {row.outcome for row in fetcher.fetches} == {Outcome.OK}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_broken_robots_allows_nothing(status: int) -> None:
    script = {"/robots.txt": answer(b"", status), "/a": answer(b"x")}
    with pytest.raises(SourceRefused, match=rf"robots\.txt answers {status}"):
        run(script, get("/a"))


@pytest.mark.parametrize("text", ["", "<html>not found</html>", "\xff\0" * 50, "Allow" * 200_000])
def test_odd_robots_allow(text: str) -> None:
    script = {"/robots.txt": answer(text.encode("latin-1")), "/a": answer(b"x")}
    assert run(script, get("/a"))[0].content == b"x"


# Conditional requests.


def test_validators_go_out_and_come_back() -> None:
    def page(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"1"':
            return answer(b"", 304)
        return answer(b"x", ETag='"1"', Last_Modified="Sun, 01 Sep 2024 00:00:00 GMT")

    async def ask(fetcher: Fetcher, url: str) -> Response:
        first = await fetcher.get(url + "/a?access_token=t")
        assert first.outcome is Outcome.OK
        assert "access_token" not in repr(fetcher.validators)
        return await fetcher.get(url + "/a?access_token=t")

    response, fetcher, server = run({"/a": page}, ask)
    assert (response.outcome, response.content) == (Outcome.UNCHANGED, b"")
    assert fetcher.fetches[-1].outcome is Outcome.UNCHANGED
    assert server.asked[-1].headers["if-modified-since"] == "Sun, 01 Sep 2024 00:00:00 GMT"


@pytest.mark.parametrize(("age", "sent"), [(6, True), (8, False)])
def test_once_a_week_the_whole_is_fetched(age: int, sent: bool) -> None:
    def known(url: str) -> dict[str, dict[str, str]]:
        fetched = (NOW - timedelta(days=age)).isoformat()
        return {f"{url}/a": {"etag": '"1"', "last_modified": "", "fetched_at": fetched}}

    async def ask(fetcher: Fetcher, url: str) -> Response:
        return await fetcher.client.fetcher(SOURCE, known(url)).get(url + "/a")

    _, _, server = run({"/a": answer(b"x")}, ask)
    assert ("if-none-match" in server.asked[-1].headers) is sent


# What goes out.


def test_what_is_sent() -> None:
    settings = replace(FAST, contact="mail@site.example")
    _, _, server = run({"/a": answer(b"x", Set_Cookie="a=b")}, get("/a"), settings)
    sent = server.asked[-1].headers
    assert sent["user-agent"].startswith("rollcall/")
    assert sent["user-agent"].endswith("(+mail@site.example)")
    assert sent["accept-encoding"] == "gzip"


def test_cookies_are_forgotten() -> None:
    async def twice(fetcher: Fetcher, url: str) -> Response:
        await fetcher.get(url + "/a")
        return await fetcher.get(url + "/a")

    _, _, server = run({"/a": answer(b"x", Set_Cookie="id=7")}, twice)
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert run({"/a": answer(b"x")}, get("/a"))[0].content == b"x"


def test_the_public_web_needs_a_contact() -> None:
    with pytest.raises(SourceRefused, match="set ROLLCALL_CONTACT"):
        run({}, lambda fetcher, _: fetcher.get("https://news.example/"))


@pytest.mark.parametrize("contact", ["a\r\nX: y", "почта@пример"])
def test_a_contact_unfit_for_a_header(contact: str) -> None:
    with pytest.raises(UnusableInput, match="ROLLCALL_CONTACT"):
        Client(ClientSettings(contact=contact))


def test_params_replace_those_of_the_address() -> None:
    _, _, server = run({"/a": answer(b"x")}, get("/a?b=1&c=2", params={"b": "я"}))
    assert server.asked[-1].query == {"c": "2", "b": "я"}


# Pace.


def test_one_connection_and_one_pace_a_host() -> None:
    settings = replace(FAST, loopback_pace=0.2)

    async def many(fetcher: Fetcher, url: str) -> Response:
        others = [fetcher.client.fetcher(SOURCE) for _ in range(4)]
        answers = await asyncio.gather(*(one.get(url + "/a", robots=False) for one in others))
        return answers[0]

    _, _, server = run({"/a": [0.1, answer(b"x")]}, many, settings)
    gaps = [b.at - a.at for a, b in zip(server.asked, server.asked[1:], strict=False)]
    assert server.most_at_once == 1
    assert min(gaps) >= 0.18


def test_hosts_do_not_wait_for_one_another() -> None:
    settings = replace(FAST, loopback_pace=5.0)
    with Server({"/a": answer(b"x")}) as other:

        async def both(fetcher: Fetcher, url: str) -> Response:
            await fetcher.get(other.url + "/a", robots=False)
            return await fetcher.get(url + "/a", robots=False)

        started = time.monotonic()
        run({"/a": answer(b"x")}, both, settings)
        assert time.monotonic() - started < 3
