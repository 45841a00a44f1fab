"""Dictionary forms → what kind of word each is: 300 numbers of Navec, which the peers bring.

A word no author taught is weighed by the words it is like: `Vectors.of` gives the matrix that a
regression learns beside the words themselves, `Vectors.common` the words a table may hold.
Navec (natasha, MIT) is read by `benchmarks/navec_peer.py` in `.venv-peers` (`make install-peers`);
its vectors are of forms: that of a dictionary form is the mean of its forms' directions.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from russian.morphology import parses

PEER = Path(__file__).parent.parent / ".venv-peers" / "bin" / "python"
COMMON = 2000  # times a word must be met to stand in a table nobody taught it
SIZE = 79  # numbers kept of a word's 300: along the axes common words differ most on
DENIED = "не "  # how `extract.fates.lexis.features` marks a word behind «не»
_CYRILLIC = re.compile(r"[а-яё-]+")
_NAMES = frozenset(("Surn", "Name", "Patr", "Geox", "Orgn", "Trad", "Abbr"))
Matrix = NDArray[np.float64]


class Vectors(NamedTuple):
    """Directions of dictionary forms, and how often the forms of each were met."""

    at: Mapping[str, int]
    directions: Matrix  # words × numbers
    met: NDArray[np.int64]

    def of(self, words: Iterable[str]) -> Matrix:
        """Each word's direction, and apart from it that of a word denied; zeros for the unknown."""
        size = self.directions.shape[1]
        found = np.zeros((2 * size,))
        rows = []
        for word in words:
            row = found.copy()
            denied = word.startswith(DENIED)
            place = self.at.get(word.removeprefix(DENIED))
            if place is not None:
                row[size * denied : size * (denied + 1)] = self.directions[place]
            rows.append(row)
        return np.array(rows).reshape(len(rows), 2 * size)

    def common(self) -> Sequence[str]:
        """The words met often."""
        return [word for word, place in self.at.items() if self.met[place] >= COMMON]


def vectors() -> Vectors:
    """All dictionary forms Navec knows but names, places and abbreviations."""
    if not PEER.exists():
        sys.exit("Navec is not installed: make install-peers")
    with tempfile.TemporaryDirectory() as place:
        stored = Path(place) / "navec.npz"
        subprocess.run(
            [PEER, Path(__file__).with_name("navec_peer.py"), stored],
            check=True,
        )
        with np.load(stored) as read:
            words, counts, raw = read["words"], read["counts"], read["vectors"]
    forms: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words.tolist()):
        read = parses(word) if _CYRILLIC.fullmatch(word) else ()
        if read and _NAMES.isdisjoint(read[0].tags):
            forms[read[0].normal.replace("ё", "е")].append(number)
    raw /= np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)
    means = np.array([raw[numbers].mean(axis=0) for numbers in forms.values()], dtype=np.float64)
    means -= means.mean(axis=0)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    met = np.array([counts[numbers].sum() for numbers in forms.values()], dtype=np.int64)
    _, axes = np.linalg.eigh(np.cov(means[met >= COMMON].T))
    main = means @ axes[:, -SIZE:]
    return Vectors({word: place for place, word in enumerate(forms)}, main, met)
