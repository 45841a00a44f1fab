"""Worlds and short posts with gold → how well a fate is read, and the weights of its words.

    python -m benchmarks.fates                 # each author read with what the others taught
    python -m benchmarks.fates --write         # russian/fate_words.tsv from all of them

A multinomial logistic regression with a Gaussian prior on the dictionary forms around each man
(`extract.fates.lexis.features`), fitted by L-BFGS (scipy). An author's figure is measured with
weights none of his texts helped to make; the phrases' figure beside it is not unread for those
worlds that phrases were mended for.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from benchmarks.extraction import NAMES, WORLD, Gold, paired, posts
from extract import reading
from extract.fates import lexis
from extract.fates.claims import Reader
from model import Claim, Post

WORLDS = Path(__file__).parent / "worlds"
SHORT = WORLDS / "short"
TOLD = Path(__file__).parent.parent / "tests" / "roundabout_told.tsv"
TABLE = Path(__file__).parent.parent / "russian" / "fate_words.tsv"
LEAST = 3  # men a word must stand beside
PRIOR = 3.3  # inverse variance of a weight
SMALL = 0.1  # a word none of whose weights is greater is left out
_DAY = datetime(2024, 11, 20, 12, tzinfo=UTC)  # of short posts, which bear none
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
    """Weights by word, and what holds before a word is read."""

    columns: Mapping[str, int]
    weights: Matrix  # words × fates
    bias: Matrix  # fates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    authors = {name: list(told) for name, told in _authors()}
    if write:
        _write(fitted([one for told in authors.values() for one in told]))
        return
    print(f"{'author':<12}{'men':>6}{'phrases':>9}{'words':>8}{'both':>8}")
    for name, told in authors.items():
        model = fitted([one for other, all_ in authors.items() if other != name for one in all_])
        print(
            f"{name:<12}{len(told):>6}" + "".join(f"{share:>8.3f}" for share in shares(told, model))
        )


def _authors() -> Iterator[tuple[str, Iterator[Told]]]:
    for world in [WORLD, *sorted(WORLDS.glob("*/posts.jsonl"))]:
        folder = world if world.is_dir() else world.parent
        name = "practice" if folder == WORLD else folder.name
        yield name, (man for post, gold in posts(folder) for man in told_of(post, gold))
    for path in sorted(SHORT.glob("*.tsv")):
        yield f"short {path.stem}", _short(path)
    yield "told", (man for post, gold in _told() for man in told_of(post, gold))


def _told() -> Iterator[tuple[Post, list[Gold]]]:
    """The table of roundabout fates: records of one post, a tab, the post."""
    for number, line in enumerate(TOLD.read_text(encoding="utf-8").splitlines()):
        records, _, text = line.partition("\t")
        if not text or line.startswith("#") or records.strip() in ("", "-"):
            continue
        post = Post(
            source="told", external_id=str(number), posted_at=_DAY, text=text.replace("\\n", "\n")
        )
        yield post, [_record(one) for one in records.split(";")]


def _record(said: str) -> Gold:
    """«Чернов Алексей Петрович: released», a part that is not told as «-»."""
    name, _, status = said.strip().rpartition(": ")
    parts = [None if part == "-" else part for part in name.split(" ")]
    return {**dict(zip(NAMES, [*parts, None, None], strict=False)), "status": status}


def _short(path: Path) -> Iterator[Told]:
    """Posts of one man each: status <TAB> text; the name is whatever is read."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        status, _, text = line.partition("\t")
        if text and status != "none":
            post = Post(source="short", external_id=str(number), posted_at=_DAY, text=text)
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


def fitted(told: Sequence[Told]) -> Model:
    """The weights under which the gold is likeliest."""
    met = Counter(word for one in told for word in one.words)
    columns = {word: at for at, word in enumerate(sorted(w for w, n in met.items() if n >= LEAST))}
    rows = vstack([_row(one.words, columns) for one in told]).tocsr()
    gold = np.array([lexis.FATES.index(one.gold) for one in told])
    truth = np.eye(len(lexis.FATES))[gold]
    shape = (len(columns) + 1, len(lexis.FATES))

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(shape)
        scores = rows @ weights[:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        likely /= likely.sum(axis=1, keepdims=True)
        wrong = likely - truth
        slope = np.vstack([rows.T @ wrong + PRIOR * weights[:-1], wrong.sum(axis=0)])
        lost = -np.log(likely[np.arange(len(gold)), gold]).sum()
        return float(lost + PRIOR / 2 * (weights[:-1] ** 2).sum()), slope.ravel()

    best = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B").x.reshape(shape)
    return Model(columns, best[:-1], best[-1])


def _row(words: Mapping[str, int], columns: Mapping[str, int]) -> csr_matrix:
    known = [columns[word] for word in words if word in columns]
    share = lexis.share(len(words))
    row = ([share] * len(known), ([0] * len(known), known))
    return csr_matrix(row, shape=(1, len(columns)))


def shares(told: Sequence[Told], model: Model) -> tuple[float, float, float]:
    """The share of men whose fate the phrases, the words, and both together read right."""
    right = np.zeros(3)
    for one in told:
        scores = (_row(one.words, model.columns) @ model.weights + model.bias)[0]
        best = lexis.settled(list(scores), one.phrases, one.trust)
        words = lexis.FATES[int(np.argmax(scores))]
        right += [one.phrases is one.gold, words is one.gold, best is one.gold]
    return tuple(right / max(len(told), 1))


def _write(model: Model) -> None:
    lines = [_line(lexis.BIAS, model.bias)]
    for word, at in model.columns.items():
        if np.abs(model.weights[at]).max() >= SMALL:
            lines.append(_line(word, model.weights[at]))
    TABLE.write_text(_HEAD + "".join(lines), encoding="utf-8")
    print(f"{TABLE.name}: {len(lines) - 1} words")


def _line(word: str, weights: Matrix) -> str:
    return "\t".join([word, *(f"{weight:.2f}" for weight in weights)]) + "\n"


if __name__ == "__main__":
    main()
