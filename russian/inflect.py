"""A name's form ↔ its nominative: which nominatives a form may come from, and all forms of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

from russian.remembered import remembered

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_GROUPS = {"m": 0, "f": 6, "p": 12}
MALE = 0b111111
FEMALE = MALE << 6
PLURAL = MALE << 12
NOMINATIVE = 0b1 | 0b1 << 6 | 0b1 << 12
ANY = MALE | FEMALE | PLURAL

_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_HUSH = "гкхжшщч"  # behind which stands и, never ы
_STIFF_TAILS = ("заде", "оглу", "зода", "уулу", "улуу")
_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў'-" + ascii_lowercase


def ends(*pieces: Iterable[str]) -> tuple[str, ...]:
    """One ending for each way to take one of every piece."""
    return tuple("".join(taken) for taken in product(*pieces))


_SOFT = ends(_CONSONANTS, "ь")
# The endings a nominative must have for a class of endings.tsv; «possessive» has letters before.
_SHAPES = {
    "possessive": ends(("ов", "ев", "ёв", "ин", "ын"), ("", "а")),
    "hard": ends("бвдзлмнпрст", ("ый", "ая")),
    "stressed": ends("бвдзлмнпрст", ("ой", "ая")),
    "stressed_k": ends("гкхшж", ("ой", "ая")),
    "guttural": ends("гкх", ("ий", "ая")),
    "hissing": ends("жшщч", ("ий", "ая")),
    "soft_adjective": ("ний", "няя"),
    "consonant": tuple(_CONSONANTS),
    "consonant_woman": (
        *(letter for letter in _CONSONANTS if letter not in "вн"),
        *(before + "в" for before in _LETTERS if before not in "оеё"),
        *(before + "н" for before in _LETTERS if before not in "иы"),
    ),
    "soft": _SOFT,
    "soft_woman": _SOFT,
    "yot": ends("аеёиоуыэюя", "й"),
    "yot_woman": ends("аеёоуэюя", "й"),
    "a": ends(_CONSONANTS + "иеуо", "а"),
    "ya": ends(_CONSONANTS + "ьиеаоуэй", "я"),
    "iya": ("ия",),
    "third": _SOFT,
    "o": ("о",),
    "ko_spoken": ("ко",),
    "still": (*"оеэиыуюё", "ых", "их", "зода"),
    "iy": ends(_CONSONANTS + "ь", ("ий",)),
    "lets": ("лец",),
    "ets": ends(_CONSONANTS + "ь", ("ец",)),
    "iets": ends("аеиоуяю", ("ец",)),
    "ok": ends(_CONSONANTS, ("ок", "ек")),
    "yok": ("рёк", "нёк", "лёк", "тёк", "дёк", "сёк", "вёк"),
    "en": ends(_CONSONANTS, ("ень",)),
    "ey": ends(_CONSONANTS, ("ей",)),
}
_SURNAME = tuple(name for name in _SHAPES if name not in ("third", "iya", "o", "yok"))
_GIVEN = (
    *("consonant", "consonant_woman", "soft", "soft_woman", "yot", "a", "ya", "iya", "third", "o"),
    *("still", "guttural", "ets", "ok", "yok", "iy"),
)
_WOMAN_ONLY = re.compile(r"..[оеё]ва$|[сц]кая$")
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


@remembered
def surname_forms(form: str) -> tuple[Form, ...]:
    """Nominatives a lower-case surname form may come from, with its own letters (ё as written)."""
    head, dash, last = form.rpartition("-")
    if dash and head:
        return _double(head, last)
    return _forms(form, _SURNAME)


@remembered
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


def stem_of_given(form: str) -> str:
    """The letters that every nominative of a lower-case given name's form begins with."""
    return "" if form.startswith(tuple(_STEMS)) else form[: -_longest_ending(_GIVEN)]


@cache
def _longest_ending(kinds: tuple[str, ...]) -> int:
    return max(change.cut for changes in _changes(kinds).values() for change in changes)


def _forms(form: str, kinds: tuple[str, ...], stem: str = "") -> tuple[Form, ...]:
    found: dict[str, int] = {}
    form = stem + form
    table = _changes(kinds)
    fitting: list[_Change] = []
    for size in range(1, min(_longest(kinds), len(form)) + 1):
        fitting += table.get(form[-size:], ())
    fitting.sort()
    for _, cut, ending, mask, plain, least in fitting:
        nominative = form[: len(form) - cut] + ending
        if cut >= len(form) or len(nominative) < least:
            continue
        if nominative[-1] in "ая" and _WOMAN_ONLY.search(nominative):
            mask = 0 if plain else mask & ~MALE  # noqa: PLW2901
        if mask:
            found[nominative] = found.get(nominative, 0) | mask
    return tuple([Form(nominative, mask) for nominative, mask in found.items()])


class _Change(NamedTuple):
    """What may be done to a form of a certain ending to have a nominative."""

    order: int
    cut: int  # letters to take away
    ending: str  # to put in their place
    mask: int
    plain: bool  # «Исаевы» are several people, not «of Исаева»
    least: int  # letters of the nominative


@cache
def _changes(kinds: tuple[str, ...]) -> dict[str, tuple[_Change, ...]]:
    """Last letters of a form → the changes that give a nominative of a shape of these classes."""
    found: dict[str, list[_Change]] = {}
    endings = sorted(_endings().items(), key=lambda item: len(item[0]))
    entries = [(end, entry) for end, found_ in endings for entry in found_ if entry.kind in kinds]
    for order, (end, entry) in enumerate(entries):
        plain = entry.kind == "a" and "possessive" in kinds
        for shape in _SHAPES[entry.kind]:
            least = max(2, len(shape) + (entry.kind == "possessive"))
            change = _Change(order, len(end), entry.nominative, entry.mask, plain, least)
            if shape.endswith(entry.nominative):
                stem = shape.removesuffix(entry.nominative)
                if entry.kind == "a" and end == ("и" if stem not in _HUSH else "ы"):
                    continue  # «Худи» is of no Худа
                found.setdefault(stem + end, []).append(change)
            elif entry.nominative.endswith(shape):
                found.setdefault(end, []).append(change)
    return {tail: tuple(dict.fromkeys(changes)) for tail, changes in found.items()}


@cache
def _longest(kinds: tuple[str, ...]) -> int:
    return max(map(len, _changes(kinds)))


def _is_shaped(nominative: str, kind: str) -> bool:
    ending = nominative[1:] if kind == "possessive" else nominative
    return ending.endswith(_SHAPES[kind])


def _double(head: str, last: str) -> tuple[Form, ...]:
    if last in _STIFF_TAILS:
        return (Form(f"{head}-{last}", ANY),)
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
            if nominative.endswith(entry.nominative) and _is_shaped(nominative, entry.kind):
                found.add(nominative[: len(nominative) - len(entry.nominative)] + ending)
    return frozenset(found)


def feminine(surname: str) -> str:
    """A man's nominative surname as his sister bears it, if it changes."""
    if surname.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return surname + "а"
    return re.sub("(?:ий|ый|ой)$", "ая", surname)


def masculine(surname: str) -> str:
    """A woman's nominative surname as her brother bears it; as it is where that is not known."""
    if surname.endswith(("ова", "ева", "ёва", "ина", "ына")):
        return surname[:-1]
    return re.sub("([сц]к)ая$", r"\1ий", surname)


_DECLINED = {
    "s": ("possessive", "hard", "stressed", "stressed_k", "guttural", "hissing", "soft_adjective",
          "still", "iya", "a", "ya", "lets", "iets", "ets", "consonant", "soft", "yot"),
    "g": ("iy", "still", "iya", "a", "ya", "third", "consonant", "soft", "yot"),
}  # fmt: skip


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
        if _is_shaped(low, kind) and (forms := _declined(low, kind, who)):
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
