"""Worlds and short posts with gold → how well it is read whom a post is about, and its weights.

    python -m benchmarks.sought                # each author read with what the others taught
    python -m benchmarks.sought --write        # russian/sought_words.tsv from all of them

A logistic regression on the dictionary forms of a post and of the sentences that name a man, on
what kinds of words they are (`benchmarks.vectors`) and on how he is named (`extract.people.odds`).
An author's figure is measured with weights none of his texts helped to make; the rules' figure
beside it is not unread for those worlds that rules were mended for.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.extraction import WORLD, Gold, paired, posts
from benchmarks.logistic import Matrix, Prior, Weights, fit
from benchmarks.named import NAMED, named_posts
from benchmarks.vectors import Vectors, vectors
from extract import reading
from extract.fates import lexis
from extract.people import odds
from model import Post

WORLDS = Path(__file__).parent / "worlds"
TABLE = Path(__file__).parent.parent / "russian" / "sought_words.tsv"
LEAST = 3  # men a word must stand beside
PRIOR, PRIOR_OF_KINDS, PRIOR_OF_SIGNS = 2.0, 5.0, 0.3  # inverse variances
SMALL, SMALL_UNTAUGHT = 0.2, 0.6  # see benchmarks.fates
_COLUMNS = ("post ", "told ")  # which words: of the post, of his sentences
_HEAD = """\
# What a word of a post says of a man named in it: dictionary form <TAB> weight of the word in the
# post <TAB> weight of the word in a sentence that names him, for being whom the post is about.
# Made by `python -m benchmarks.sought --write` from the worlds there, for extract/people/odds.py.
# Rows that begin with = weigh how he is named; the row * is what holds before anything is seen.
"""


class Named(NamedTuple):
    """One person a post names."""

    seen: odds.Seen
    gold: bool
    rules: bool
    trust: float  # how much the rules' word for him weighs, in log-odds


class Model(NamedTuple):
    """The place of each taught feature among the weights: words by which words, signs by `=`."""

    columns: Mapping[str, int]
    found: Weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    authors = {name: list(people) for name, people in _authors()}
    kinds = vectors()
    if write:
        _write(fitted([one for people in authors.values() for one in people], kinds), kinds)
        return
    print(f"{'author':<16}{'named':>6}{'rules':>8}{'both':>8}  F1 of who is sought")
    for name, people in authors.items():
        taught = [one for other, all_ in authors.items() if other != name for one in all_]
        rules, both = shares(people, fitted(taught, kinds), kinds)
        print(f"{name:<16}{len(people):>6}{rules:>8.3f}{both:>8.3f}", flush=True)


def _authors() -> Iterator[tuple[str, Iterator[Named]]]:
    for world in [WORLD, *sorted(path.parent for path in WORLDS.glob("*/posts.jsonl"))]:
        yield "practice" if world == WORLD else world.name, _people(posts(world))
    for path in sorted(NAMED.glob("*.tsv")):
        yield f"named {path.stem}", _people(named_posts(path))


def _people(every: Iterable[tuple[Post, Sequence[Gold]]]) -> Iterator[Named]:
    for post, gold in every:
        text = reading.take_apart(post)
        people, _, telling = reading.of_whom(post, text)
        if telling is None:
            continue
        ruled = {id(one) for one in reading.by_rules(people, text, telling)}
        sought = {id(person) for person, _ in paired(people, gold)}
        seen = odds.seen(people, text.around, people, serves=reading.serves(text))
        listed = not 0 < len(ruled) <= odds.FEW
        told = reading.tells(text, telling)
        for person, one in zip(people, seen, strict=True):
            sure = listed or person.dated
            trust = inf if sure else odds.trust(person, told=told)
            yield Named(one, id(person) in sought, id(person) in ruled, trust)


def fitted(people: Sequence[Named], kinds: Vectors) -> Model:
    """The weights under which the gold is likeliest."""
    met = Counter(feature for one in people for feature, _ in _features(one.seen))
    columns = {name: at for at, name in enumerate(sorted(n for n, k in met.items() if k >= LEAST))}
    signs = np.array([name.startswith(odds.SIGN) for name in columns])
    prior = Prior(np.where(signs, PRIOR_OF_SIGNS, PRIOR), PRIOR_OF_KINDS)
    dense = np.hstack([_dense(people, column, kinds) for column in (0, 1)])
    gold = np.array([one.gold for one in people], dtype=np.int64)
    return Model(columns, fit(_rows(people, columns), dense, gold, 2, prior))


def _features(one: odds.Seen) -> Iterator[tuple[str, float]]:
    for words, which in zip((one.post, one.sentences), _COLUMNS, strict=True):
        each = lexis.share(len(words))
        yield from ((which + word, each) for word in words)
    yield from ((odds.SIGN + name, value) for name, value in one.signs.items())


def _rows(people: Sequence[Named], columns: Mapping[str, int]) -> csr_matrix:
    return _sparse(
        [
            [(columns[name], value) for name, value in _features(one.seen) if name in columns]
            for one in people
        ],
        len(columns),
    )


def _sparse(rows: Sequence[Sequence[tuple[int, float]]], width: int) -> csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    places = [at for row in rows for at, _ in row]
    values = [value for row in rows for _, value in row]
    return csr_matrix((values, places, ends), shape=(len(rows), width))


def _dense(people: Sequence[Named], column: int, kinds: Vectors) -> Matrix:
    each = [one.seen[column] for one in people]
    every = {word: at for at, word in enumerate({word for words in each for word in words})}
    rows = [[(every[word], lexis.share(len(words))) for word in words] for words in each]
    return _sparse(rows, len(every)) @ kinds.of(every)


def weighed(words: Sequence[str], model: Model, kinds: Vectors) -> Matrix:
    """Words × (in the post, in his sentences): log-odds of each, by itself and by its kind."""
    dense = model.found.dense[:, 1] - model.found.dense[:, 0]
    sparse = model.found.sparse[:, 1] - model.found.sparse[:, 0]
    like = kinds.of(words)
    weights = np.column_stack([like @ half for half in np.split(dense, 2)])
    for row, word in enumerate(words):
        for column, which in enumerate(_COLUMNS):
            if which + word in model.columns:
                weights[row, column] += sparse[model.columns[which + word]]
    return weights


def shares(people: Sequence[Named], model: Model, kinds: Vectors) -> tuple[float, float]:
    """F1 of the rules and of both together."""
    dense = np.hstack([_dense(people, column, kinds) for column in (0, 1)])
    scores = _rows(people, model.columns) @ model.found.sparse + dense @ model.found.dense
    log_odds = (scores + model.found.bias) @ np.array([-1.0, 1.0])
    rules, gold = (np.array(one) for one in zip(*[(p.rules, p.gold) for p in people], strict=True))
    both = rules & (log_odds + np.array([p.trust for p in people]) > 0)
    return _f1(rules, gold), _f1(both, gold)


def _f1(said: NDArray[np.bool_], gold: NDArray[np.bool_]) -> float:
    return 2 * float((said & gold).sum()) / max(int(said.sum() + gold.sum()), 1)


def _write(model: Model, kinds: Vectors) -> None:
    taught = {name[len(_COLUMNS[0]) :] for name in model.columns if name.startswith(_COLUMNS)}
    words = sorted({*taught, *kinds.common()})
    bias = float(model.found.bias @ np.array([-1.0, 1.0]))
    lines = [f"{odds.BIAS}\t{bias:.2f}\t0"]
    for name, at in model.columns.items():
        if name.startswith(odds.SIGN):
            weight = model.found.sparse[at, 1] - model.found.sparse[at, 0]
            lines.append(f"{name}\t{weight:.2f}\t0")
    for word, (post, told) in zip(words, weighed(words, model, kinds), strict=True):
        if max(abs(post), abs(told)) >= (SMALL if word in taught else SMALL_UNTAUGHT):
            lines.append(f"{word}\t{post:.2f}\t{told:.2f}")
    TABLE.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TABLE.name}: {len(lines)} rows")


if __name__ == "__main__":
    main()
