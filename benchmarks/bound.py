# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Invented people and their truth → how well any decision on what the records say could link them.

    python -m benchmarks.bound [10000 100000 1000000] [--seed N]

The judge here has what no linkage has: the register of all men, their true fields, how often each
field is misstated and by how much (measured with the truth), and he reads every name through its
slips. For each record he gives every man of that name his probability; two records are one man's
with the chance that both are of the same man. Who takes the pairs above the best threshold of that
chance reaches the highest F1 that can be expected: what he misses are records that fit several men.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from benchmarks.people import Men, district, drawn
from dedupe.compiling import compiled

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

NOT_SAID = -(1 << 40)
REACH = 4000  # the largest difference of a stated number that is told from chance
NEVER = 1e-9
LEAST = 0.005  # a man less probable than this for a record is left out
STEPS = 1000  # of probability, in the counts of pairs
NUMBERS = 6
BIRTH_DAY, BIRTH_YEAR, AGE, UNIT, CONTACT, PUBLIC = range(NUMBERS)
DELAY_DAYS = 15  # over which the delay of a post is smoothed
INITIAL, WHOLE = 1, 2


class Said(NamedTuple):
    """What records say, one row a record. NOT_SAID where they don't."""

    forms: Ints  # [record, 2] given name and patronymic: 0, INITIAL or WHOLE
    numbers: Ints  # [record, NUMBERS]
    words: Ints  # [record, 4] region, category, channel, place
    shares: Doubles  # [record, 4] logarithm of how many records say so
    kinds: Ints  # [record] 0 a post, 1 a row of a list
    truth: Ints  # [record] the man


class Register(NamedTuple):
    """What men are, one row a man."""

    names: Ints  # [man, 4] surname and initial; given name; patronymic; its initial
    numbers: Ints  # [man, NUMBERS]
    words: Ints  # [man, 6] region, category, channel, place, its district, capital of the region
    sought: Ints  # [man] 1: a post is his


class Chances(NamedTuple):
    """Logarithms of how a record of a kind (0, 1) misstates its own man."""

    numbers: Doubles  # [kind, number, difference + REACH]
    words: Doubles  # [kind, word, how] 0 his own, 1 his district, 2 his capital, 3 another
    man: Doubles  # [kind, sought] that it is about just this man


def told(table: pl.DataFrame, men: Men) -> tuple[Said, Register]:
    """Records and men as numbers that can be held against each other."""
    truth, listed = table["truth"].to_numpy(), table["listed"].to_numpy()
    sought = np.zeros(len(men.born), np.int64)
    sought[truth[~listed]] = 1
    region, own_region = _coded(table["region"].to_list(), [men.region])
    channel, own_channel = _coded(
        table["source"].to_list(), [np.array([f"channel{n}" for n in men.channel])]
    )
    districts = np.array([district(name) for name in men.place])
    place, own_place = _coded(
        _read(table["place"], {*men.place, *districts, *men.capital}),
        [men.place, districts, men.capital],
    )
    category = table["category"].fill_null(NOT_SAID).to_numpy().astype(np.int64)
    words = np.column_stack([region, category, channel, place])
    said = Said(
        np.column_stack([_form(table[name]) for name in ("given", "patronymic")]),
        _numbers(table),
        words,
        np.column_stack([_log_shares(words[:, k]) for k in range(4)]),
        listed.astype(np.int64),
        truth.astype(np.int64),
    )
    own = np.column_stack([own_region[0], men.category, own_channel[0], *own_place])
    return said, Register(_names(men), _own_numbers(men), own.astype(np.int64), sought)


def _coded(said: list[str | None], own: list[NDArray[np.object_]]) -> tuple[Ints, list[Ints]]:
    """Texts of the records and of the men as common numbers."""
    codes: dict[str | None, int] = {None: NOT_SAID}

    def code(text: str | None) -> int:
        return codes.setdefault(text, len(codes))

    return (
        np.array([code(text) for text in said], np.int64),
        [np.array([code(text) for text in of], np.int64) for of in own],
    )


def _read(places: pl.Series, known: set[str]) -> list[str | None]:
    """Places as they were meant: a name one slip from a known one is that one."""
    names = sorted(known)
    meant = {}
    for odd in set(places.drop_nulls().unique().to_list()) - known:
        found = process.extractOne(odd, names, scorer=OSA.distance, score_cutoff=1)
        meant[odd] = found[0] if found else odd
    return [meant.get(name, name) for name in places.to_list()]


def _form(names: pl.Series) -> Ints:
    whole = pl.when(names.str.ends_with(".")).then(INITIAL).otherwise(WHOLE)
    return pl.select(pl.when(names.is_null()).then(0).otherwise(whole)).to_series().to_numpy()


def _log_shares(values: Ints) -> Doubles:
    _, numbers, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(np.log(counts / max((values != NOT_SAID).sum(), 1))[numbers])


def _numbers(table: pl.DataFrame) -> Ints:
    def day(name: str) -> pl.Expr:
        date = pl.col(name).str.to_date("%Y-%m-%d", strict=False)
        return date.cast(pl.Int64) + 719163

    year = pl.when(pl.col("birth_date").str.len_chars() == 4).then(pl.col("birth_date"))
    stated = table.select(
        day("birth_date").alias("day"),
        year.cast(pl.Int64).alias("year"),
        pl.col("age").cast(pl.Int64),
        pl.col("unit").cast(pl.Int64),
        day("contact").alias("contact"),
        day("public").alias("public"),
    )
    return stated.fill_null(NOT_SAID).to_numpy().astype(np.int64)


def _own_numbers(men: Men) -> Ints:
    years = (men.born - 719163).astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    return np.column_stack([men.born, years, men.born, men.unit, men.contact, men.contact]).astype(
        np.int64
    )


def _names(men: Men) -> Ints:
    initials = [name[0] for name in men.given]
    heads = np.array([f"{a} {b}" for a, b in zip(men.surname, initials, strict=True)])
    fathers = np.array([name[0] for name in men.patronymic])
    columns = (heads, men.given.astype(str), men.patronymic.astype(str), fathers)
    return np.column_stack([np.unique(of, return_inverse=True)[1] for of in columns])


@compiled
def difference(said: Ints, own: Ints, number: int) -> int:
    """How far a stated number is from the man's; an age is counted on the day it is stated."""
    if number == AGE:
        return said[AGE] - int((said[PUBLIC] - own[AGE]) / 365.2425)
    return said[number] - own[number]


@compiled
def how(said: Ints, own: Ints, word: int) -> int:
    """0 his own, 1 his district, 2 the capital of his region, 3 another's."""
    if said[word] == own[word]:
        return 0
    if word == 3 and said[3] == own[4]:
        return 1
    return 2 if word == 3 and said[3] == own[5] else 3


@compiled
def _counted(said: Said, register: Register) -> tuple[Doubles, Doubles]:
    """How often records of each kind differ from their man, and by how much."""
    numbers = np.zeros((2, NUMBERS, 2 * REACH + 1))
    words = np.zeros((2, 4, 4))
    for i in range(len(said.kinds)):
        kind, man = said.kinds[i], said.truth[i]
        for number in range(NUMBERS):
            if said.numbers[i, number] != NOT_SAID:
                off = difference(said.numbers[i], register.numbers[man], number)
                numbers[kind, number, min(max(off, -REACH), REACH) + REACH] += 1
        for word in range(4):
            if said.words[i, word] != NOT_SAID:
                words[kind, word, how(said.words[i], register.words[man], word)] += 1
    return numbers, words


def measured(said: Said, register: Register) -> Chances:
    """The chances of each misstatement, with the truth at hand."""
    numbers, words = _counted(said, register)
    for kind in range(2):
        delays = numbers[kind, PUBLIC]
        numbers[kind, PUBLIC] = np.convolve(delays, np.ones(DELAY_DAYS), "same")
        numbers[kind, PUBLIC, : REACH + 1] = 0
    man = np.zeros((2, 2))
    for kind in range(2):
        for sought in range(2):
            of = (said.kinds == kind) & (register.sought[said.truth] == sought)
            man[kind, sought] = of.sum() / max((register.sought == sought).sum(), 1)
    return Chances(_logs(numbers), _logs(words), np.log(man + NEVER))


def _logs(counts: Doubles) -> Doubles:
    return np.asarray(np.log(counts / np.maximum(counts.sum(-1, keepdims=True), 1) + NEVER))


@compiled
def fits(said: Said, register: Register, chances: Chances, i: int, man: int) -> float:
    """Logarithm of how well record i is explained by a man of its surname and initial."""
    given, father = said.forms[i]
    own, truth = register.names[man], register.names[said.truth[i]]
    if given == WHOLE and own[1] != truth[1]:
        return -np.inf
    if (father == WHOLE and own[2] != truth[2]) or (father == INITIAL and own[3] != truth[3]):
        return -np.inf
    kind = said.kinds[i]
    total = chances.man[kind, register.sought[man]]
    for number in range(NUMBERS):
        if said.numbers[i, number] != NOT_SAID:
            off = difference(said.numbers[i], register.numbers[man], number)
            total += chances.numbers[kind, number, min(max(off, -REACH), REACH) + REACH]
    for word in range(4):
        if said.words[i, word] != NOT_SAID:
            level = how(said.words[i], register.words[man], word)
            total += chances.words[kind, word, level]
            if level == 3:
                total += said.shares[i, word]
    return float(total)


@compiled
def _men_of(said: Said, register: Register, chances: Chances, rows: Ints, men: Ints) -> Doubles:
    """[record, man] the probability of each man, of records and men of one surname and initial."""
    out = np.empty((len(rows), len(men)))
    for at, i in enumerate(rows):
        best = -np.inf
        for k, man in enumerate(men):
            out[at, k] = fits(said, register, chances, i, man)
            best = max(best, out[at, k])
        total = 0.0
        for k in range(len(men)):
            out[at, k] = np.exp(out[at, k] - best)
            total += out[at, k]
        for k in range(len(men)):
            out[at, k] /= total
    return out


@compiled
def _judge(
    said: Said, register: Register, chances: Chances, rows: Ints, ends: Ints, men: Ints,
    men_ends: Ints, counts: Doubles,
) -> None:  # fmt: skip
    """Count pairs by their probability: [across post and row?, step, one man's?] in `counts`."""
    for group in range(len(ends) - 1):
        of = rows[ends[group] : ends[group + 1]]
        own = men[men_ends[group] : men_ends[group + 1]]
        if len(of) < 2:
            continue
        probable = _men_of(said, register, chances, of, own)
        for k in range(len(own)):
            if register.sought[own[k]] == 0:
                for at in range(len(of)):
                    probable[at, k] = 0.0  # rows of men no post speaks of stay apart
        kept = np.empty(len(own), np.int64)
        for a in range(len(of)):
            n = 0
            for k in range(len(own)):
                if probable[a, k] >= LEAST:
                    kept[n] = k
                    n += 1
            for b in range(a + 1, len(of)):
                chance = 0.0
                for k in kept[:n]:
                    chance += probable[a, k] * probable[b, k]
                if chance > LEAST:
                    i, j = of[a], of[b]
                    across = int(said.kinds[i] != said.kinds[j])
                    counts[across, int(chance * STEPS), int(said.truth[i] == said.truth[j])] += 1


def judged(table: pl.DataFrame, men: Men) -> tuple[float, float]:
    """The highest F1 of pairs, and of pairs of a post and a row, that can be expected."""
    said, register = told(table, men)
    chances = measured(said, register)
    groups = register.names[:, 0]
    counts = np.zeros((2, STEPS + 2, 2))
    rows, ends = _by_group(groups[said.truth], int(groups.max()) + 1)
    own, own_ends = _by_group(groups, int(groups.max()) + 1)
    _judge(said, register, chances, rows, ends, own, own_ends, counts)
    posts = np.bincount(said.truth[said.kinds == 0], minlength=len(groups))
    listed = np.bincount(said.truth[said.kinds == 1], minlength=len(groups))
    both = posts + np.where(posts > 0, listed, 0)
    return (
        _best(counts.sum(0), int((both * (both - 1) // 2).sum())),
        _best(counts[1], int((posts * listed).sum())),
    )


def _by_group(groups: Ints, n: int) -> tuple[Ints, Ints]:
    order = np.argsort(groups, kind="stable")
    return order, np.searchsorted(groups[order], np.arange(n + 1))


def _best(counts: Doubles, true: int) -> float:
    """The best F1 of all thresholds."""
    hits = counts[::-1, 1].cumsum()
    said = counts[::-1].sum(1).cumsum()
    return float((2 * hits / np.maximum(said + true, 1)).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    print("| records | bound of pair F1 | of request–list F1 |\n|---|---|---|")
    for size in arguments.sizes:
        pairs, lists = judged(*drawn(size, size * 3 // 10, arguments.seed))
        print(f"| {size * 13 // 10:,} | {pairs:.4f} | {lists:.4f} |", flush=True)


if __name__ == "__main__":
    main()
