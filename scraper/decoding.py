"""Bytes of a page → text, where the label is wrong, absent, or only in the page itself."""

from __future__ import annotations

import codecs
import re

_CANDIDATES = ("cp1251", "koi8_r", "cp866")
_LABEL = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё")
_FREQUENT = frozenset("оеаинтсрвлкм")
_SAMPLE = 200_000
_DAMAGE = 0.05  # this share of broken characters still is UTF-8, only damaged


def decode(content: bytes, encoding: str | None = None, content_type: str = "") -> str:
    """The text of `content`: by the given encoding, a byte order mark, UTF-8, labels, letters.

    Never raises: what cannot be decoded becomes U+FFFD.
    """
    if encoding and _known(encoding):
        return content.decode(encoding, "replace").removeprefix("\ufeff")
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return content.decode(codec, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_guess(content, content_type), "replace")


def _guess(content: bytes, content_type: str) -> str:
    """The codec of bytes that are no clean UTF-8."""
    label = _label(content, content_type)
    sample = content[:_SAMPLE]
    text = sample.decode("utf-8", "replace")
    foreign = sum(char > "\x7f" for char in text)
    if text.count("\ufffd") <= _DAMAGE * foreign:
        return "utf-8"
    if label and label not in _CANDIDATES and not label.startswith("utf"):
        return label
    return max(_CANDIDATES, key=lambda codec: (_plausible(sample, codec), codec == label))


def _label(content: bytes, content_type: str) -> str | None:
    found = _HEADER.search(content_type)
    name = found[1] if found else None
    if name is None and (inside := _LABEL.search(content[:4096])):
        name = inside[1].decode("ascii", "replace")
    return codecs.lookup(name).name.replace("-", "_") if name and _known(name) else None


def _known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _plausible(sample: bytes, codec: str) -> float:
    """How Russian the bytes look in this codec: frequent small letters, capitals only in front."""
    score = 0.0
    before = " "
    for char in sample.decode(codec, "replace"):
        if char > "\x7f":
            small = char.lower()
            if small not in _COMMON:
                score -= 2.0
            else:
                score += 1.0 + (small in _FREQUENT)
                if char != small and before != before.upper():
                    score -= 3.0  # a capital after a small letter
                elif char == small:
                    score += 0.5
        before = char
    return score
