"""The tally day by day → a stacked area chart as plain figures that a template draws as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from store.datasette.labels import label

# Drawn from the bottom up: index in a series row, and the status.
LAYERS = ((2, "missing"), (3, "captured"), (4, "released"), (5, "found_alive"), (6, "deceased"))
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 960.0, 300.0, 48.0, 28.0, 12.0
TICKS_ACROSS = 8
FINEST = 2.0  # units across in which one step is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything in the units of a 960 × 300 view box."""

    width: float
    height: float
    layers: tuple[tuple[str, str], ...]  # status, the path of its area
    across: tuple[tuple[float, str], ...]  # x, label of a tick
    up: tuple[tuple[float, int], ...]  # y, count


Row = Sequence[object]  # day, total, missing, captured, released, found_alive, deceased


def chart(series: Sequence[Row], as_of: str, language: str) -> Chart | None:
    """The areas of a series sorted by day; None where there is too little to draw."""
    shown = [row for row in series if str(row[0]) <= as_of]
    if len(shown) < 2:
        return None
    first, last = date.fromisoformat(str(shown[0][0])), date.fromisoformat(as_of)
    most = max(_count(row[1]) for row in shown) or 1
    across = (WIDTH - LEFT) / max((last - first).days, 1)
    up = (HEIGHT - BOTTOM - TOP) / most

    def x(day: date) -> float:
        return LEFT + (day - first).days * across

    shown = _thinned(shown, x)
    days = [date.fromisoformat(str(row[0])) for row in shown]
    floor, layers = [0] * len(shown), []
    for index, status in LAYERS:
        ceiling = [low + _count(row[index]) for low, row in zip(floor, shown, strict=True)]
        edge = [(x(day), HEIGHT - BOTTOM - n * up) for day, n in zip(days, ceiling, strict=True)]
        base = [(x(day), HEIGHT - BOTTOM - n * up) for day, n in zip(days, floor, strict=True)]
        layers.append((status, _area(_steps(edge, WIDTH), _steps(base, WIDTH))))
        floor = ceiling
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        layers=tuple(layers),
        across=tuple((x(day), text) for day, text in _ticks(first, last, language)),
        up=tuple((HEIGHT - BOTTOM - n * up, n) for n in _round_counts(most)),
    )


def _thinned(rows: Sequence[Row], x: Callable[[date], float]) -> list[Row]:
    """Of the days that fall on one step of the drawing, the last: more cannot be seen."""
    last = {int(x(date.fromisoformat(str(row[0]))) / FINEST): row for row in rows}
    return list(last.values())


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _steps(points: list[tuple[float, float]], right: float) -> list[tuple[float, float]]:
    """A count holds until the next change: steps, not slopes; the last runs to the right edge."""
    stepped = [points[0]]
    for (_, y), (next_x, next_y) in pairwise(points):
        stepped += [(next_x, y), (next_x, next_y)]
    return [*stepped, (right, stepped[-1][1])]


def _area(edge: list[tuple[float, float]], base: list[tuple[float, float]]) -> str:
    outline = [*edge, *reversed(base)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in outline) + "Z"


def _ticks(first: date, last: date, language: str) -> list[tuple[date, str]]:
    """The first days of months, as many as fit; a year where the span is long."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= TICKS_ACROSS or s == 120)
    ticks, day = [], date(first.year, 1, 1)
    while day <= last:
        if day >= first + timedelta(days=10):
            ticks.append((day, _tick(day, step, language)))
        month = day.month - 1 + step
        day = date(day.year + month // 12, month % 12 + 1, 1)
    return ticks


def _tick(day: date, step: int, language: str) -> str:
    if step >= 12:
        return str(day.year)
    return f"{label(f'month.{day.month:02d}', language)[:3]} {day.year}"


def _round_counts(most: int) -> list[int]:
    """0 and three to six round counts up to the most."""
    step = next(
        digit * 10**power
        for power in range(9)
        for digit in (1, 2, 5)
        if most / (digit * 10**power) <= 6
    )
    return list(range(0, most + 1, step))
