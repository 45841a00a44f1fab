"""Stored records → normalised comparison columns: one numpy array a field, one row a record."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model import Category, Claim, Sex, StoredRecord
from russian.given import full_names
from russian.places import is_district
from russian.skeleton import patronymic_root, sound, surname_parts, surname_skeleton
from russian.variants import one_spelling

from .frequency import log_shares

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
T = TypeVar("T")
Floors = tuple[float, float, float]

LETTERS = 24  # of a name that are compared
FORMS = 10  # full names one short form may stand for: Слава has nine
NONE = -1
KNOWN_SHARE = -19.0  # log2: about three bearers in the counted million

# How a record states the birth: the kinds of its interval, widest last.
BIRTH_NONE, BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR, BIRTH_AGE, BIRTH_LOOSE_AGE = range(6)
BIRTH_SERVICE = 6  # only that he is a conscript: it can speak against a birth, never for one
CONSCRIPT_AGES = (17, 31)  # at the post: 18 to 30 by law, and a year either way
CLAIMS = {claim: code for code, claim in enumerate(Claim)}
CATEGORIES = {category: code for code, category in enumerate(Category)}
SEXES = {Sex.MALE: 0, Sex.FEMALE: 1}
EPOCH = date(1900, 1, 1).toordinal()
# A register of the dead gives the age at death, and adds the row up to this many years later.
LATE_ROW_YEARS = 3
YEAR = 365.2425
_WOMANS_PATRONYMIC = re.compile(r"(?:вна|ична|кызы|гызы|кизи)$")
_DOUBLE_INITIAL = re.compile(r"^(\w)\.?-\w$")
_MANS_PATRONYMIC = re.compile(r"(?:вич|ьич|мич|кич|оглы|оглу|угли|уулу)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Distinct spellings of one name field, each with what comparison needs of it."""

    letters: Bytes  # [token, LETTERS] coded letters of the sound skeleton, 0 beyond its end
    length: Ints
    sound: Ints  # id of the sound skeleton
    initial: Ints  # code of the first letter
    is_initial: Bytes  # only an initial is given
    known: Bytes  # a spelling many bear: a slip of the pen is unlikely to hit on it
    others: Ints  # [token, FORMS] ids of canonical forms, or of the halves of a double surname
    tf: Floats  # log2 of the share of men who bear it
    mark: Ints  # of the sound skeleton: as `sound`, but the same in every run
    other_marks: Ints  # as `others`, but the same in every run


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Records in columns. Codes are NONE (-1) where the record does not say."""

    surname: Ints
    given: Ints
    patronymic: Ints
    surnames: Tokens
    givens: Tokens
    patronymics: Tokens
    name_tf: Floats  # [record, 3] log2 shares of surname, given, patronymic, the rest known
    birth_low: Ints  # days since 1900, both ends inclusive
    birth_high: Ints
    birth_kind: Ints
    birth_date: Ints  # YYYYMMDD where the day is given
    sex: Ints
    region: Ints
    place: Ints
    place_head: Ints  # first letters of the place's skeleton: a town and its district share them
    place_wide: Ints  # 1: a district, which may hold any village
    unit: Ints
    category: Ints
    contact: Ints  # last contact, days since 1900
    call_sign: Ints
    copied: Ints  # id of the record it repeats, or its own
    claim: Ints
    public: Ints  # day the claim became public, days since 1900
    is_list: Ints  # 1 for a row of a list
    source: Ints
    owner: Ints
    post: Ints  # id of the post; NONE for list rows: one post mentions a man once
    answers: Ints  # id of the post that its post answers
    thread: Ints  # id of the discussion its post stands in
    region_mark: Ints  # as `region`, but the same in every run
    place_mark: Ints  # as `place`, but the same in every run
    source_mark: Ints
    post_mark: Ints
    answers_mark: Ints
    thread_mark: Ints

    def __len__(self) -> int:
        return len(self.surname)


class Codes:
    """A dictionary that hands out ids in order of first sight; None and "" are NONE."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}

    def __call__(self, text: str | None) -> int:
        """The id of a text."""
        return self.ids.setdefault(text, len(self.ids)) if text else NONE


def mark(text: str | None) -> int:
    """A number that is the same in every run; NONE for nothing. Two texts of 2³¹ share one."""
    return zlib.crc32(text.encode()) & 0x7FFFFFFF if text else NONE


def fold(name: str | None) -> str:
    """Lower case, ё as е, one kind of hyphen and space: equal spellings become equal.

    Of the initials of a double name («А.-Х.») the first stands for it.
    """
    text = (name or "").lower().replace("ё", "е").strip(" .")
    text = re.sub(r"\s*[-–—]\s*", "-", re.sub(r"\s+", " ", text))
    return _DOUBLE_INITIAL.sub(r"\1", text)


def letter_codes(words: Sequence[str]) -> Bytes:
    """[word, LETTERS] letters as small numbers, 0 beyond the end of the word."""
    table = np.array(words, f"<U{LETTERS}").view(np.uint32).reshape(len(words), LETTERS)
    cyrillic = (table >= 0x400) & (table < 0x4E0)
    return np.where(cyrillic, table - 0x400, table != 0).astype(np.uint8)


def _tokens(
    words: list[str],
    skeleton: Callable[[str], str],
    others: Callable[[str], Iterable[str]],
    shares: NDArray[np.float64],
    floor: float,
) -> Tokens:
    sounds = Codes()
    skeletons = [skeleton(word) for word in words]
    return Tokens(
        letters=letter_codes(skeletons),
        length=np.array([min(len(text), LETTERS) for text in skeletons], np.int32),
        sound=np.array([sounds(text) for text in skeletons], np.int32),
        initial=letter_codes(words)[:, 0].astype(np.int32),
        is_initial=np.array([len(word) == 1 for word in words], np.uint8),
        known=(shares >= KNOWN_SHARE).astype(np.uint8),
        others=np.array(
            [([sounds(form) for form in others(word)] + [NONE] * FORMS)[:FORMS] for word in words],
            np.int32,
        ).reshape(-1, FORMS),
        tf=np.maximum(shares, floor).astype(np.float32),
        mark=np.array([mark(text) for text in skeletons], np.int32),
        other_marks=np.array(
            [([mark(form) for form in others(word)] + [NONE] * FORMS)[:FORMS] for word in words],
            np.int32,
        ).reshape(-1, FORMS),
    )


def _given_forms(name: str) -> list[str]:
    """Sounds of the canonical forms a given name may stand for, its own first."""
    forms = {one_spelling(form) for form in full_names(name)} | {one_spelling(name)}
    forms |= {one_spelling(name.split("-", 1)[0])} if "-" in name else set()
    own = sound(name)
    return [own, *sorted({sound(form) for form in forms} - {own})]


def _days(text: str) -> tuple[int, int]:
    """First and last day, since 1900, of YYYY, YYYY-MM or YYYY-MM-DD."""
    parts = [int(part) for part in text.split("-")]
    first = date(*[*parts, 1, 1][:3])
    if len(parts) == 3:
        last = first
    elif len(parts) == 2:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    else:
        last = date(first.year, 12, 31)
    return first.toordinal() - EPOCH, last.toordinal() - EPOCH


def frame(records: Sequence[StoredRecord]) -> pl.DataFrame:
    """The records as a table of SCHEMA, one row each, in their order."""
    return pl.DataFrame([_row(stored) for stored in records], schema=SCHEMA, orient="row")


def _row(stored: StoredRecord) -> tuple[object, ...]:
    state = stored.record
    return (
        stored.record_id,
        *(state.surname, state.given, state.patronymic, state.birth_date, state.age),
        None if state.sex is None else SEXES[state.sex],
        *(state.home_region, state.home_place),
        int(state.unit) if state.unit else None,
        None if state.category is None else CATEGORIES[state.category],
        *(state.last_contact, state.call_sign),
        CLAIMS[state.claim],
        state.event_date or stored.public_at.date().isoformat(),
        stored.row is not None,
        *(stored.source, stored.owner or stored.source, stored.external_id),
        stored.copy_of or stored.record_id,
        *(stored.thread, stored.reply_to),
    )


SCHEMA: Mapping[str, type[pl.DataType]] = {
    **dict.fromkeys(("record_id", "surname", "given", "patronymic", "birth_date"), pl.String),
    **{"age": pl.Int32, "sex": pl.Int32, "region": pl.String, "place": pl.String},
    **{"unit": pl.Int32, "category": pl.Int32, "contact": pl.String, "call_sign": pl.String},
    **{"claim": pl.Int32, "public": pl.String, "listed": pl.Boolean},
    **dict.fromkeys(("source", "owner", "external_id", "copied"), pl.String),
    **dict.fromkeys(("thread", "reply_to"), pl.String),
}


def _codes(values: pl.Series) -> tuple[Ints, list[str]]:
    """Ids of a column's texts, NONE for nothing, and the texts by id."""
    filled = values.fill_null("")
    distinct = filled.unique(maintain_order=True)
    distinct = distinct.filter(distinct != "")
    ids = pl.DataFrame({"text": distinct, "id": np.arange(len(distinct), dtype=np.int32)})
    found = pl.DataFrame({"text": filled}).join(ids, on="text", how="left", maintain_order="left")
    return found["id"].fill_null(NONE).to_numpy().astype(np.int32), distinct.to_list()


def _mapped(values: pl.Series, function: Callable[[str], T], nothing: T) -> NDArray[np.generic]:
    """The function of each text, called once for each distinct one."""
    ids, texts = _codes(values)
    return np.array([*(function(text) for text in texts), nothing])[ids]


def _folded(values: pl.Series, function: Callable[[str], str]) -> tuple[Ints, list[str]]:
    """Ids of the function's results, and the results by id."""
    ids, texts = _codes(values)
    codes = Codes()
    by_text = np.array([*(codes(function(text)) for text in texts), NONE], np.int32)
    return by_text[ids], list(codes.ids)


def _births(table: pl.DataFrame, public: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """First day, last day, kind and YYYYMMDD of each birth, as far as the record tells.

    A stated age counts from the day the record became public; an age on a list of the dead is
    the age at death, up to LATE_ROW_YEARS before that day.
    """
    spans = _mapped(table["birth_date"], _days, (NONE, NONE)).astype(np.int32)
    hyphens = table["birth_date"].str.count_matches("-", literal=True).fill_null(NONE).to_numpy()
    kind = np.array([BIRTH_YEAR, BIRTH_MONTH, BIRTH_DAY, BIRTH_NONE])[hyphens.astype(np.int32)]
    age = table["age"].fill_null(NONE).to_numpy()
    numbers = table["category"].fill_null(NONE).to_numpy()
    aged = (kind == BIRTH_NONE) & (age != NONE)
    late = aged & table["listed"].to_numpy() & (table["claim"].to_numpy() == CLAIMS[Claim.DECEASED])
    youngest = public - np.floor(age * YEAR).astype(np.int32)
    oldest = youngest - np.where(late, (1 + LATE_ROW_YEARS) * YEAR, YEAR).astype(np.int32)
    low = np.where(aged, oldest, spans[:, 0]).astype(np.int32)
    high = np.where(aged, youngest, spans[:, 1]).astype(np.int32)
    kind = np.where(late, BIRTH_LOOSE_AGE, np.where(aged, BIRTH_AGE, kind)).astype(np.int32)
    serving = (kind == BIRTH_NONE) & (numbers == CATEGORIES[Category.CONSCRIPT])
    low = np.where(serving, public - int(CONSCRIPT_AGES[1] * YEAR), low).astype(np.int32)
    high = np.where(serving, public - int(CONSCRIPT_AGES[0] * YEAR), high).astype(np.int32)
    kind = np.where(serving, BIRTH_SERVICE, kind).astype(np.int32)
    digits = table["birth_date"].str.replace_all("-", "").cast(pl.Int32, strict=False)
    full = np.where(kind == BIRTH_DAY, digits.fill_null(NONE).to_numpy(), NONE).astype(np.int32)
    return low, high, kind, full


def _posts(table: pl.DataFrame) -> dict[str, tuple[Ints, Ints]]:
    """Ids and marks of each record's post, of the post it answers and of the thread it is in.

    The first two have their ids in common. All are NONE for rows of lists.
    """
    of_source = {"post": "external_id", "reply_to": "reply_to", "thread": "thread"}
    named = table.select(
        pl.when(~pl.col("listed")).then(pl.format("{} {}", "source", field)).alias(name)
        for name, field in of_source.items()
    )
    ids, texts = _codes(pl.concat([named[name] for name in of_source]))
    marks = np.array([*(mark(text) for text in texts), NONE], np.int32)[ids]
    cuts = zip(of_source, np.split(ids, 3), np.split(marks, 3), strict=True)
    return {name: (of, marked) for name, of, marked in cuts}


def _sex(patronymic: str) -> int:
    if _WOMANS_PATRONYMIC.search(patronymic):
        return SEXES[Sex.FEMALE]
    return SEXES[Sex.MALE] if _MANS_PATRONYMIC.search(patronymic) else NONE


def _name_tables(
    surname: list[str], given: list[str], patronymic: list[str], floors: Floors
) -> tuple[Tokens, Tokens, Tokens]:
    fathers = log_shares("midnames", patronymic)
    return (
        _tokens(
            surname, surname_skeleton, surname_parts, log_shares("surnames", surname), floors[0]
        ),
        _tokens(given, sound, _given_forms, log_shares("names", given), floors[1]),
        _tokens(patronymic, patronymic_root, lambda word: (word,), fathers, floors[2]),
    )


def columns(records: Sequence[StoredRecord] | pl.DataFrame, floors: Floors) -> Columns:
    """Columns of the records, or of a table of SCHEMA, in their order.

    `floors` are the log2 shares of surname, given and patronymic that no name falls below: the
    counts know the names of small peoples badly, and such a name must not look like proof.
    """
    table = records if isinstance(records, pl.DataFrame) else frame(records)
    (surname, surnames), (given, givens), (patronymic, patronymics) = (
        _folded(table[name], fold) for name in ("surname", "given", "patronymic")
    )
    tokens = _name_tables(surnames, givens, patronymics, floors)
    place, places = _folded(table["place"], lambda text: sound(fold(text)))
    heads = Codes()
    head = np.array([*(heads(text[:4]) for text in places), NONE], np.int32)
    sexes = np.array([*(_sex(text) for text in patronymics), NONE], np.int32)[patronymic]
    public = _mapped(table["public"], lambda text: _days(text)[0], NONE).astype(np.int32)
    low, high, kind, full = _births(table, public)
    posts = _posts(table)
    ids = zip(tokens, (surname, given, patronymic), strict=True)
    region, regions = _codes(table["region"])

    def numbers(name: str) -> Ints:
        return table[name].fill_null(NONE).to_numpy().astype(np.int32)

    return Columns(
        surname=surname,
        given=given,
        patronymic=patronymic,
        surnames=tokens[0],
        givens=tokens[1],
        patronymics=tokens[2],
        name_tf=np.stack([np.append(names.tf, 0)[codes] for names, codes in ids], axis=1),
        birth_low=low,
        birth_high=high,
        birth_kind=kind,
        birth_date=full,
        sex=np.where(table["sex"].is_null().to_numpy(), sexes, numbers("sex")).astype(np.int32),
        region=region,
        place=place,
        place_head=head[place],
        place_wide=_mapped(table["place"], lambda text: int(is_district(text)), 0).astype(np.int32),
        unit=numbers("unit"),
        category=numbers("category"),
        contact=_mapped(table["contact"], lambda text: _days(text)[0], NONE).astype(np.int32),
        call_sign=_folded(table["call_sign"], lambda text: sound(fold(text)))[0],
        copied=_codes(table["copied"])[0],
        claim=numbers("claim"),
        public=public,
        is_list=table["listed"].to_numpy().astype(np.int32),
        source=_codes(table["source"])[0],
        owner=_codes(table["owner"])[0],
        post=posts["post"][0],
        answers=posts["reply_to"][0],
        thread=posts["thread"][0],
        region_mark=np.array([*(mark(text) for text in regions), NONE], np.int32)[region],
        place_mark=np.array([*(mark(text) for text in places), NONE], np.int32)[place],
        source_mark=_mapped(table["source"], mark, NONE).astype(np.int32),
        post_mark=posts["post"][1],
        answers_mark=posts["reply_to"][1],
        thread_mark=posts["thread"][1],
    )
