"""Any text at all: extraction never fails, and what it has redacted it reads without change."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extract
from benchmarks.extraction import WORLD
from benchmarks.hostile import TEXTS
from extract.private.contacts import leftover
from extract.text import LIMIT
from model import Post, Reading

POSTED = datetime.fromisoformat("2024-08-20T10:00:00+03:00")
CASES, PARTS = 100_000, 10
_MARK = re.compile(r"\[(?:[а-я]+|…)\]")
_LINES = (WORLD / "posts.jsonl").read_text(encoding="utf-8").splitlines()
_SAID = sorted({word for line in _LINES for word in json.loads(line)["text"].split()})
_MARKS = [
    *".,;:!?()[]«»\"'-–—…\n\t#@№/*•+_|",
    *("\u200b", "\u0301", "\u202e", "\xad", "\ufeff", "\U000e0001", "\x00", "\ud800"),
    *(
        "г.",
        "в/ч ",
        "тел. ",
        "ул. ",
        "сын ",
        " оглы",
        "UPD ",
        "12.08.2024",
        "5-го ",
        "8 900 000 00 ",
    ),
    *("восемь ", "девятьсот ", "ноль ", "t.me/", "[имя]", "[телефон]", "[…]"),
]

anything = st.text(st.characters(exclude_categories=()), max_size=300)  # lone surrogates too
sentences = st.lists(
    st.one_of(st.sampled_from(_SAID), st.sampled_from(_MARKS), st.text(max_size=6)), max_size=60
).map(" ".join)
run_together = st.lists(
    st.one_of(st.sampled_from(_SAID), st.sampled_from(_MARKS), st.text(max_size=3)), max_size=40
).map("".join)
texts = st.one_of(anything, sentences, run_together)


def read(text: str, *, edited: bool = False) -> Reading:
    post = Post(
        source="s",
        external_id="1",
        posted_at=POSTED,
        edited_at=POSTED if edited else None,
        text=text,
    )
    return extract.read(post)


def check(text: str, *, edited: bool) -> None:
    """It is read; what is kept can be written down, shows no number, and holds every span.

    Read again, it gives nothing back: only more of it may be hidden, and its own marks stay.
    """
    reading = read(text, edited=edited)
    reading.text.encode()
    assert not leftover(reading.text)
    for record in reading.records:
        assert record.surname or record.given
        assert all(0 <= one.start < one.end <= len(reading.text) for one in record.spans)
    again = read(reading.text, edited=edited).text
    assert again == reading.text or _hides(again, reading.text)


def _hides(again: str, text: str) -> bool:
    """Is `again` the text with nothing but marks of what was hidden put in?"""
    kept = iter(text)
    return all(char in kept for char in _MARK.sub("", again)) and len(_MARK.sub("", again)) < len(
        _MARK.sub("", text)
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(texts, st.booleans())
def test_any_text_is_read(text: str, edited: bool) -> None:
    check(text, edited=edited)


@pytest.mark.parametrize(
    "text", ["𗀀А", "ищу 𗀀Ёлку Иванова", "9000000000t.me/masha", "¯\u0304ы", "00000/0.0O"]
)
def test_texts_that_were_once_misread(text: str) -> None:
    check(text, edited=False)
    assert "masha" not in read(text).text


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=CASES // PARTS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(texts, st.booleans())
def test_any_of_very_many_texts_is_read(part: int, text: str, edited: bool) -> None:
    check(text, edited=edited)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts_are_read(name: str) -> None:
    check(TEXTS[name](2_000), edited=False)


def test_what_is_beyond_the_longest_post_is_dropped() -> None:
    assert len(read("ы " * LIMIT).text) <= LIMIT


@pytest.mark.parametrize(
    "text",
    ["Ищу! Павел Зыков (отец", "(отец", "отец)", "Пробный Лука (отец", "мой", "Пробный Лука, мой"],
)
def test_a_text_cut_short_is_read(text: str) -> None:
    extract.read(Post(source="x", external_id="1", posted_at=POSTED, text=text))
