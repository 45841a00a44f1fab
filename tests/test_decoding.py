"""Bytes of unknown make → text."""

from __future__ import annotations

import pytest

from scraper.decoding import decode


@pytest.mark.parametrize("codec", ["utf-8", "cp1251", "koi8_r", "cp866", "utf-16"])
@pytest.mark.parametrize(
    "text", ["Дамбаев", "ИВАНОВ ИВАН", "щука", "Пропал сын! В/ч 00000, Курск", "ёлка; Ёлкин"]
)
def test_text_is_found_without_a_label(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("content", "encoding", "label", "text"),
    [
        ("мир".encode("cp1251"), "windows-1251", "", "мир"),
        ("мир".encode(), None, "text/html; charset=windows-1251", "мир"),
        ("мир".encode("cp1251"), None, "text/html; charset=utf-8", "мир"),
        ("мир".encode("cp1251"), "no-such-codec", "", "мир"),
        ("мир" * 50, None, "", "мир" * 50),
        (("мир" * 50).encode() + b"\xff", None, "", "мир" * 50 + "\ufffd"),
        (b"caf\xe9", None, "text/html; charset=iso-8859-1", "café"),
        (b"", None, "", ""),
    ],
)
def test_labels_help_and_do_not_rule(
    content: bytes | str, encoding: str | None, label: str, text: str
) -> None:
    body = content.encode() if isinstance(content, str) else content
    assert decode(body, encoding, label) == text
