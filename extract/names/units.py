"""Tokens → runs of units: words that may be parts of names, put together where they were split."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from extract.names.capitals import capital, capital_inside
from extract.names.expected import said_before
from extract.names.place_words import after_preposition, in_place, of_region
from extract.names.words import Facts, facts, initials, kind_of, shortened
from extract.tokens import MARK, NEWLINE, NUMBER, WORD, Token
from russian import patronymics
from russian.given import from_abbreviation
from russian.inflect import FEMALE, MALE
from russian.patronymics import (
    DAUGHTER,
    KYRGYZ_SON,
    LATIN_TAILS,
    SON,
    patronymic_forms,
    written_out,
)
from russian.remembered import FORMS, remembered
from russian.transliterate import to_russian

SURNAME, GIVEN, PATRONYMIC, INITIAL = 1, 2, 4, 8
_GLUED = re.compile(r"[А-ЯЁІЇЄ][а-яёіїє]+(?:-[А-ЯЁІЇЄ][а-яёіїє]+)*")
_SPLIT_TAIL = re.compile(r"(?:вич|вн|ичн)[а-яё]{0,3}$")
_FEWEST_SPELT, _MOST_SPELT = 4, 60  # letters written with spaces between
_WIDE = 2  # spaces between words spelt out
_ASIDE = 6  # tokens an aside in brackets inside a name may have
_TOLD = 4  # tokens from «фамилия» to the surname: «фамилия у него Кайсин»
_POINTERS = frozenset(("NPRO", "PREP", "ADJF", "Apro"))


class Unit(NamedTuple):
    """One or a few tokens that together are one part of a name."""

    facts: Facts
    first: int
    end: int  # exclusive
    capital: str  # title, start (of a sentence), caps, small (no capitals around), lower
    roles: int
    kin: bool  # a word of kinship or rank stands just before
    near: bool  # so, or a telephone number, or it is a signature
    before_place: bool  # «Лен. обл.»: a word of place follows
    after_place_word: bool  # «в», «под», «из» stands just before
    said_surname: bool  # «фамилия» stands just before
    expected: int  # the cases and sex the word before calls for, as bits; 0 unknown
    dotted: bool = False
    aside: tuple[int, int] = (0, 0)  # tokens in brackets or quotes before this unit


def runs(
    tokens: list[Token], ukrainian: bool, place: int = 0, count: int | None = None
) -> list[list[Unit]]:
    """Stretches of words that may be parts of names, unbroken by other words or marks."""
    found: list[list[Unit]] = []
    run: list[Unit] = []
    count = len(tokens) if count is None else count
    known = _ordinary[ukrainian]
    if len(known) > FORMS:
        known.clear()
    while place < count:
        token = tokens[place]
        units = []
        if token.kind is WORD:
            ordinary = known.get(token.text)
            if ordinary is None:
                ordinary = known[token.text] = _is_ordinary(token.text, ukrainian)
            units = [] if ordinary else _units(tokens, place, ukrainian)
        if units:
            run += units
            place = units[-1].end
            continue
        skip = _bridge(tokens, place, run, ukrainian) if run else 0
        if skip:
            if tokens[place].kind is not NEWLINE:
                found += runs(tokens, ukrainian, place + 1, skip - 1)
            place = skip
            continue
        if run:
            found.append(run)
            run = []
        place += 1
    if run:
        found.append(run)
    return [_with_asides(run) if len(run) > 1 else run for run in found]


_CUT = 4  # letters of a patronymic cut short that is a given name too
_ordinary: tuple[dict[str, bool], dict[str, bool]] = ({}, {})  # by form; not Ukrainian, Ukrainian


def _is_ordinary(text: str, ukrainian: bool) -> bool:
    """Is the form no part of a name, and not names written together either?"""
    plain = facts(text, ukrainian) is None and (text[1:].islower() or text.islower())
    return plain and (text.islower() or shortened(text) is None)


def _units(tokens: list[Token], place: int, ukrainian: bool) -> list[Unit]:
    text = tokens[place].text
    if len(text) == 1 and (spelt := _spelt(tokens, place)):
        return spelt
    found = facts(text, ukrainian) or _clipped(tokens, place)
    if found is None or (found.shape in ("title", "mixed") and capital_inside(text, found)):
        glued = _GLUED.findall(text)
        if len(glued) > 1 and "-" not in text and "".join(glued) == text:
            return _glued(tokens, place, glued)
    if found is None or in_place(tokens, place) or _of_village(tokens, place, found):
        return []
    joined = _joined(tokens, place, found, ukrainian=ukrainian)
    if joined is not None:
        return [joined]
    return [] if _after_place(tokens, place, found) else [_plain(tokens, place, found)]


def _of_village(tokens: list[Token], place: int, found: Facts) -> bool:
    """«стрелок, Ольговка Курской области»: a word no list of names knows is a village."""
    if found.known_given or found.short or not 0 < place < len(tokens) - 1:
        return False
    return tokens[place - 1].text == "," and of_region(tokens, place + 1)


def _plain(tokens: list[Token], place: int, found: Facts) -> Unit:
    roles = SURNAME * bool(found.surname) | GIVEN * bool(found.given)
    roles |= PATRONYMIC * bool(found.patronymic) | INITIAL * bool(found.initial)
    end = place + 1
    dotted = end < len(tokens) and tokens[end].text == "."
    if dotted and found.initial and (second := _second_initial(tokens, end + 1)):
        found, end = initials(f"{found.initial}.-{second}"), end + 3
    if dotted and (whole := _cut_given(tokens, place, found)):
        found, roles, end = whole, GIVEN, end + 1
    elif dotted and found.initial:
        end += 1
    elif dotted and found.short and place and not _whole(found) and written_out(found.short):
        roles |= PATRONYMIC
    kin, number, expected = said_before(tokens, place)
    near = kin or number or _is_signature(tokens, place)
    then = tokens[end + dotted * (end == place + 1)].text if end + dotted < len(tokens) else ""
    return Unit(
        found, place, end, capital(tokens, place), roles, kin, near,
        kind_of(then) == "region", after_preposition(tokens, place, found),
        _says_surname(tokens, place),
        expected, dotted,
    )  # fmt: skip


def _whole(found: Facts) -> bool:
    """«Лаврик Остап.»: a given name that ends a sentence is not cut short."""
    return found.known_given and len(found.short) > _CUT


def _clipped(tokens: list[Token], place: int) -> Facts | None:
    """«Мороз Юрий Вас.»: a word of the language behind a given name, cut short."""
    dotted = 0 < place < len(tokens) - 1 and tokens[place + 1].text == "."
    if not dotted or tokens[place].word.shape != "title":
        return None
    before = facts(tokens[place - 1].text)
    return shortened(tokens[place].text) if before is not None and before.known_given else None


def _second_initial(tokens: list[Token], at: int) -> str:
    """The letter of the second part in «А.-Х.», behind the first full stop; "" for none."""
    if at + 2 >= len(tokens) or tokens[at].text not in "-‐‑" or tokens[at + 2].text != ".":
        return ""
    letter = tokens[at + 1].text
    return letter if len(letter) == 1 and letter.isupper() else ""


def _cut_given(tokens: list[Token], place: int, found: Facts) -> Facts | None:
    """«Гущин Григ. И.»: a given name cut short between a surname and an initial or patronymic."""
    full = from_abbreviation(found.short) if found.short and found.shape == "title" else None
    if full is None or not place or place + 2 >= len(tokens):
        return None
    before, after = facts(tokens[place - 1].text), facts(tokens[place + 2].text)
    family = before is not None and before.surname and before.shape != "lower"
    clipped = after is not None and tokens[min(place + 3, len(tokens) - 1)].text == "."
    goes_on = after is not None and (
        after.initial or after.patronymic or (clipped and written_out(after.short))
    )
    return _in_full(full) if family and goes_on else None


@remembered
def _in_full(name: str) -> Facts | None:
    """A given name in any case, as an abbreviation of it stands."""
    found = facts(name.capitalize())
    if found is None or not found.given:
        return None
    reading = found.given[0]
    mask = FEMALE if reading.mask & FEMALE and not reading.mask & MALE else MALE
    return replace(found, given=(reading._replace(mask=mask),), surname=(), patronymic=())


def _says_surname(tokens: list[Token], place: int) -> bool:
    before = place - 1 - (place > 1 and tokens[place - 1].text in ":-–—")
    if before >= 0 and tokens[before].key.startswith("фамили"):
        return True
    words = tokens[max(0, before - _TOLD + 1) : before + 1]
    told = next((at for at, t in enumerate(words) if t.key.startswith("фамили")), None)
    if told is None:
        return False
    return all(not t.word.tags.isdisjoint(_POINTERS) for t in words[told + 1 :])


def _is_signature(tokens: list[Token], place: int) -> bool:
    """The last word of a line after a full stop or on its own, or one before «(» or a number."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    last = after is None or after.kind is NEWLINE
    before = tokens[place - 1] if place else None
    if before is not None and before.kind in (WORD, NUMBER):
        return False
    if last or after is None or after.kind is NUMBER or after.text in "(/":
        return True
    beyond = tokens[place + 2].text if place + 2 < len(tokens) else ""
    return after.text in ",-–—" and kind_of(beyond) == "kin"


def _glued(tokens: list[Token], place: int, pieces: list[str]) -> list[Unit]:
    units: list[Unit] = []
    for piece in pieces:
        found = facts(piece)
        if found is None:
            if units:
                break
            continue  # «ИщемЛаптевИгорь»
        units.append(_plain(tokens, place, found)._replace(end=place + 1, capital="title"))
    return units if len(units) > 1 else []


def _spelt(tokens: list[Token], place: int) -> list[Unit]:
    """«И В А Н О В» as one word; a gap wider than the others starts the next."""
    last = tokens[place - 1] if place else None
    single = last is not None and len(last.text) == 1 and last.kind is WORD
    if last is not None and single and tokens[place].start - last.end < _WIDE:
        return []
    letters = [place]
    while (at := letters[-1] + 1) < len(tokens) and len(tokens[at].text) == 1:
        if tokens[at].kind is not WORD or tokens[at].line != tokens[place].line:
            break
        letters.append(at)
        if len(letters) > _MOST_SPELT:
            return []
    if not _FEWEST_SPELT <= len(letters) <= _MOST_SPELT:
        return []
    words: list[list[int]] = [[letters[0]]]
    for before, at in pairwise(letters):
        if tokens[at].start - tokens[before].end >= _WIDE:
            words.append([])
        words[-1].append(at)
    units = []
    for group in words:
        found = facts("".join(tokens[at].text for at in group).capitalize())
        if found is None:
            break
        unit = _plain(tokens, group[0], found)
        units.append(unit._replace(end=group[-1] + 1, capital="title"))
    return units


def _joined(tokens: list[Token], place: int, found: Facts, *, ukrainian: bool) -> Unit | None:
    """«Рашид оглы», «Эркинбек уулу», «Мак симович», «Березин - Ланской» as one unit."""
    end = place + 1
    if end >= len(tokens):
        return None
    following = tokens[end]
    text, key = tokens[place].text, following.key
    whole = None
    if following.kind is WORD:
        if found.latin and key in LATIN_TAILS:
            text, key = to_russian(text), LATIN_TAILS[key]
        if found.shape != "lower" and (key in SON or key in DAUGHTER or key in KYRGYZ_SON):
            whole = facts(f"{text}-{'оглы' if key == 'огли' else key}", ukrainian)
        elif following.word.shape == "lower" and found.shape == "title" and _SPLIT_TAIL.search(key):
            forms = patronymic_forms((text + key).lower())
            if any(patronymics.count(form.nominative) for form in forms):
                whole = facts(text + key)
    elif key in "-‐‑" and following.kind is MARK and end + 1 < len(tokens):
        end += 1
        second = facts(tokens[end].text) if tokens[end].kind is WORD else None
        if second and _is_double(found, second) and _given_follows(tokens, end + 1):
            whole = facts(f"{text}-{tokens[end].text}")
    if whole is None:
        return None
    unit = _plain(tokens, place, whole)
    role = PATRONYMIC if whole.patronymic else SURNAME
    role |= SURNAME * (key in KYRGYZ_SON)
    return unit._replace(end=end + 1, roles=role, dotted=False)


def _is_double(first: Facts, second: Facts) -> bool:
    return all(
        word.surname and word.surname[0].worth >= 3 and word.shape in ("title", "upper")
        for word in (first, second)
    ) and not (first.known_given or second.known_given)


def _given_follows(tokens: list[Token], place: int) -> bool:
    found = facts(tokens[place].text) if place < len(tokens) else None
    return found is not None and found.known_given


def _bridge(tokens: list[Token], place: int, run: list[Unit], ukrainian: bool) -> int:
    """The token after an aside or line end that a name goes on beyond; 0 if it does not."""
    token = tokens[place]
    if token.kind is NEWLINE:
        alone = run[0].first == 0 or tokens[run[0].first - 1].kind is NEWLINE
        one = alone and len(run) <= 2
        after = place + 1
        if not one or after >= len(tokens) or tokens[after].kind is not WORD:
            return 0
        found = facts(tokens[after].text, ukrainian)
        ends = after + 1 >= len(tokens) or tokens[after + 1].kind is not WORD
        goes_on = found is not None and (found.known_given or found.patronymic)
        return after if goes_on and (ends or len(run) == 1) else 0
    closing = {"(": ")", "«": "»", '"': '"', "“": "”", "„": "“"}.get(token.text)
    if closing is None:
        return 0
    for at in range(place + 1, min(place + 2 + _ASIDE, len(tokens) - 1)):
        if tokens[at].text == closing:
            found = facts(tokens[at + 1].text, ukrainian)
            goes_on = found is not None and tokens[at + 1].kind is WORD
            has_surname = any(unit.facts.surname for unit in run[:-1]) or len(run) > 1
            if goes_on and found and (found.patronymic or (found.surname and not has_surname)):
                return at + 1
            return 0
    return 0


def _with_asides(run: list[Unit]) -> list[Unit]:
    return [
        unit._replace(aside=(before.end, unit.first)) if unit.first > before.end else unit
        for before, unit in zip([run[0], *run], run, strict=False)
    ]


def _after_place(tokens: list[Token], place: int, found: Facts) -> bool:
    """«г. Киров», «улица Ленина», «аал Доможаков»: what follows such a word is a place."""
    before = place - 1
    dot = before >= 0 and tokens[before].text == "."
    before -= dot
    if before < 0 or tokens[before].kind is not WORD or found.patronymic or found.initial:
        return False
    if before and tokens[before - 1].kind is NUMBER:
        return False  # «2025 г. Лукьяненко»: a year
    token = tokens[before]
    kind = kind_of(token.text)
    if kind == "abbr" and len(token.text) == 1:
        caps = token.word.shape != "lower" and tokens[place].word.shape == "upper"
        return (dot and token.word.shape == "lower") or (caps and (not dot or found.place))
    return kind == "abbr" or (kind == "place" and not dot and not found.known_given)
