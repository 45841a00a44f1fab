"""Folded text → telephones told in words, whole or half: «восемь девятьсот три нуля …».

The pieces that stand for digits are put in a row, and the row is told by its length. A row that is
too short for a telephone is the rest of one beside it: «сорок четыре …, а перед этим …».
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from russian.phrases import rows
from russian.remembered import remembered

_WORD = re.compile(
    r"(?<!\w)(?:[^\W\d_] ){5,200}[^\W\d_](?!\w)"  # «В О С Е М Ь»
    r"|[^\W\d_]+(?:['’ʼ][^\W\d_]+)*(?:-[^\W\d_]+)*|\d+"
)
_PART = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LETTERS_APART = 5
_SPACED = re.compile(rf"(?<!\w)(?:[^\W\d_] ){{{_LETTERS_APART}}}")
_APOSTROPHE = re.compile("[’ʼ]")
_OPENING = re.compile(r"[78](?:\d{3})?|9\d\d")  # digits a number told half in words begins with
COUNTED = re.compile(  # behind a number that is no telephone's
    r" ?(?:лет|год|дн|ден|мес|недел|час|мин|раз|сообщ|звон|слов|фото|человек|чел|км|руб|сут)"
)
_ALIKE = re.compile("[оoзбliі]{1,4}")  # letters that are written for digits
_ALIKE_DIGITS = str.maketrans("оoзбliі", "0036111")
_ALIKE_BESIDE = re.compile(
    r"\d(?:[ ().\-–—]{0,3}[оoзбliі]{2,4}(?![^\W\d_])|(?<![^\W_]\d)\d{0,2}[liі])"
)
_UNIT = re.compile(r"(?:част[ьи]|в/?ч|полка?|бригад[аыеу]|дивизии?)[^\w\n]{0,3}$")  # its number
_UNIT_REACH = 12  # characters
_APART = 4  # characters between two pieces
_WHOLE = 11  # digits of a telephone with its 7 or 8
_NEAR = 60  # characters from one telephone to the rest or the next of it
_LONGEST_PIECE = 4  # digits of a piece written in digits, between pieces in words
_LEAST_GLUED = 12  # letters of several numbers written as one word
_MOST_TIMES = 9


class Row(NamedTuple):
    """Pieces in a row: where they stand, how many they are, and their digits."""

    start: int
    end: int
    pieces: int
    digits: int


class Told(NamedTuple):
    """Rows that are telephones, and those that may be the rest of one."""

    phones: list[Row]
    rests: list[Row]


class _Piece(NamedTuple):
    """A word or number that stands for digits; offsets are into the text."""

    start: int
    end: int
    digits: str
    word: str

    @property
    def filler(self) -> bool:
        """Does it only stand between numbers?"""
        return not self.digits and self.word in _words().between


class _Words(NamedTuple):
    """`russian/spoken_digits.tsv`."""

    digits: dict[str, str]  # word → digits, "" for a sign
    many: frozenset[str]
    times: frozenset[str]
    between: frozenset[str]  # fillers and «раз»
    beginnings: tuple[str, ...]


def told(lowered: str, words: Sequence[str]) -> Told:
    """Telephones told in words; `words`: the letters and digits of the text in runs."""
    if not (_may_be_dictated(lowered, words) or _ALIKE_BESIDE.search(lowered)):
        return Told([], [])
    text = _APOSTROPHE.sub("'", lowered.replace("ё", "е"))
    phones: list[Row] = []
    rests: list[Row] = []
    for run in _runs(text):
        row = Row(run[0].start, run[-1].end, len(run), sum(len(one.digits) for one in run))
        if all(one.word.isdecimal() for one in run):
            continue
        if _is_unit(text, row.start) and row.digits < _WHOLE - 1:
            continue
        if _is_phone(run, row):
            phones.append(row)
        elif len(run) > 1 and any(map(_is_said, run)) and not COUNTED.match(text, row.end):
            rests.append(row)
    spans = [(phone.start, phone.end) for phone in phones]
    near = [row for row in rests if is_near(spans, row.start, row.end, _NEAR)]
    taken = frozenset(near)
    return Told(phones + near, [row for row in rests if row not in taken])


def _is_unit(text: str, at: int) -> bool:
    return _UNIT.search(text[max(0, at - _UNIT_REACH) : at]) is not None


def is_near(spans: Sequence[tuple[int, int]], start: int, end: int, reach: int) -> bool:
    """Does one of the spans, in order, end or begin within so many characters of a place?"""
    place = bisect_left(spans, (start, 0))
    before = place > 0 and start - spans[place - 1][1] <= reach
    return before or (place < len(spans) and spans[place][0] - end <= reach)


def _may_be_dictated(lowered: str, words: Sequence[str]) -> bool:
    """Does a number follow one said in words, or one said in words an opening 7 or 8?"""
    known = _words()
    lengths = list(map(len, words))
    if lengths.count(1) >= _LETTERS_APART and _SPACED.search(lowered):
        return True
    if max(lengths, default=0) > _LEAST_GLUED and any(map(_is_glued, words)):
        return True
    if known.digits.keys().isdisjoint(words):
        return not known.between.isdisjoint(words) and any(
            after in known.between and _OPENING.fullmatch(word) for word, after in pairwise(words)
        )
    return any(
        (word in known.digits or _OPENING.fullmatch(word) is not None)
        and (after in known.digits or after in known.between or after.isdecimal())
        for word, after in pairwise(words)
    )


def _is_glued(word: str) -> bool:
    return len(word) > _LEAST_GLUED and bool(_parted(word))


def _parted(word: str) -> str:
    """«восемьдевятьсот» → 8900; "" where the word is not made of numbers."""
    known = _words()
    if word in known.digits:
        return known.digits[word]
    if len(word) > _WHOLE * _LEAST_GLUED or not word.startswith(known.beginnings):
        return ""
    for end in range(min(len(word) - 1, 14), 2, -1):
        if word[:end] in known.digits and (rest := _parted(word[end:])):
            return known.digits[word[:end]] + rest
    return ""


@cache
def _words() -> _Words:
    table = {row[0]: row[1].replace("ё", "е").split() for row in rows("spoken_digits")}
    digits = {word: key for key, said in table.items() if key.isdecimal() for word in said}
    digits |= dict.fromkeys(table["many"], "00") | dict.fromkeys(table["sign"], "")
    times = frozenset(table["times"])
    between = frozenset(table["filler"]) | times
    beginnings = tuple({word[:3] for word in digits})
    return _Words(digits, frozenset(table["many"]), times, between, beginnings)


def said_digits() -> dict[str, str]:
    """Number word → its digits."""
    return _words().digits


@remembered
def _value(word: str) -> str | None:
    said = _words().digits.get(word)
    return said if said is not None else _parted(word) or None


def _is_said(piece: _Piece) -> bool:
    return bool(piece.digits) and not piece.word.isdecimal() and _value(piece.word) is not None


def _runs(text: str) -> Iterator[list[_Piece]]:
    """Rows of pieces that stand for digits, fillers between them."""
    run: list[_Piece] = []
    for piece in _pieces(text):
        joins = bool(run) and piece.start - run[-1].end <= _APART
        if joins and _goes_on(piece):
            _join(run, piece)
            continue
        if whole := _trimmed(run):
            yield whole
        opens = _value(piece.word) is not None or _OPENING.fullmatch(piece.word) is not None
        run = [piece] if opens else []
    if whole := _trimmed(run):
        yield whole


def _goes_on(piece: _Piece) -> bool:
    short = piece.word.isdecimal() and len(piece.word) <= _LONGEST_PIECE
    return piece.filler or short or _value(piece.word) is not None or _is_alike(piece)


def _join(run: list[_Piece], piece: _Piece) -> None:
    """Add the piece; «три нуля» and «пять раз ноль» are as many zeros."""
    before = run[-1]
    repeated = before.word in _words().times and len(run) > 1
    number = run[-2] if repeated else before
    if (repeated or piece.word in _words().many) and piece.digits and len(number.digits) == 1:
        times = min(int(number.digits), _MOST_TIMES)
        run[-2 if repeated else -1] = number._replace(digits="")
        piece = piece._replace(digits=piece.digits[:1] * times)
    run.append(piece)


def _pieces(text: str) -> Iterator[_Piece]:
    """Each word and number; a hyphened word whole where it is one number («во-семь»)."""
    for match in _WORD.finditer(text):
        word = match.group()
        plain = word.replace("-", "").replace(" ", "")
        if plain == word or _parted(plain):
            yield _piece(match.start(), match.end(), plain)
        else:
            for part in _PART.finditer(word):
                start = match.start() + part.start()
                yield _piece(start, start + len(part.group()), part.group())


def _piece(start: int, end: int, word: str) -> _Piece:
    said = _value(word)
    if said is None:
        alike = word.translate(_ALIKE_DIGITS) if _ALIKE.fullmatch(word) else ""
        said = word if word.isdecimal() else alike
    return _Piece(start, end, said, word)


def _trimmed(run: Sequence[_Piece]) -> list[_Piece]:
    """Without fillers at its end, nor what only looks like digits behind a whole number."""
    kept = list(run)
    while kept and kept[-1].filler:
        kept.pop()
    while kept and _is_alike(kept[-1]) and sum(len(one.digits) for one in kept[:-1]) >= _WHOLE:
        kept.pop()
    return kept


def _is_alike(piece: _Piece) -> bool:
    return _ALIKE.fullmatch(piece.word) is not None and _value(piece.word) is None


def _is_phone(run: Sequence[_Piece], row: Row) -> bool:
    if not any(map(_is_said, run)):  # digits, letters like digits, words between
        return row.digits in (_WHOLE, _WHOLE + 1)
    if run[0].word.isdecimal():
        return row.digits >= 9
    return (row.pieces >= 5 and row.digits >= 7) or row.digits >= 10
