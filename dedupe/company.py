"""Records without a surname → the men they mean: who was named beside the same man elsewhere.

"Брат Аян дома, а Айдына не нашли": a given name alone says nothing, but where an earlier post
named an Айдын in the company of the same brother, it can only mean him. Company calls nobody dead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from .columns import NONE, Columns, Ints
from .comparisons import workspace
from .rules import CLAIMS_DEAD
from .scorer import GIVEN, Scorer, weigh
from .weights import LEVELS

_EXACT, _FORM = LEVELS["given"].index("exact"), LEVELS["given"].index("form")


def named_in_company(s: Scorer, columns: Columns, roots: Ints) -> Iterator[tuple[int, int]]:
    """(row without a surname, row of the one man it can mean)."""
    by_post: Mapping[int, list[int]] = _rows_by(columns.post)
    by_root: Mapping[int, list[int]] = _rows_by(roots)
    told = (columns.surname == NONE) & (columns.given != NONE) & (columns.claim != CLAIMS_DEAD)
    for row in np.flatnonzero(told).tolist():
        if len(by_root[int(roots[row])]) > 1 or columns.post[row] == NONE:
            continue
        means: dict[int, int] = {}
        for partner in by_post[int(columns.post[row])]:
            for seen in by_root[int(roots[partner])] if partner != row else ():
                for other in by_post.get(int(columns.post[seen]), ()):
                    if _fits(s, columns, row, other):
                        means.setdefault(int(roots[other]), other)
        if len(means) == 1:
            yield row, next(iter(means.values()))


def _rows_by(values: Ints) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, value in enumerate(values.tolist()):
        if value != NONE:
            rows[value].append(row)
    return dict(rows)


def _fits(s: Scorer, columns: Columns, row: int, other: int) -> bool:
    if columns.post[other] == columns.post[row] or columns.surname[other] == NONE:
        return False
    levels = np.empty(s.bits.shape[0], np.int8)
    _, _, vetoed = weigh(s, row, other, levels, workspace())
    return not vetoed and levels[GIVEN] in (_EXACT, _FORM)
