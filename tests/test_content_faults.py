"""Faults of content, each served whole with 200, through a real collector into a real store."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from faultworld import (
    POSTS,
    Fault,
    World,
    block,
    board,
    build,
    check,
    day,
    feed,
    item,
    preview,
    register,
    rows,
    table,
    text,
    wall,
)
from server import Scripted, Server, answer

from scraper import decoding, origin
from scraper.kept import Kept
from scraper.kinds import pfif as pfif_kind
from scraper.kinds import telegram as telegram_kind
from scraper.preview import Page, PageChanged


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    script: dict[str, Scripted] = {}
    with Server(script) as server:
        yield build(server, script, tmp_path_factory.mktemp("world"))


CAPTURED = Path(__file__).parent / "pages" / "captured"
TG, FEED, LIST = preview(), feed(), table()
CAPTCHA = b"<html><body><h1>Are you a robot?</h1><form>captcha</form></body></html>"
SORRY = b"<html><body><h1>Technical works</h1></body></html>"
EMPTY = (
    b'<html><body><section><div class="tme_no_messages_found">No posts found</div></section>'
    b"</body></html>"
)
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
)
DEEP = b"<div>" * 20_000
LINES = LIST.decode().splitlines()


def vk_error(code: int) -> bytes:
    return answer(json.dumps({"error": {"error_code": code, "error_msg": "x"}}))


def more(said: str | None = None, at: str | None = None, number: int = 9) -> bytes:
    """A healthy page, and one odd new message below it."""
    return answer(preview(POSTS, block(number, said, at)))


def label(body: bytes, kind: str) -> bytes:
    return answer(body, Content_Type=kind)


def entry(guid: str, date: str, said: str = "Ищу брата") -> bytes:
    told = f"<item><guid isPermaLink='false'>{guid}</guid><pubDate>{date}</pubDate>"
    return answer(feed(POSTS, f"{told}<description>{said}</description></item>"))


FAULTS = [
    Fault(name=name, kind=kind, sent=sent, cause=cause)  # type: ignore[arg-type]
    for name, kind, sent, cause in (
        # an answer that is not the page
        ("an error page", "telegram", answer(SORRY), "no message list"),
        ("an error page", "rss", answer(SORRY), "an error of the server: not a feed"),
        ("an error page", "vk", answer(SORRY), "no JSON"),
        ("an error page", "csv", answer(SORRY), "column|header|rows|stands"),
        ("an error page", "json", answer(SORRY), "not JSON"),
        ("an error page", "pfif", answer(SORRY), "person records|not XML"),
        ("an error page", "html", answer(SORRY), "an error of the server"),
        ("a captcha", "telegram", answer(CAPTCHA), "no message list"),
        ("a captcha", "html", answer(CAPTCHA), "whether we are a robot"),
        ("an empty answer", "telegram", answer(b""), "cut short|no message list"),
        ("an empty answer", "rss", answer(b""), "not a feed"),
        ("an empty answer", "vk", answer(b""), "no JSON"),
        ("an empty answer", "csv", answer(b""), "csv: "),
        ("an empty answer", "json", answer(b""), "not JSON"),
        ("an empty answer", "pfif", answer(b""), "not XML"),
        ("an empty answer", "html", answer(b""), "nothing matches"),
        # pages that changed
        ("spurious no messages", "telegram", answer(EMPTY), "no messages|trouble"),
        ("a renamed class", "telegram",
         answer(TG.replace(b"tgme_widget_message\"", b"tgme_msg\"")), "cannot be found"),
        ("a renamed date", "telegram", answer(TG.replace(b"message_date", b"d")), "readable date"),
        ("an emptied selector", "html", answer(board().replace(b"<p>", b"<q>")), "text and an id"),
        ("renamed rows", "html", answer(board().replace(b"article", b"aside")), "nothing matches"),
        ("no times", "html", answer(board().replace(b"datetime=", b"data-t=")), "gives no time"),
        ("an emptied feed", "rss", answer(feed(range(0))), "no entries where there were"),
        ("an emptied wall", "vk", answer(wall(range(0))), "nothing where posts were"),
        ("an emptied list", "csv", answer(table(range(0))), "rows"),
        ("an emptied list", "json", answer(rows(range(0))), "rows"),
        ("an emptied register", "pfif", answer(register(range(0))), "no person records"),
        ("a renamed column", "csv", answer(LIST.replace(b"name", b"fio")), "name"),
        ("a renamed key", "json", answer(rows().replace(b'"name"', b'"fio"')), "name"),
        ("a message left out", "telegram",
         answer(preview(range(1, 5), "".join(map(block, (6, 7, 8))))), None),
        ("an item left out", "vk", answer(wall(range(1, 5), (item(8), item(7), item(6)))), None),
        # VK's errors inside 200
        *((f"VK error {code}", "vk", vk_error(code), f"VK error {code}")
          for code in (5, 9, 10, 14, 15, 18, 19, 28, 29, 30, 100, 203, 999)),
        ("an error of no code", "vk", answer(b'{"error": "boom"}'), "VK error -1"),
        ("JSON of another shape", "vk", answer(b"[1, 2]"), "no JSON object"),
        ("items of another type", "vk", answer(b'{"response":{"count":3,"items":{}}}'), "no items"),
        ("deep JSON", "vk", answer(b"[" * 100_000), "no JSON"),
        # bombs
        ("an entity bomb", "pfif", answer(LAUGHS + b"]><pfif>&i;</pfif>"), "entities are refused"),
        ("an entity bomb", "rss", answer(LAUGHS + b"]><rss version='2.0'>&i;</rss>"), "entr"),
        ("an outside entity", "pfif",
         answer(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><pfif>&a;</pfif>'),
         "entities are refused"),
        ("deep HTML", "html", answer(b"<html><body>" + DEEP + b"</html>"), "nothing matches|read"),
        ("deep HTML around the posts", "telegram",
         answer(b"<html>" + DEEP[:2500] + TG + b"</html>"), None),
        ("a post of a megabyte", "telegram", more("Ищу сына. " + "а" * 500_000), None),
        # bytes
        ("malformed UTF-8 and NUL", "telegram",
         answer(preview(POSTS, block(9, "ХХ")).replace("ХХ".encode(), b"a\x00\xd0\xff")), None),
        ("NULs in a feed", "rss", answer(FEED.replace(b"<item>", b"\0<item>\0")), None),
        ("NULs in a list", "csv", answer(LIST.replace(b";", b"\0;")), None),
        ("a wrong label", "csv", label(LIST, "text/csv; charset=windows-1251"), None),
        ("a wrong label", "rss", label(FEED, "text/xml; charset=windows-1251"), None),
        ("cp1251 without a label", "csv",
         label(LIST.decode().encode("cp1251"), "text/csv"), None),
        ("a byte order mark", "csv", answer(b"\xef\xbb\xbf" + LIST), None),
        ("NFD", "telegram", more(unicodedata.normalize("NFD", "Ищу Семёна Йодова")), None),
        ("zero-width and RTL", "telegram", more("И\u200bщу \u202eсына\u202c Пет\u00adра"), None),
        ("homoglyphs", "telegram", more("Ищy cынa Пeтpa"), None),
        ("mojibake", "telegram", more("Ищу сына".encode().decode("latin-1")), None),
        ("lone surrogates", "vk", answer(
            json.dumps({"response": {"count": 9, "items": [
                item(9, text="a\ud800b"), *(item(n) for n in reversed(POSTS))]}})), None),
        # dates, ids
        ("a date of 1970", "telegram", more(at="1970-01-01T00:00:00+00:00"), None),
        ("a date to come", "telegram", more(at="2124-01-01T00:00:00+00:00"), None),
        ("no zone", "telegram", more(at="2024-08-21T10:00:00"), None),
        ("no date", "rss", entry("n9", ""), None),
        ("a date to come", "rss", entry("n9", "Fri, 23 Aug 2124 10:00:00 +0300"), None),
        ("a date of 1970", "rss", entry("n9", "Thu, 01 Jan 1970 00:00:00 GMT"), None),
        ("an id twice", "telegram", more(number=8, said=text(8)), None),
        ("an id twice", "rss", entry("n8", day(8).strftime("%d %b %Y %H:%M:%S +0000")), None),
        ("an item twice", "vk", answer(wall(POSTS, (item(8),))), None),
        ("items without ids", "vk", answer(wall(POSTS, ({"text": "x"}, 7, None))), None),
        ("an item that lost its date", "vk", answer(wall(range(1, 5), tuple(
            item(n, date=None) if n == 6 else item(n) for n in (8, 7, 6, 5)))), None),
        # lists
        ("a tenth of the rows", "csv", answer(table(range(1, 2))), None),
        ("columns in another order", "csv", answer("\n".join(
            ";".join(reversed(line.split(";"))) for line in LINES)), None),
        ("a row of other length", "csv", answer(LIST + b"9\n10;a;b;c;d;e\n"), None),
        ("an unclosed quote", "csv", answer(LIST + b'9;"x\n'), None),
    )
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.kind}: {one.name}" for one in FAULTS])
def test_faults_of_content(world: World, fault: Fault, tmp_path: Path) -> None:
    check(world, fault, tmp_path)


def test_a_post_of_ten_megabytes(world: World, tmp_path: Path) -> None:
    """Read apart, kept as far as texts are kept; the others of its page come in."""
    fault = Fault(
        name="10 MB", kind="telegram", sent=more("Ищу сына. " + "а" * 5_000_000), cause=None
    )
    check(world, fault, tmp_path, max_bytes=16 * 2**20, deadline=60.0, read_timeout=30.0)


# Planted bugs: each must be caught by the fault beside it.


def _gone_at_once(kept: Kept, unseen: set[int], _here: Iterable[int], _now: datetime) -> list[int]:
    return [number for number in sorted(unseen) if kept.recent.pop(number)]


def _changed_is_empty(*_: object) -> Page:
    return Page(
        channel="", messages=(), numbers=frozenset({1}), blocks=0, undated=0, says_empty=True
    )


def _as_labelled(_source: object, content: bytes, content_type: str = "") -> str:
    return decoding.decode(content, "windows-1251", content_type)


BUGS = [
    ("absence is deletion", "a message left out", "telegram", Kept, "absent", _gone_at_once),
    ("absence is deletion", "an item left out", "vk", Kept, "absent", _gone_at_once),
    ("a changed page is empty", "an error page", "telegram", telegram_kind, "read_page",
     _changed_is_empty),
    ("entities are read", "an outside entity", "pfif", pfif_kind, "fromstring",
     lambda content, **_: ElementTree.fromstring(content)),  # noqa: S314
    ("labels are believed", "a byte order mark", "csv", origin, "text", _as_labelled),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bug", "fault", "kind", "owner", "name", "planted"), BUGS, ids=[b[0] for b in BUGS]
)
def test_a_planted_bug_is_caught(  # noqa: PLR0917
    world: World, bug: str, fault: str, kind: str, owner: object, name: str, planted: object,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chosen = next(one for one in FAULTS if (one.name, one.kind) == (fault, kind))
    monkeypatch.setattr(owner, name, planted)
    with pytest.raises((AssertionError, PageChanged)):
        check(world, chosen, tmp_path)
    assert bug
