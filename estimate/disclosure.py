"""Tables of counts with shared margins → which cells to hide so that no small one can be found out.

Primary suppression hides every count below k; complementary suppression hides more, until an
attacker who knows all published cells, their sums, and every earlier release cannot bound any
hidden cell more narrowly than k (Handbook on Statistical Disclosure Control, ch. 4-5). The attacker
is a linear program; nothing is published that was not attacked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

Cell = tuple[str, str, str]  # table, group, status; "" is a margin: a sum over groups or statuses
ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Every true count of one release, margins too, and the cells that are, or were, shown."""

    counts: Mapping[Cell, int]
    shown: frozenset[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """A hidden cell, or a change of a cell since an earlier release, that can be told too well."""

    cell: Cell
    low: float
    high: float
    since: int | None = None  # number of the earlier release, for a change


def tabulated(
    totals: Mapping[str, int], tables: Mapping[str, Mapping[str, Mapping[str, int]]]
) -> dict[Cell, int]:
    """Counts by status, and by table, group and status → all cells with their margins.

    The margin over groups is one and the same cell for every table: the attacker links them.
    """
    cells: dict[Cell, int] = {(ALL, ALL, status): count for status, count in totals.items()}
    cells[ALL, ALL, ALL] = sum(totals.values())
    for table, groups in tables.items():
        for group, row in groups.items():
            for status in totals:
                cells[table, group, status] = row.get(status, 0)
            cells[table, group, ALL] = sum(row.get(status, 0) for status in totals)
    return cells


def protect(
    counts: Mapping[Cell, int], earlier: Sequence[Release], k: int, rounds: int = 400
) -> tuple[frozenset[Cell], list[Exposed]]:
    """The cells that may be shown, and what the attacker still finds (empty: publish).

    `k`: the smallest count shown, and the narrowest interval an attacker may be left with.
    """
    shown = {cell for cell, count in counts.items() if not 0 < count < k}
    shown -= {cell for cell in shown if _moved_little(cell, counts, earlier, k)}
    _close_single_gaps(counts, shown)
    exposed: list[Exposed] = []
    for _ in range(rounds):
        exposed = attack([*earlier, Release(counts=counts, shown=frozenset(shown))], k)
        if not exposed:
            break
        before = len(shown)
        for found in exposed:
            _hide_beside(found.cell, counts, shown)
        if len(shown) == before:
            break
    return frozenset(shown), exposed


def attack(releases: Sequence[Release], k: int) -> list[Exposed]:
    """What an attacker who holds all releases learns of the newest within less than k."""
    problem = _Problem(releases)
    newest = len(releases) - 1
    found = []
    for cell in sorted(problem.hidden(newest)):
        low, high = problem.bounds({(newest, cell): 1.0})
        if high - low < k:
            found.append(Exposed(cell=cell, low=low, high=high))
    found += [
        Exposed(cell=cell, low=change, high=change, since=number)
        for number, earlier in enumerate(releases[:-1])
        for cell in sorted(earlier.shown & releases[-1].shown)
        if cell[0] != ALL
        and 0 < abs(change := releases[-1].counts[cell] - earlier.counts[cell]) < k
    ]
    return found


def _moved_little(
    cell: Cell, counts: Mapping[Cell, int], earlier: Iterable[Release], k: int
) -> bool:
    """Would two releases side by side show a change of a few men in this group?"""
    return cell[0] != ALL and any(
        cell in old.shown and 0 < abs(counts[cell] - old.counts[cell]) < k for old in earlier
    )


def _lines(counts: Mapping[Cell, int]) -> Iterator[tuple[Cell, list[Cell]]]:
    """Every sum: its cell, and the cells it is the sum of."""
    tables = sorted({table for table, _, _ in counts if table != ALL})
    statuses = sorted({status for table, _, status in counts if table == ALL and status != ALL})
    yield (ALL, ALL, ALL), [(ALL, ALL, status) for status in statuses]
    for table in tables:
        groups = sorted({group for name, group, _ in counts if name == table})
        for group in groups:
            yield (table, group, ALL), [(table, group, status) for status in statuses]
        for status in (*statuses, ALL):
            yield (ALL, ALL, status), [(table, group, status) for group in groups]


def _close_single_gaps(counts: Mapping[Cell, int], shown: set[Cell]) -> None:
    """In a sum with a single hidden part, hide a second: the cheap share of the work."""
    changed = True
    while changed:
        changed = False
        for total, parts in _lines(counts):
            line = [total, *parts]
            hidden = [cell for cell in line if cell not in shown]
            if len(hidden) == 1 and (second := _smallest(line, counts, shown)) is not None:
                shown.discard(second)
                changed = True


def _smallest(line: Iterable[Cell], counts: Mapping[Cell, int], shown: set[Cell]) -> Cell | None:
    """The shown cell whose hiding costs least: small, and no margin if it can be helped."""
    candidates = [cell for cell in line if cell in shown and counts[cell] > 0]
    return min(
        candidates,
        key=lambda cell: (cell[0] == ALL, cell[2] == ALL, counts[cell], cell),
        default=None,
    )


def _hide_beside(cell: Cell, counts: Mapping[Cell, int], shown: set[Cell]) -> None:
    """Hide the cell itself if it is shown, else one more in each sum it takes part in."""
    if cell in shown:
        shown.discard(cell)
        return
    for total, parts in _lines(counts):
        line = [total, *parts]
        if cell in line and (more := _smallest(line, counts, shown)) is not None:
            shown.discard(more)


class _Problem:
    """The attacker's knowledge: hidden cells are unknowns, every sum an equation.

    Between releases he takes it that a group's total never falls, where that is true.
    """

    def __init__(self, releases: Sequence[Release]) -> None:
        self._releases = releases
        self._index: dict[tuple[int, Cell], int] = {}
        for number, release in enumerate(releases):
            for cell in sorted(set(release.counts) - release.shown):
                self._index[number, cell] = len(self._index)
        equal = [line for number, r in enumerate(releases) for line in self._sums(number, r)]
        self._equal, self._equals = self._matrix(equal)
        self._most, self._mosts = self._matrix(list(self._growth()))

    def hidden(self, number: int) -> set[Cell]:
        """The unknowns of one release."""
        return {cell for at, cell in self._index if at == number}

    def bounds(self, objective: Mapping[tuple[int, Cell], float]) -> tuple[float, float]:
        """The least and the greatest value the objective can have."""
        goal = np.zeros(len(self._index))
        for key, weight in objective.items():
            goal[self._index[key]] = weight
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * goal, A_eq=self._equal, b_eq=self._equals, A_ub=self._most, b_ub=self._mosts,
                bounds=(0, None), method="highs",
            )  # fmt: skip
            if solved.status == 3:  # unbounded
                ends.append(float("inf"))
            elif solved.status == 0:
                ends.append(sign * float(solved.fun))
            else:
                raise ArithmeticError(f"the attacker's program failed: {solved.message}")
        return ends[0], ends[1]

    def _sums(self, number: int, release: Release) -> Iterator[tuple[dict[int, float], float]]:
        for total, parts in _lines(release.counts):
            terms = [(part, 1.0) for part in parts] + [(total, -1.0)]
            line, known = self._terms(number, terms)
            if line:
                yield line, -known

    def _growth(self) -> Iterator[tuple[dict[int, float], float]]:
        for number in range(len(self._releases) - 1):
            one, two = self._releases[number], self._releases[number + 1]
            for cell in sorted(set(one.counts) & set(two.counts)):
                if cell[2] == ALL and one.counts[cell] <= two.counts[cell]:
                    first, known = self._terms(number, [(cell, 1.0)])
                    second, later = self._terms(number + 1, [(cell, -1.0)])
                    if first or second:
                        yield first | second, -known - later

    def _terms(
        self, number: int, terms: Iterable[tuple[Cell, float]]
    ) -> tuple[dict[int, float], float]:
        """Unknowns with their weights, and the sum of what is known."""
        line: dict[int, float] = {}
        known = 0.0
        for cell, weight in terms:
            index = self._index.get((number, cell))
            if index is None:
                known += weight * self._releases[number].counts[cell]
            else:
                line[index] = line.get(index, 0.0) + weight
        return line, known

    def _matrix(
        self, lines: Sequence[tuple[dict[int, float], float]]
    ) -> tuple[object | None, list[float] | None]:
        if not lines:
            return None, None
        matrix = lil_matrix((len(lines), len(self._index)))
        for row, (line, _) in enumerate(lines):
            for index, weight in line.items():
                matrix[row, index] = weight
        return matrix.tocsr(), [right for _, right in lines]
