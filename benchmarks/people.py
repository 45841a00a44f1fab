"""A size and a seed → records of invented people with their truth: posts, lists, namesakes, slips.

Names follow Zipf's law within each people and its regions; posts per person are heavy-tailed;
every field may be missing, mistyped or written another way. `people(...)` gives a table of
`dedupe.columns.SCHEMA` with three more columns: `truth` (the person), `people`, and `held_out`
(his surname is one of the fifth of all names that training never sees).
"""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl

from dedupe.columns import CATEGORIES, CLAIMS, SCHEMA
from model import Category, Claim

HERE = Path(__file__).parent
POSTS_A_PERSON = 2.8
LISTS = {"dead": Claim.DECEASED, "captured": Claim.CAPTURED, "exchange": Claim.RELEASED}
CHANNELS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Men:
    """The people themselves, one array entry each."""

    people: np.ndarray
    surname: np.ndarray
    given: np.ndarray
    patronymic: np.ndarray
    born: np.ndarray  # ordinal days
    region: np.ndarray
    place: np.ndarray
    capital: np.ndarray  # of his region
    unit: np.ndarray
    category: np.ndarray
    contact: np.ndarray
    channel: np.ndarray


def _package(dataset: str, tag: str | None) -> pl.DataFrame:
    path = resources.files("russiannames").joinpath("data", f"{dataset}.parquet")
    table = pl.read_parquet(str(path)).filter(
        pl.col("text").str.contains("^[А-ЯЁ][а-яё]{2,}$")
        & pl.col("gender").is_in(["m", "u"] if dataset == "surnames" else ["m"])
    )
    if tag:
        table = table.filter(pl.col("ethnic").list.contains(tag))
    return table.filter(pl.col("count") >= 5).sort("count", "text", descending=True)


def _names(cell: str, dataset: str) -> tuple[list[str], np.ndarray]:
    """Names and their shares: of the cell, or of the package (those of one origin)."""
    if " " in cell:
        words = _with_compounds(cell.split(), "ов" if dataset == "surnames" else "")
        weights = 1 / (np.arange(len(words)) + 2.0)
    else:
        table = _package(dataset, None if cell == "-" else cell)
        if dataset == "surnames" and cell != "-":
            given = _package("names", cell)["text"].to_list()[:400]
            ending = "ян" if cell == "arm" else "ов"
            words = [name.rstrip("аеийоуыьюя") + ending for name in given]
            weights = 1 / (np.arange(len(words)) + 8.0)
        else:
            words, weights = table["text"].to_list(), table["count"].to_numpy().astype(float)
    return words, weights / weights.sum()


def _with_compounds(words: list[str], ending: str) -> list[str]:
    """The names, and for the long tail every two of them put together."""
    stems = [word.removesuffix("ов").removesuffix("ев") for word in words]
    pairs = [a + b.lower() + ending for a in stems for b in stems if a != b and len(a + b) < 14]
    return list(dict.fromkeys([*words, *pairs]))


def _patronymic(father: str) -> str:
    if father.endswith(("й", "ь")):
        return father[:-1] + "евич"
    return father.rstrip("аяоыи") + ("ич" if father.endswith(("а", "я")) else "ович")


def _draw(rng: np.random.Generator, words: list[str], shares: np.ndarray, n: int) -> np.ndarray:
    return np.array(words, dtype=object)[rng.choice(len(words), n, p=shares)]


def _births(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    n = len(category)
    young = date(2003, 6, 1).toordinal() + rng.integers(0, 1100, n)
    older = date(2004, 1, 1).toordinal() - (rng.gamma(2.2, 6.0, n) * 365).astype(int)
    older = np.maximum(older, date(1962, 1, 1).toordinal() + rng.integers(0, 700, n))
    return np.where(category == CATEGORIES[Category.CONSCRIPT], young, older)


def _places(rng: np.random.Generator) -> list[str]:
    """Names of invented places; each region takes forty in a row."""
    heads = ["Бор", "Верх", "Нов", "Стар", "Крас", "Зел", "Усть", "Кам"]
    heads += ["Бел", "Чёрн", "Лес", "Пол", "Гор", "Реч", "Сосн", "Мед"]
    middles = ["ин", "ов", "ол", "ен", "ар", "ат", "ун", "ыш", "ел", "ик"]
    tails = ["ск", "о", "ка", "ово", "ино", "ый-Лог", "ая-Гора", "ец", "уль", "аны"]

    def one() -> str:
        return rng.choice(heads) + rng.choice(middles) + rng.choice(tails)

    return [one() for _ in range(4000)]


def men(rng: np.random.Generator, n: int) -> Men:
    """Draw n men."""
    with (HERE / "people_names.tsv").open(encoding="utf-8") as file:
        table = [row for row in csv.reader(file, delimiter="\t") if row and row[0][0] != "#"]
    shares = np.array([float(row[1]) for row in table])
    kind = rng.choice(len(table), n, p=shares / shares.sum())
    every = sorted({region for row in table for region in row[2].split() if region != "*"})
    every += [f"RU-X{number:02d}" for number in range(50)]
    spread = 1 / (np.arange(len(every)) + 10.0)
    order = rng.permutation(len(every))
    surname, given, father, region = (np.empty(n, dtype=object) for _ in range(4))
    for number, (_, _, regions, surnames, givens) in enumerate(table):
        chosen = np.flatnonzero(kind == number)
        surname[chosen] = _draw(rng, *_names(surnames, "surnames"), len(chosen))
        given[chosen] = _draw(rng, *_names(givens, "names"), len(chosen))
        father[chosen] = _draw(rng, *_names(givens, "names"), len(chosen))
        own = regions.split() if regions != "*" else [every[i] for i in order]
        weights = spread / spread.sum() if regions == "*" else 0.5 ** np.arange(1.0, len(own) + 1)
        region[chosen] = _draw(rng, own, weights / weights.sum(), len(chosen))
    category = rng.choice(4, n, p=[0.4, 0.35, 0.15, 0.1])
    places = np.array(_places(rng), dtype=object)
    within = (rng.zipf(1.5, n) - 1) % 40
    anchor = np.array([zlib.crc32(code.encode()) % 3900 for code in region])
    return Men(
        people=np.array([row[0] for row in table], dtype=object)[kind],
        surname=surname,
        given=given,
        patronymic=np.array([_patronymic(name) for name in father], dtype=object),
        born=_births(rng, category),
        region=region,
        place=places[anchor + within],
        capital=places[anchor],
        unit=90000 + rng.zipf(1.3, n) % 400 * 17,
        category=category,
        contact=date(2024, 8, 6).toordinal() + (rng.exponential(90, n) - 30).astype(int),
        channel=rng.integers(0, CHANNELS, n),
    )


def people(requests: int, rows: int, seed: int = 1) -> pl.DataFrame:
    """A table of `requests` post records and `rows` list rows, shuffled."""
    return drawn(requests, rows, seed)[0]


def drawn(requests: int, rows: int, seed: int = 1) -> tuple[pl.DataFrame, Men]:
    """The same, and the men themselves: `truth` is a man's place in their arrays."""
    rng = np.random.default_rng(seed)
    sought = round(requests / POSTS_A_PERSON)
    listed_sought, listed_other = rows // 2, rows - rows // 2
    world = men(rng, sought + listed_other)
    counts = 1 + rng.geometric(1 / (POSTS_A_PERSON - 0.8), sought) * (rng.random(sought) < 0.9)
    who = np.repeat(np.arange(sought), counts)[:requests]
    posts = _posts(rng, world, rng.permutation(who))
    on_lists = np.concatenate(
        [rng.choice(sought, listed_sought), sought + rng.choice(listed_other, listed_other)]
    )
    table = pl.concat([posts, _rows(rng, world, on_lists)])
    return table.sample(fraction=1.0, shuffle=True, seed=seed), world


def _text(days: np.ndarray) -> np.ndarray:
    return np.array([date.fromordinal(int(day)).isoformat() for day in days], dtype=object)


def _births_as_said(
    rng: np.random.Generator, born: np.ndarray, public: np.ndarray, shares: list[float]
) -> tuple[np.ndarray, np.ndarray]:
    """(birth date text, age) with shares of full date, year, age, nothing; and slips."""
    n = len(born)
    slip = rng.random(n)
    days = np.where(slip < 0.012, rng.choice([-10, 10, 1, -1, 9], n), 0)
    years = np.where((slip > 0.985) & (slip < 0.997), rng.choice([-1, 1], n), 0)
    years = np.where(slip >= 0.997, rng.choice([-10, 10], n), years)
    form = rng.choice(4, n, p=shares)
    text = _text(born)
    for index in np.flatnonzero(days | years):
        text[index] = _slipped_date(text[index], int(days[index]), int(years[index]))
    birth = np.where(form == 0, text, np.where(form == 1, [t[:4] for t in text], None))
    age = ((public - born) / 365.2425).astype(int) + (rng.random(n) < 0.03)
    return birth, np.where(form == 2, age, None)


def _slipped_date(text: str, days: int, years: int) -> str:
    """A date with another year, or another day of its month: the rest stays as it is."""
    year, month, day = (int(part) for part in text.split("-"))
    day = (day + days - 1) % 28 + 1 if days else day
    leap = years and (month, day) == (2, 29)
    return f"{year + years}-{month:02}-{28 if leap else day:02}"


def _mistyped(rng: np.random.Generator, words: np.ndarray, share: float) -> np.ndarray:
    """One letter changed, lost, doubled or swapped in a share of the words."""
    words = words.copy()
    for index in np.flatnonzero(rng.random(len(words)) < share):
        word = words[index]
        if word is None or len(word) < 5:
            continue
        at, how = int(rng.integers(1, len(word) - 1)), int(rng.integers(0, 4))
        letter = "оаеинтрслвкм"[int(rng.integers(0, 12))]
        words[index] = (
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )[how]
    return words


_RESPELT = str.maketrans({"ё": "е", "э": "е", "ы": "и", "й": "и", "ь": "", "ъ": ""})


def _respelt(rng: np.random.Generator, words: np.ndarray, share: float) -> np.ndarray:
    """The spelling left by a foreign alphabet or a hurried clerk."""
    words = words.copy()
    for index in np.flatnonzero(rng.random(len(words)) < share):
        words[index] = words[index].translate(_RESPELT)
    return words


def _short(rng: np.random.Generator, given: np.ndarray, share: float) -> np.ndarray:
    """Some given names in a short form."""
    shorts: dict[str, list[str]] = {}
    for line in (HERE.parent / "russian" / "diminutives.tsv").read_text("utf-8").splitlines():
        form, _, full = line.partition("\t")
        for name in full.split("|") if not line.startswith("#") else ():
            shorts.setdefault(name, []).append(form.capitalize())
    given = given.copy()
    for index in np.flatnonzero(rng.random(len(given)) < share):
        if given[index] in shorts:
            given[index] = rng.choice(shorts[given[index]])
    return given


def _initial(names: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask, [name[0] + "." for name in names], names)


def _kept(rng: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    return np.where(rng.random(len(values)) < share, values, None)


def _table(columns: dict[str, object], world: Men, who: np.ndarray) -> pl.DataFrame:
    held = np.array([zlib.crc32(name.encode()) % 5 == 0 for name in world.surname])
    frame = pl.DataFrame({name: _series(name, columns.get(name), len(who)) for name in SCHEMA})
    return frame.with_columns(
        truth=pl.Series(who.astype(np.int64)),
        people=pl.Series(world.people[who].astype(str)),
        held_out=pl.Series(held[who]),
    )


def _narrow_or_wide(rng: np.random.Generator, world: Men, who: np.ndarray) -> np.ndarray:
    """The village, or its district, or only the capital of the region."""
    place = world.place[who]
    districts = np.array([district(name) for name in place], dtype=object)
    form = rng.choice(3, len(who), p=[0.72, 0.1, 0.18])
    return np.where(form == 0, place, np.where(form == 1, districts, world.capital[who]))


def district(place: str) -> str:
    """The district a place gives its name to."""
    return f"{place[:-2]}ский район"


def _series(name: str, values: np.ndarray | None, n: int) -> pl.Series:
    said = [None] * n if values is None else np.asarray(values, dtype=object).tolist()
    return pl.Series(name, said, dtype=SCHEMA[name])


def _posts(rng: np.random.Generator, world: Men, who: np.ndarray) -> pl.DataFrame:
    n = len(who)
    public = world.contact[who] + 1 + rng.exponential(20, n).astype(int)
    birth, age = _births_as_said(rng, world.born[who], public, [0.4, 0.25, 0.15, 0.2])
    bare = rng.random(n) < 0.03
    initials = (rng.random(n) < 0.03) & ~bare
    given = _short(rng, world.given[who], 0.08)
    contact = world.contact[who] + np.where(rng.random(n) < 0.15, rng.integers(-4, 5, n), 0)
    own = rng.random(n) < 0.6
    channel = np.where(own, world.channel[who], rng.integers(0, CHANNELS, n))
    ids = np.char.add("p", np.arange(n).astype(str)).astype(object)
    said = {
        "surname": _respelt(rng, _mistyped(rng, world.surname[who], 0.02), 0.05),
        "given": _initial(_respelt(rng, _mistyped(rng, given, 0.01), 0.03), initials),
        "patronymic": _kept(
            rng, _initial(_mistyped(rng, world.patronymic[who], 0.01), initials), 0.6
        ),
        "birth_date": birth,
        "age": age,
        "region": _kept(rng, _strayed(rng, world.region[who], 0.03), 0.75),
        "place": _kept(rng, _mistyped(rng, _narrow_or_wide(rng, world, who), 0.02), 0.55),
        "unit": _kept(rng, _digit_off(rng, world.unit[who], 0.04), 0.3),
        "category": _kept(rng, _strayed(rng, world.category[who], 0.06), 0.7),
        "contact": _kept(rng, _text(contact), 0.5),
    }
    for name in set(said) - {"surname", "given"}:
        said[name] = np.where(bare, None, said[name])
    columns = said | {
        "record_id": ids,
        "claim": np.where(bare, CLAIMS[Claim.FOUND_ALIVE], CLAIMS[Claim.SOUGHT]),
        "public": _text(public),
        "listed": np.zeros(n, bool),
        "source": [f"channel{number}" for number in channel],
        "owner": [f"channel{number}" for number in channel],
        "external_id": ids,
        "copied": ids,
    }
    return _table(columns, world, who)


def _rows(rng: np.random.Generator, world: Men, who: np.ndarray) -> pl.DataFrame:
    n = len(who)
    public = world.contact[who] + 30 + rng.exponential(120, n).astype(int)
    birth, age = _births_as_said(rng, world.born[who], public, [0.35, 0.45, 0.12, 0.08])
    # One man stands on one list once: his lists follow one another.
    order = np.argsort(who, kind="stable")
    nth = np.empty(n, np.int64)
    starts = np.flatnonzero(np.diff(who[order], prepend=-1))
    nth[order] = np.arange(n) - np.repeat(starts, np.diff(np.append(starts, n)))
    names = np.array(list(LISTS), dtype=object)
    source = names[(who * 7 + nth) % len(names)]
    ids = np.char.add("l", np.arange(n).astype(str)).astype(object)
    initials = rng.random(n) < 0.02
    columns = {
        "surname": _respelt(rng, _mistyped(rng, world.surname[who], 0.015), 0.12),
        "given": _initial(_respelt(rng, world.given[who], 0.06), initials),
        "patronymic": _kept(rng, _initial(world.patronymic[who], initials), 0.85),
        "birth_date": birth,
        "age": age,
        "region": _kept(rng, _strayed(rng, world.region[who], 0.03), 0.7),
        "place": _kept(rng, _narrow_or_wide(rng, world, who), 0.4),
        "unit": _kept(rng, world.unit[who], 0.1),
        "record_id": ids,
        "claim": [CLAIMS[LISTS[name]] for name in source],
        "public": _text(public),
        "listed": np.ones(n, bool),
        "source": source,
        "owner": source,
        "external_id": ids,
        "copied": ids,
    }
    return _table(columns, world, who)


def _strayed(rng: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    """Some values replaced by another man's."""
    return np.where(rng.random(len(values)) < share, rng.permutation(values), values)


def _digit_off(rng: np.random.Generator, units: np.ndarray, share: float) -> np.ndarray:
    off = units + rng.choice([1, -1, 10, -10, 100], len(units))
    return np.where(rng.random(len(units)) < share, off, units)
