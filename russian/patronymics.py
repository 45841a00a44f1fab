"""A patronymic's form → its nominative; abbreviations written out."""

from __future__ import annotations

import marshal
import re
from bisect import bisect_left
from functools import lru_cache
from typing import cast

from russian.given import fold
from russian.inflect import ANY, FEMALE, MALE, Form, bits
from russian.kept import installed, kept, once
from russian.remembered import FORMS

_MAN = re.compile(r"^(.{2,}?(?:[оеё]вич|ич|[ыи]ч))(а|у|ем|ом|е|и|ей|ам|ами|ах)?$")
_WOMAN = re.compile(r"^(.{2,}?(?:[оеё]вн|ичн|иничн))(а|ы|е|у|ой|ою|ам|ами|ах)$")
_MAN_CASES = {
    None: bits("m", "nomn"), "а": bits("m", "gent accs"), "у": bits("m", "datv"),
    "ем": bits("m", "ablt"), "ом": bits("m", "ablt"), "е": bits("m", "loct"),
    "и": bits("p", "nomn"), "ей": bits("p", "gent accs"), "ам": bits("p", "datv"),
    "ами": bits("p", "ablt"), "ах": bits("p", "loct"),
}  # fmt: skip
_WOMAN_CASES = {
    "а": bits("f", "nomn"), "ы": bits("f", "gent") | bits("p", "nomn"),
    "е": bits("f", "datv loct"), "у": bits("f", "accs"), "ой": bits("f", "ablt"),
    "ою": bits("f", "ablt"), "ам": bits("p", "datv"), "ами": bits("p", "ablt"),
    "ах": bits("p", "loct"),
}  # fmt: skip
SON = frozenset(("оглы", "оглу", "углы", "угли", "ўғли", "оглi", "огли", "уғли"))
KYRGYZ_SON = frozenset(("уулу", "улуу"))  # a surname too: «Эркинбек уулу Тимур»
DAUGHTER = frozenset(("кызы", "гызы", "кизи", "қизи"))
LATIN_TAILS = {
    "ogly": "оглы", "oglu": "оглы", "oghlu": "оглы", "ogli": "оглы", "ugli": "угли",
    "kyzy": "кызы", "gyzy": "кызы", "kizi": "кызы", "uulu": "уулу",
}  # fmt: skip
_SONS = ("улы", "оглы", "угли")
_TAILS = ("улы", "оглы", "угли", "кызы", "гызы")
_GLUED = re.compile(f"([а-яё]{{3,}})({'|'.join(_TAILS)})")
_BEYOND = "\uffff"  # sorts behind every letter
_SHARE = 0.8  # of the bearers whose patronymic starts so: below it an abbreviation stays as it is


def patronymic_forms(form: str) -> tuple[Form, ...]:
    """Nominatives a lower-case patronymic form may come from; empty if it is none by its shape."""
    tail = form.rpartition("-")[2]
    if tail in SON or tail in KYRGYZ_SON:
        return (Form(form, ANY & ~bits("f", "nomn gent datv accs ablt loct")),)
    if tail in DAUGHTER:
        return (Form(form, ANY & ~bits("m", "nomn gent datv accs ablt loct")),)
    if form.endswith(_TAILS) and (match := _GLUED.fullmatch(form)):  # «Маратулы», «Сериккызы»
        return (Form(form, ANY & ~(FEMALE if match[2] in _SONS else MALE)),)
    form = form.removesuffix("ь") if form.endswith("чь") else form  # «Сергеевичь»
    if "ч" in form and (match := _MAN.match(form)):
        return (Form(match[1], _MAN_CASES[match[2]]),)
    if ("ч" in form or "вн" in form) and (match := _WOMAN.match(form)):
        return (Form(match[1] + "а", _WOMAN_CASES[match[2]]),)
    return ()


def father_of(form: str) -> str | None:
    """The father's name in a patronymic of one word with оглы, улы, кызы; None for any other."""
    match = _GLUED.fullmatch(form)
    return match[1] if match else None


def in_full(name: str) -> str:
    """A spoken patronymic as papers have it (Иваныч → иванович); another comes back as it is."""
    spoken = _SPOKEN.fullmatch(name)
    if spoken is None or count(name) > _OWN:
        return name
    stem = spoken[1]
    fuller = _SPOKEN_STEMS.get(stem) or (stem + "евич" if stem[-1] in "аеиояь" else stem + "ович")
    return fuller if count(fuller) > _OWN else name


_SPOKEN = re.compile("(.{2,}?)(?:ыч|ич)")
_SPOKEN_STEMS = {
    "пал": "павлович", "сан": "александрович", "алексан": "александрович", "лексе": "алексеевич",
    "михал": "михайлович", "алексе": "алексеевич", "серге": "сергеевич", "андре": "андреевич",
    "юр": "юрьевич", "василь": "васильевич", "василич": "васильевич", "васил": "васильевич",
    "анатоль": "анатольевич", "анатол": "анатольевич", "геннадь": "геннадьевич",
    "григорь": "григорьевич",
    "макс": "максимович", "яковлич": "яковлевич", "яковл": "яковлевич", "игор": "игоревич",
    "евгень": "евгеньевич", "дмитр": "дмитриевич", "митр": "дмитриевич", "аркадь": "аркадьевич",
}  # fmt: skip
_OWN = 40  # bearers that make a form a patronymic of papers


def count(name: str) -> int:
    """Bearers of a nominative patronymic in russiannames."""
    return _counts().get(fold(name), 0)


@lru_cache(maxsize=FORMS)
def written_out(short: str, woman: bool = False) -> str | None:
    """The one patronymic an abbreviation («Ник», «Юр») stands for, lower case; None if several."""
    beginning = fold(short)
    names = _by_ending()["на" if woman else "ич"]
    low = bisect_left(names, beginning)
    found = names[low : bisect_left(names, beginning + _BEYOND, low)]
    counts = _counts()
    best = max(found, key=lambda name: counts[name], default=None)
    if best is None or counts[best] < _SHARE * sum(counts[name] for name in found):
        return None
    return best


def contracted(form: str) -> str | None:
    """«Вас-ч», «Алекс-вна» written out, lower case; None for any other form."""
    match = _CONTRACTED.fullmatch(form)
    return written_out(match[1], woman=match[2].endswith("а")) if match else None


_CONTRACTED = re.compile("([а-яё]{2,7})-(ч|ич|вич|ович|евич|на|вна|овна|евна)")


@once
def _by_ending() -> dict[str, list[str]]:
    """Nominative patronymics in order, men's and women's."""
    return {
        ending: sorted(name for name in _counts() if name.endswith(ending))
        for ending in ("ич", "на")
    }


@once
def _counts() -> dict[str, int]:
    content = kept("patronymics", _build, "russiannames", ("patronymics.py",))
    return cast(dict[str, int], marshal.loads(content))  # noqa: S302  our own, by its digest


def _build() -> bytes:
    import polars  # noqa: PLC0415  needed once

    path = installed("russiannames", "data/midnames.parquet")
    word = polars.col("text").str.to_lowercase().str.replace_all("ё", "е")
    table = (
        polars.read_parquet(path, columns=["text", "count"])
        .with_columns(word)
        .filter(polars.col("text").str.contains(r"^[а-я]{3,}$"))
        .group_by("text")
        .agg(polars.col("count").sum())
        .filter(polars.col("count") >= 2)
    )
    return marshal.dumps(dict(zip(table["text"], table["count"], strict=True)))
