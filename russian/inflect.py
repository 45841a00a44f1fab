"""A name's form ↔ its nominative: which nominatives a form may come from, and all forms of one."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_GROUPS = {"m": 0, "f": 6, "p": 12}
MALE = 0b111111
FEMALE = MALE << 6
PLURAL = MALE << 12
NOMINATIVE = 0b1 | 0b1 << 6 | 0b1 << 12
ANY = MALE | FEMALE | PLURAL

_CONSONANT = "бвгджзклмнпрстфхцчшщ"
_POSSESSIVE = r"(?:[оеё]в|[иы]н)"
# The shape a nominative must have for a class of endings.tsv.
_SHAPES = {
    "possessive": re.compile(rf".{_POSSESSIVE}а?$"),
    "hard": re.compile(r"[бвдзлмнпрст](?:ый|ая)$"),
    "stressed": re.compile(r"[бвдзлмнпрст](?:ой|ая)$"),
    "stressed_k": re.compile(r"[гкхшж](?:ой|ая)$"),
    "guttural": re.compile(r"[гкх](?:ий|ая)$"),
    "hissing": re.compile(r"[жшщч](?:ий|ая)$"),
    "soft_adjective": re.compile(r"н(?:ий|яя)$"),
    "consonant": re.compile(rf"[{_CONSONANT}]$"),
    "consonant_woman": re.compile(rf"[{_CONSONANT}](?<![оеё]в)(?<![иы]н)$"),
    "soft": re.compile(rf"[{_CONSONANT}]ь$"),
    "soft_woman": re.compile(rf"[{_CONSONANT}]ь$"),
    "yot": re.compile(r"[аеёиоуыэюя]й$"),
    "yot_woman": re.compile(r"[аеёоуэюя]й$"),
    "a": re.compile(rf"[{_CONSONANT}иеуо]а$"),
    "ya": re.compile(rf"[{_CONSONANT}ьиеаоуэй]я$"),
    "iya": re.compile(r"ия$"),
    "third": re.compile(rf"[{_CONSONANT}]ь$"),
    "o": re.compile(r"о$"),
    "ko_spoken": re.compile(r"ко$"),
    "still": re.compile(r"(?:[оеэиыуюё]|[ыи]х|зода)$"),
    "iy": re.compile(rf"[{_CONSONANT}ь]ий$"),
    "lets": re.compile(r"лец$"),
    "ets": re.compile(rf"[{_CONSONANT}ь]ец$"),
    "iets": re.compile(r"[аеиоуяю]ец$"),
    "ok": re.compile(rf"[{_CONSONANT}][ое]к$"),
    "en": re.compile(rf"[{_CONSONANT}]ень$"),
    "ey": re.compile(rf"[{_CONSONANT}]ей$"),
}
_SURNAME = tuple(name for name in _SHAPES if name not in ("third", "iya", "o"))
_GIVEN = (
    *("consonant", "consonant_woman", "soft", "soft_woman", "yot", "a", "ya", "iya", "third", "o"),
    *("still", "guttural", "ets", "ok", "iy"),
)
_WOMAN_ONLY = re.compile(r"..[оеё]ва$|[сц]кая$")
_REMEMBERED = 50_000  # words
_TAIL = 6  # letters: no shape looks at more
# Names whose stem changes: oblique stem → nominative stem.
_STEMS = {"льв": "лев", "павл": "павел", "петр": "пётр", "любв": "любовь"}


class Form(NamedTuple):
    """One way to understand a form: the nominative and the cases it may stand in, as bits.

    Bits 0–5 are the six cases of a man's name, 6–11 of a woman's, 12–17 of several people's.
    """

    nominative: str
    mask: int


class _Ending(NamedTuple):
    kind: str
    nominative: str
    mask: int


def bits(who: str, cases: str) -> int:
    """The mask of space-separated cases for m, f or p."""
    return sum(1 << (_GROUPS[who] + CASES.index(case)) for case in cases.split())


@cache
def _endings() -> dict[str, tuple[_Ending, ...]]:
    table: dict[str, list[_Ending]] = {}
    for line in Path(__file__).with_name("endings.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, ending, nominative, who, cases = line.split("\t")
        entry = _Ending(kind, nominative.strip("-"), bits(who, cases))
        table.setdefault(ending.strip("-"), []).append(entry)
    return {ending: tuple(entries) for ending, entries in table.items()}


@lru_cache(maxsize=_REMEMBERED)
def surname_forms(form: str) -> tuple[Form, ...]:
    """Nominatives a lower-case surname form may come from, with its own letters (ё as written)."""
    head, dash, last = form.rpartition("-")
    if dash and head:
        return _double(head, last)
    return _forms(form, _SURNAME)


@lru_cache(maxsize=_REMEMBERED)
def given_forms(form: str) -> tuple[Form, ...]:
    """Nominatives a lower-case given name's form may come from."""
    for stem, nominative in _STEMS.items():
        if form.startswith(stem) and len(form) - len(stem) in (1, 2):
            rest = _forms(form[len(stem) :], ("consonant",), stem="бб")
            if rest and nominative != "любовь":
                return tuple(Form(nominative, name.mask) for name in rest)
    if form in ("любви", "любовью"):
        return (Form("любовь", bits("f", "gent datv loct" if form == "любви" else "ablt")),)
    return _forms(form, _GIVEN)


def _forms(form: str, kinds: tuple[str, ...], stem: str = "") -> tuple[Form, ...]:
    found: dict[str, int] = {}
    form = stem + form
    endings = _endings_of(kinds)
    for size in range(min(5, len(form) - 1) + 1):
        for entry in endings.get(form[len(form) - size :], ()):
            nominative = form[: len(form) - size] + entry.nominative
            mask = _shaped(entry, nominative[-_TAIL:], "possessive" in kinds)
            if mask and len(nominative) >= 2:
                found[nominative] = found.get(nominative, 0) | mask
    return tuple([Form(nominative, mask) for nominative, mask in found.items()])


@cache
def _endings_of(kinds: tuple[str, ...]) -> dict[str, tuple[_Ending, ...]]:
    """The endings of these classes."""
    chosen = {
        ending: tuple(entry for entry in entries if entry.kind in kinds)
        for ending, entries in _endings().items()
    }
    return {ending: entries for ending, entries in chosen.items() if entries}


@lru_cache(maxsize=100_000)
def _shaped(entry: _Ending, tail: str, possessive: bool) -> int:
    """The cases an ending may stand for with a nominative of this tail; 0 where it cannot."""
    woman = _WOMAN_ONLY.search(tail)
    if entry.kind == "a" and possessive and woman:
        return 0  # «Исаевы» are several people, not «of Исаева»
    if not _SHAPES[entry.kind].search(tail):
        return 0
    return entry.mask & ~MALE if woman else entry.mask


def _double(head: str, last: str) -> tuple[Form, ...]:
    found: dict[str, int] = {}
    heads = {form.nominative: form.mask for form in surname_forms(head)} | {head: ANY}
    for tail in surname_forms(last):
        for nominative, mask in heads.items():
            if both := tail.mask & mask:
                joined = f"{nominative}-{tail.nominative}"
                found[joined] = found.get(joined, 0) | both
    return tuple(Form(nominative, mask) for nominative, mask in found.items())


def case_forms(nominative: str) -> frozenset[str]:
    """Every singular form a lower-case nominative may take, as a surname or a given name.

    For searching: a form too many finds nothing more, a form too few misses a man.
    """
    found = {nominative}
    for stem, changed in _STEMS.items():
        if nominative == changed:
            found |= {stem + form[1:] for form in case_forms("б") if len(form) > 1}
    for ending, entries in _endings().items():
        for entry in entries:
            if not entry.mask & ~PLURAL:
                continue
            if nominative.endswith(entry.nominative) and _SHAPES[entry.kind].search(nominative):
                found.add(nominative[: len(nominative) - len(entry.nominative)] + ending)
    return frozenset(found)


def feminine(surname: str) -> str:
    """A man's nominative surname as his sister bears it, if it changes."""
    if surname.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return surname + "а"
    return re.sub("(?:ий|ый|ой)$", "ая", surname)


_DECLINED = {
    "s": ("possessive", "hard", "stressed", "stressed_k", "guttural", "hissing", "soft_adjective",
          "still", "iya", "a", "ya", "lets", "iets", "ets", "consonant", "soft", "yot"),
    "g": ("iy", "still", "iya", "a", "ya", "third", "consonant", "soft", "yot"),
}  # fmt: skip
_HUSH = "гкхжшщч"


def all_forms(name: str, part: str, *, woman: bool = False) -> tuple[str, ...]:
    """A nominative surname ("s") or given name ("g") in the six cases of CASES, lower case.

    What is not declined comes back six times; hyphenated halves are declined each.
    """
    low = name.lower()
    if "-" in low:
        halves = [all_forms(half, part, woman=woman) for half in low.split("-")]
        return tuple("-".join(forms) for forms in zip(*halves, strict=True))
    for stem, nominative in _STEMS.items():
        if part == "g" and low.replace("ё", "е") == nominative.replace("ё", "е"):
            if nominative == "любовь":
                return (low, "любви", "любви", low, "любовью", "любви")
            return (low, *(_declined(stem, "consonant", "m") or ())[1:])
    who = "f" if woman else "m"
    for kind in _DECLINED[part]:
        if _SHAPES[kind].search(low) and (forms := _declined(low, kind, who)):
            return forms
    return (low,) * len(CASES)


def _declined(low: str, kind: str, who: str) -> tuple[str, ...] | None:
    if who == "f" and kind in ("lets", "iets", "ets", "consonant", "soft", "yot", "iy"):
        return None
    if who == "m" and (kind == "third" or (kind == "possessive" and low.endswith("а"))):
        return None
    if kind == "possessive" and who == "f" and not low.endswith("а"):
        return None
    found: dict[str, str] = {}
    for ending, entries in _endings().items():
        for entry in entries:
            if entry.kind != kind or not low.endswith(entry.nominative):
                continue
            form = low[: len(low) - len(entry.nominative)] + ending
            for case in CASES:
                if entry.mask & bits(who, case) and _spelt_right(form, entry.nominative):
                    found.setdefault(case, form)
    return tuple(found[case] for case in CASES) if len(found) == len(CASES) else None


def _spelt_right(form: str, nominative: str) -> bool:
    """«Никиты» but «Сороки», «Мишей» but «Никитой», «Шмидтом» but «Кузьмичем»."""
    if len(form) < 3:
        return True
    last, before = form[-1], form[-2]
    if nominative == "а" and last == "ы":
        return before not in _HUSH
    if nominative == "а" and last == "и":
        return before in _HUSH
    if (nominative == "а" and form[-2:] in ("ей", "ею")) or (
        not nominative and last + before == "ме"
    ):
        return form[-3] in "жшщчц"
    if (nominative == "а" and form[-2:] in ("ой", "ою")) or (
        not nominative and last + before == "мо"
    ):
        return form[-3] not in "жшщчц"
    return True
