"""Large bodies: held outside the process, read like others, given up in time."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import replace

import pytest
from asking import FAST, get, run
from server import answer

from model import CollectFailed
from scraper import readers
from scraper.client import Fetcher, Response
from scraper.decoding import decode
from scraper.large import SMALL, Large, Room, digest, pieces

TEXT = "Ищу сына " * 40_000
BODY = TEXT.encode()
PACKED = answer(gzip.compress(BODY), Content_Encoding="gzip")


def large(content: bytes = BODY) -> Large:
    held = Large(Room(2**30))
    for start in range(0, len(content), 50_000):
        held.write(content[start : start + 50_000])
    return held


def test_it_is_what_was_sent() -> None:
    held = run({"/a": PACKED}, get("/a"))[0].content
    assert isinstance(held, Large)
    assert len(held) == len(BODY)
    assert held[:] == BODY
    assert (held[:100], held[-100:], held[7:3]) == (BODY[:100], BODY[-100:], b"")
    assert b"".join(pieces(held)) == BODY
    assert digest(held) == hashlib.sha256(BODY).hexdigest() == digest(BODY)
    with held.stream() as stream:
        del held
        assert stream.read() == BODY
    assert large() == large()
    assert large() != large(BODY[1:])


@pytest.mark.parametrize(("size", "apart"), [(SMALL, False), (SMALL + 1, True)])
def test_only_what_is_long_is_held_apart(size: int, apart: bool) -> None:
    held = run({"/a": answer(b"x" * size)}, get("/a"))[0].content
    assert isinstance(held, Large) is apart
    assert held[:] == b"x" * size


def test_its_reader_gets_it_as_bytes() -> None:
    assert readers.apart(decode, large()) == TEXT
    assert readers.apart(decode, BODY) == TEXT
    assert readers.apart(decode, b"small") == "small"


NARROW = replace(FAST, most_held=len(BODY) // 2, deadline=0.5, attempts=1)


def test_a_page_waits_for_room_and_says_so() -> None:
    async def go(fetcher: Fetcher, url: str) -> Response:
        fetcher.client.room.hold(len(BODY))  # other pages
        return await fetcher.get(f"{url}/a", robots=False)

    with pytest.raises(CollectFailed, match="other large pages wait to be read"):
        run({"/a": PACKED}, go, NARROW)


def test_room_is_given_back() -> None:
    async def go(fetcher: Fetcher, url: str) -> Response:
        room = fetcher.client.room
        room.hold(len(BODY))
        asyncio.get_running_loop().call_later(0.1, room.hold, -len(BODY))
        with pytest.raises(CollectFailed, match="larger than"):  # once the others are read
            await fetcher.get(f"{url}/bomb", robots=False)
        assert room._held == 0
        return await fetcher.get(f"{url}/a", robots=False)

    wide = replace(NARROW, max_bytes=len(BODY), most_held=len(BODY) + 1, deadline=20.0)
    response, fetcher, _ = run({"/a": PACKED, "/bomb": answer(b"x" + BODY)}, go, wide)
    room = fetcher.client.room
    assert room._held == len(BODY)
    assert response.content[:] == BODY
    del response
    assert room._held == 0
