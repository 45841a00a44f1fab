"""Worlds and short posts with gold → how well a fate is read, and the weights of its words.

    python -m benchmarks.fates                 # each author read with what the others taught
    python -m benchmarks.fates --write         # russian/fate_words.tsv from all of them

A logistic regression on the dictionary forms around each man (`extract.fates.lexis.features`) and
on what kinds of words they are (`benchmarks.vectors`). An author's figure is measured with weights
none of his texts helped to make; the phrases' figure beside it is not unread for those worlds that
phrases were mended for.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.extraction import WORLD, Gold, paired, posts
from benchmarks.logistic import Prior, Weights, fit
from benchmarks.named import DAY, NAMED, man, named_posts
from benchmarks.vectors import Vectors, vectors
from extract import reading
from extract.fates import lexis
from extract.fates.claims import Reader
from model import Claim, Post

WORLDS = Path(__file__).parent / "worlds"
SHORT = WORLDS / "short"
TOLD = Path(__file__).parent.parent / "tests" / "roundabout_told.tsv"
TABLE = Path(__file__).parent.parent / "russian" / "fate_words.tsv"
LEAST = 3  # men a word must stand beside
PRIOR = 3.3  # inverse variance of a word's weight
PRIOR_OF_KINDS = 10.0  # the same for the kinds of words it is like
SMALL = 0.2  # a taught word whose weights differ less is left out
SMALL_UNTAUGHT = 0.6  # the same for a common word nobody taught
_STATUS = {"missing": Claim.SOUGHT}
_HEAD = """\
# What a word around a man says of his fate: dictionary form <TAB> weight for each fate.
# Made by `python -m benchmarks.fates --write` from the worlds there, for extract/fates/lexis.py.
# Weights of a multinomial logistic regression; the row * is what holds before a word is read.
#	sought	captured	released	found_alive	deceased	retracted
"""
Matrix = NDArray[np.float64]


class Told(NamedTuple):
    """One man as one post speaks of him."""

    words: Mapping[str, int]
    gold: Claim
    phrases: Claim
    trust: float | None  # None: the words have no say


class Model(NamedTuple):
    """The place of each taught word among the weights."""

    columns: Mapping[str, int]
    found: Weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    authors = {name: list(told) for name, told in _authors()}
    kinds = vectors()
    if write:
        _write(fitted([one for told in authors.values() for one in told], kinds), kinds)
        return
    print(f"{'author':<16}{'men':>6}{'phrases':>9}{'words':>8}{'both':>8}{'wrongly dead':>14}")
    for name, told in authors.items():
        taught = [one for other, all_ in authors.items() if other != name for one in all_]
        *right, dead = shares(told, fitted(taught, kinds), kinds)
        figures = "".join(f"{share:>8.3f}" for share in right)
        print(f"{name:<16}{len(told):>6}{figures}{dead:>14.0f}", flush=True)


def _authors() -> Iterator[tuple[str, Iterator[Told]]]:
    for world in [WORLD, *sorted(WORLDS.glob("*/posts.jsonl"))]:
        folder = world if world.is_dir() else world.parent
        name = "practice" if folder == WORLD else folder.name
        yield name, (man for post, gold in posts(folder) for man in told_of(post, gold))
    for path in sorted(SHORT.glob("*.tsv")):
        yield f"short {path.stem}", _short(path)
    for path in sorted(NAMED.glob("*.tsv")):
        every = named_posts(path)
        yield f"named {path.stem}", (one for post, gold in every for one in told_of(post, gold))
    yield "told", (one for post, gold in _told() for one in told_of(post, gold))


def _told() -> Iterator[tuple[Post, list[Gold]]]:
    """The table of roundabout fates: records of one post, a tab, the post."""
    for number, line in enumerate(TOLD.read_text(encoding="utf-8").splitlines()):
        records, _, text = line.partition("\t")
        if not text or line.startswith("#") or records.strip() in ("", "-"):
            continue
        post = Post(
            source="told", external_id=str(number), posted_at=DAY, text=text.replace("\\n", "\n")
        )
        said = [one.strip().rpartition(": ") for one in records.split(";")]
        yield post, [man(name, status) for name, _, status in said]


def _short(path: Path) -> Iterator[Told]:
    """Posts of one man each: status <TAB> text; the name is whatever is read."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        status, _, text = line.partition("\t")
        if text and status != "none":
            post = Post(source="short", external_id=str(number), posted_at=DAY, text=text)
            yield from told_of(post, [{"status": status}])


def told_of(post: Post, gold: Sequence[Gold]) -> Iterator[Told]:
    """Each man of a post whose gold is known, with the words around him."""
    text = reading.take_apart(post)
    people, chosen, telling = reading.of_whom(post, text)
    if telling is None or not chosen:
        return
    reader = Reader(text.tokens, text.layout, text.hits, telling)
    strangers = [name[0] for person in people if person.excluded for name in person.named]
    scopes = dict(zip(map(id, chosen), reading.scopes(chosen, strangers, text), strict=True))
    named = "surname" in (gold[0] if gold else {})
    for person, truth in paired(chosen, gold) if named else zip(chosen, gold, strict=False):
        scope = scopes[id(person)][1]
        read = reader.by_phrases(scope)
        status = str(truth["status"])
        yield Told(
            words=lexis.features(text.tokens, scope.own, scope.names),
            gold=_STATUS.get(status) or Claim(status),
            phrases=read.claim,
            trust=None if scope.listed else reader.trust_in(read, scope),
        )


def fitted(told: Sequence[Told], kinds: Vectors) -> Model:
    """The weights under which the gold is likeliest."""
    met = Counter(word for one in told for word in one.words)
    columns = {word: at for at, word in enumerate(sorted(w for w, n in met.items() if n >= LEAST))}
    every = {word: at for at, word in enumerate(met)}
    rows = _rows(told, columns)
    dense = _rows(told, every) @ kinds.of(every)
    gold = np.array([lexis.FATES.index(one.gold) for one in told])
    found = fit(rows, dense, gold, len(lexis.FATES), Prior(PRIOR, PRIOR_OF_KINDS))
    return Model(columns, found)


def _rows(told: Sequence[Told], columns: Mapping[str, int]) -> csr_matrix:
    places, ends, shares_ = [], [0], []
    for one in told:
        known = [columns[word] for word in one.words if word in columns]
        places += known
        shares_ += [lexis.share(len(one.words))] * len(known)
        ends.append(len(places))
    return csr_matrix((shares_, places, ends), shape=(len(told), len(columns)))


def weighed(words: Sequence[str], model: Model, kinds: Vectors) -> Matrix:
    """Words × fates: what each says by itself and by the words it is like."""
    weights = kinds.of(words) @ model.found.dense
    for row, word in enumerate(words):
        if word in model.columns:
            weights[row] += model.found.sparse[model.columns[word]]
    return weights


def shares(told: Sequence[Told], model: Model, kinds: Vectors) -> tuple[float, float, float, float]:
    """The share of men whose fate the phrases, the words, and both together read right.

    Last, how many living men both together call dead.
    """
    every = {word: at for at, word in enumerate({word for one in told for word in one.words})}
    scores = _rows(told, every) @ weighed(list(every), model, kinds) + model.found.bias
    right = np.zeros(4)
    for one, score in zip(told, scores.tolist(), strict=True):
        best = lexis.settled(score, one.phrases, one.trust)
        words = lexis.FATES[int(np.argmax(score))]
        dead = best is Claim.DECEASED is not one.gold
        right += [one.phrases is one.gold, words is one.gold, best is one.gold, dead * len(told)]
    return tuple(right / max(len(told), 1))


def _write(model: Model, kinds: Vectors) -> None:
    words = sorted({*model.columns, *kinds.common()})
    weights = weighed(words, model, kinds)
    least = [SMALL if word in model.columns else SMALL_UNTAUGHT for word in words]
    lines = [_line(lexis.BIAS, model.found.bias)]
    for word, row, small in zip(words, weights, least, strict=True):
        if np.ptp(row) >= small:
            lines.append(_line(word, row))
    TABLE.write_text(_HEAD + "".join(lines), encoding="utf-8")
    print(f"{TABLE.name}: {len(lines) - 1} words")


def _line(word: str, weights: Matrix) -> str:
    return "\t".join([word, *(f"{weight:.2f}" for weight in weights)]) + "\n"


if __name__ == "__main__":
    main()
