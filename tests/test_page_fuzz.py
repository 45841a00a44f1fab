"""Ill-formed pages, feeds and answers → what can be read of them, or an error of ours."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from faultworld import KINDS, NOW, board, feed, item, preview, register, rows, table, wall
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import RollcallError, Source
from scraper import origin
from scraper.feed import NoFeed, read_feed
from scraper.kinds import csv, html, pfif
from scraper.kinds import json as json_kind
from scraper.preview import PageChanged, read_page
from scraper.walk import Sheet
from scraper.wall import WallChanged, WallError, read_wall

MOSCOW = ZoneInfo("Europe/Moscow")
OURS = (RollcallError, PageChanged, WallChanged, WallError, NoFeed)


def source(kind: str) -> Source:
    told = KINDS[kind][2]
    return Source(name=kind, kind=kind, url="https://a.example/", path="a.toml", **told)  # type: ignore[arg-type]


def read_board(content: bytes) -> object:
    one = source("html")
    sheet = Sheet(url=one.url, content=content, kept={})
    return html.posts_of(one, sheet, NOW)[0]


def read_list(content: bytes) -> object:
    columns = {"name": "td:nth-of-type(2)", "age": "1"}
    one = replace(source("html"), columns=columns, options={"rows": "tr, article"})
    return html.rows_listed(one, [Sheet(url=one.url, content=content, kept={})])[0]


READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "telegram": (preview(), lambda page: read_page(page, "tg", MOSCOW, NOW)),
    "vk": (wall(), lambda page: read_wall(page, "vk", MOSCOW, NOW)),
    "rss": (feed(), lambda page: read_feed(origin.text(source("rss"), page), MOSCOW, NOW)),
    "html": (board(), read_board),
    "html list": (b"<table><tr><td>1<td>x<tr><td>2<td>y</table>", read_list),
    "csv": (table(), lambda page: csv.read(source("csv"), page)),
    "json": (rows(), lambda page: json_kind.read(source("json"), page)),
    "pfif": (register(), lambda page: pfif.read(source("pfif"), [page], NOW)),
}
BAITS = [
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<table><table><tr><td>", b"</div>",
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", "Ищу".encode("cp1251"), "й".encode(), b"&#0;", b"&#xD800;",
    b"&nope;", b'" x="', b"<b " + b"a=1 " * 50, b"<p " + b'x="' + b"y" * 5000 + b'">', b"<svg><p>",
    b"colspan=99999999", b"rowspan='-1'", b"datetime=", b"9" * 400, b"1e999", b"null", b"[]", b"{}",
    b"true", b'"id":', b"-0", b"NaN", b"<template>", b"<plaintext>", b"<script>", b"\r", b"\x1e",
    b"<?xml version='1.0' encoding='utf-7'?>", b"xmlns:pfif='x'", b";", b'"', b"\n\n",
    b"\xe2\x80\xae",
]  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn, page: bytes) -> bytes:
    found = bytearray(page)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(found)))
        cut = draw(st.sampled_from([0, 0, 1, 7, 60, 400]))
        put = draw(st.one_of(st.sampled_from(BAITS), st.binary(max_size=12)))
        found[at : at + cut] = put
    return bytes(found)


def try_one(kind: str, data: st.DataObject) -> None:
    page, read = READERS[kind]
    with contextlib.suppress(OURS):
        read(data.draw(mangled(page)))


CALM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("kind", READERS)
def test_no_mangled_page_raises_anything_else(kind: str) -> None:
    CALM(given(st.data())(lambda data: try_one(kind, data)))()


@pytest.mark.slow
@pytest.mark.parametrize("kind", READERS)
def test_nor_does_any_of_ten_thousand(kind: str) -> None:
    LONG(given(st.data())(lambda data: try_one(kind, data)))()


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*item(1), "donut", "copy_history"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(ODD, st.dictionaries(st.sampled_from(
        ["id", "date", "owner_id", "text", "edited", "copy_history", "is_pinned", "donut"]
    ), ODD).map(lambda odd: item(1) | odd)), max_size=4),
    st.one_of(st.just(4), ODD),
)  # fmt: skip
def test_no_type_in_an_answer_of_vks_raises_anything_else(items: object, count: object) -> None:
    body = json.dumps({"response": {"items": items, "count": count}}).encode()
    with contextlib.suppress(OURS):
        read_wall(body, "vk", MOSCOW, NOW)


@settings(max_examples=200, deadline=None)
@given(ODD)
def test_no_type_in_a_list_raises_anything_else(document: object) -> None:
    with contextlib.suppress(OURS):
        json_kind.read(source("json"), json.dumps(document).encode())
