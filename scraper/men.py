"""The text of one row that may hold several men → a text for each of them.

Newspapers part the men of a list by line breaks or semicolons inside one paragraph. A part begins
where a line begins with a name: a relative's line and a line with a telephone go on with the man
above.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from russian import given
from russian.morphology import parses
from russian.patronymics import patronymic_forms
from russian.phrases import rows
from russian.transliterate import to_russian

_WORD = re.compile(r"[^\W\d_]+(?:[-’'ʼ][^\W\d_]+)*\.?")
_HEAD = re.compile(r"[\s\d.)№#*•·†+—–-]*")
_PHONE = re.compile(r"\d(?:[\s()\-]*\d){9}|@\w")
_SENTENCE = re.compile(r"(?<=[^\W\d_]{4})\.\s")
_DATED = re.compile(r"\d")
_SMALL = 4  # words of a rank before a name
_NAME = 4  # words a name stands in


def men_in(text: str) -> list[str]:
    """The parts of a text, one for each man; the whole where it is one man's."""
    for mark in ("\n", ";"):
        if mark in text:
            parts = [part.strip() for part in text.split(mark) if part.strip()]
            starts = [at for at, part in enumerate(parts) if _begins_with_name(part)]
            if _is_list(parts, starts):
                return _grouped(parts, starts, mark)
    return [text]


def _is_list(parts: list[str], starts: list[int]) -> bool:
    """Do two parts or more name men, each with a figure of his own, and most parts at that?"""
    ends = [*starts[1:], len(parts)]
    dated = sum(
        any(_DATED.search(part) for part in parts[start:end])
        for start, end in zip(starts, ends, strict=True)
    )
    return len(starts) > 1 and dated > 1 and dated * 2 >= len(starts)


def _grouped(parts: list[str], starts: list[int], mark: str) -> list[str]:
    bounds = [*([0] if starts[0] else []), *starts, len(parts)]
    glue = mark if mark == "\n" else "; "
    return [glue.join(parts[low:high]) for low, high in pairwise(bounds)]


def _begins_with_name(line: str) -> bool:
    head = _HEAD.match(line)
    sentence = _SENTENCE.split(line[head.end() if head else 0 :], maxsplit=1)[0]
    words = _WORD.findall(sentence)[: _NAME + _SMALL]
    if _PHONE.search(line):
        return False
    small = next((at for at, word in enumerate(words) if word[0].isupper()), _SMALL + 1)
    words = words[small:] if small <= _SMALL else []
    if any(_is_kin(word) for word in words[:_NAME]):
        return False
    name = [word for word in words[:_NAME] if word[0].isupper()]
    return len(name) > 1 and any(map(_is_given, name))


@cache
def _is_given(word: str) -> bool:
    """A listed given name, a patronymic or an initial, in whatever letters."""
    if len(word) == 2 and word.endswith("."):
        return True
    low = to_russian(word.rstrip("."), ukrainian=False).lower()
    return given.known(low) is not None or bool(patronymic_forms(low))


@cache
def _is_kin(word: str) -> bool:
    low = word.rstrip(".").lower().replace("ё", "е")
    return low in _kin() or any(parse.normal in _kin() for parse in parses(low))


@cache
def _kin() -> frozenset[str]:
    return frozenset(cells[0].lstrip("=") for cells in rows("kin") if " " not in cells[0])
