"""Figures → Altair charts, each in a wide and a narrow form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from report.drawing import INK, NARROW, WIDE, Chart, svg
from report.figures import FIRST, Figures
from report.words import say
from store.datasette.regions import region_name, regions
from store.headline import CATEGORIES

COLOURS = {
    "missing": "#c05621", "captured": "#5b4a9c", "released": "#2b7a5a", "found_alive": "#6aa84f",
    "deceased": "#4b5058",
}  # fmt: skip
STATUSES = ("missing", "captured", "released", "found_alive", "deceased")  # order of print
RATES_SHOWN = 20
SCHEME = ["#f4e9dc", "#e9c3a0", "#d98f5f", "#b9582c", "#7d2f12"]


def charts(found: Figures, language: str) -> dict[str, tuple[str, str]]:
    """Name of each chart → its SVG for a wide page, and for a narrow one."""
    drawn: dict[str, Callable[[Figures, str, bool], Chart | None]] = {
        "curve": _curve, "categories": _categories, "map": _map, "rates": _rates, "flows": _flows,
    }  # fmt: skip
    both = {
        name: (draw(found, language, False), draw(found, language, True))
        for name, draw in drawn.items()
    }
    return {
        name: (svg(wide, f"{name}-wide", False), svg(narrow, f"{name}-narrow", True))
        for name, (wide, narrow) in both.items()
        if wide is not None and narrow is not None
    }


def _curve(found: Figures, language: str, small: bool) -> Chart | None:
    """Sought and missing by day, as known now and as known on the day itself."""
    if len(found.curve) < 2:
        return None
    now, then = say("report.known_now", language), say("report.known_then", language)
    lines = {
        "total": (say("report.sought", language), INK),
        "missing": (say("statuses.missing", language), COLOURS["missing"]),
    }
    rows = [
        {"day": point["day"], "persons": point[name + suffix], "what": words, "known": known}
        for point in found.curve
        for name, (words, _) in lines.items()
        for suffix, known in (("", now), ("_then", then))
        if point[name + suffix] is not None
    ]
    chart: alt.Chart = _of(rows).mark_line(interpolate="step-after", strokeWidth=2.4)
    return chart.encode(
        x=alt.X(
            "day:T", title=None, axis=alt.Axis(format="%m.%Y", tickCount=4 if small else 9)
        ),
        y=alt.Y("persons:Q", title=say("report.persons", language), axis=alt.Axis(tickCount=5)),
        color=alt.Color(
            "what:N", title=None, sort=None,
            scale=alt.Scale(
                domain=[words for words, _ in lines.values()],
                range=[colour for _, colour in lines.values()],
            ),
        ),
        strokeDash=alt.StrokeDash(
            "known:N",
            title=None,
            sort=None,
            scale=alt.Scale(domain=[now, then], range=[[1, 0], [3, 4]]),
            legend=alt.Legend(orient="bottom" if small else "top", columns=1 if small else 2),
        ),
    ).properties(width=_width(small), height=240 if small else 320)  # fmt: skip


def _categories(found: Figures, language: str, small: bool) -> Chart | None:
    """What became of the men of each category, side by side."""
    names = [name for name in CATEGORIES if name in found.tally["by_category"]]
    rows = [
        {
            "category": say(f"categories.{name}", language),
            "status": say(f"statuses.{status}", language), "order": place,
            "persons": found.tally["by_category"][name][status],
        }
        for name in names
        for place, status in enumerate(STATUSES)
    ]  # fmt: skip
    if not rows:
        return None
    chart: alt.Chart = _of(rows).mark_bar(stroke="white", strokeWidth=1)
    return chart.encode(
        x=alt.X("persons:Q", title=say("report.persons", language), axis=alt.Axis(tickCount=5)),
        y=alt.Y("category:N", title=None, sort=None, axis=alt.Axis(ticks=False, domain=False)),
        color=_status_colour(language),
        order=alt.Order("order:Q"),
        description=alt.Description("label:N"),
    ).transform_calculate(
        label="datum.category + ', ' + datum.status + ': ' + datum.persons"
    ).properties(width=_width(small), height=34 * len(names))  # fmt: skip


def _map(found: Figures, language: str, small: bool) -> Chart:
    """A tile for each region, as dark as the lower end of its rate's interval.

    By the rate itself one man of a small region would make the darkest tile.
    """
    size = 17 if small else 48
    rates = {row["region"]: row for row in found.estimates["rates"]}
    rows = [
        {
            "code": region.short, "column": region.column, "row": region.row,
            "low": rates[code]["sought"]["low"] if code in rates else 0,
            "persons": rates[code]["sought"]["persons"] if code in rates else 0,
            "label": _tile(region.ru if language == "ru" else region.en, rates.get(code), language),
        }
        for code, region in regions().items()
    ]  # fmt: skip
    columns = max(region.column for region in regions().values()) + 1
    lines = max(region.row for region in regions().values()) + 1
    base = _of(rows).encode(
        x=alt.X(
            "column:O", axis=None, scale=alt.Scale(paddingInner=0.06, domain=[*range(columns)])
        ),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.06, domain=[*range(lines)])),
        description=alt.Description("label:N"),
    )
    corner = 2 if small else 4
    empty = base.mark_rect(cornerRadius=corner, color="#e4e2dd").transform_filter(
        "datum.persons === 0"
    )
    tiles = base.mark_rect(cornerRadius=corner).transform_filter("datum.persons > 0")
    tiles = tiles.encode(
        color=alt.Color(
            "low:Q",
            title=say("report.low_rate", language),
            scale=alt.Scale(range=SCHEME, domainMin=0),
            legend=alt.Legend(gradientLength=150 if small else 260, tickCount=4),
        )
    )
    highest = max((row["sought"]["low"] for row in rates.values()), default=0)
    ink = alt.condition(f"datum.low > {0.55 * highest}", alt.value("white"), alt.value(INK))
    middle = 0 if small else -7
    codes = base.mark_text(fontSize=6.5 if small else 13, fontWeight="bold", dy=middle).encode(
        text="code:N", color=ink
    )
    layers = [empty, tiles, codes]
    if not small:
        counts = base.mark_text(fontSize=12, dy=9).encode(
            text=alt.condition("datum.persons > 0", alt.Text("persons:Q"), alt.value("")), color=ink
        )
        layers.append(counts)
    return alt.layer(*layers).properties(width=columns * size, height=lines * size)


def _tile(name: str, row: Mapping[str, Any] | None, language: str) -> str:
    if row is None:
        return f"{name}: 0"
    rate = row["sought"]
    return (
        f"{name}: {rate['persons']}; {rate['per_100k']:.2f} "
        f"({rate['low']:.2f}–{rate['high']:.2f}) {say('report.per_100k', language)}"
    )


def _rates(found: Figures, language: str, small: bool) -> Chart | None:
    """The regions with most sought men: rate and interval."""
    chosen = sorted(found.estimates["rates"], key=lambda row: -row["sought"]["persons"])
    rows = [
        {
            "region": region_name(row["region"], language), **row["sought"],
            "label": _tile(region_name(row["region"], language), row, language),
        }
        for row in sorted(chosen[:RATES_SHOWN], key=lambda row: -row["sought"]["per_100k"])
    ]  # fmt: skip
    if not rows:
        return None
    base = _of(rows).encode(
        y=alt.Y("region:N", title=None, sort=None, axis=alt.Axis(labelLimit=150 if small else 300)),
        description=alt.Description("label:N"),
    )
    line = base.mark_rule(strokeWidth=3, color="#d9a27f").encode(
        x=alt.X("low:Q", title=say("estimate.sought_rate", language)), x2="high:Q"
    )
    point = base.mark_point(filled=True, size=70, opacity=1, color=SCHEME[-2]).encode(
        x="per_100k:Q"
    )
    return alt.layer(line, point).properties(
        width=_width(small) - (110 if small else 200), height=20 * len(rows)
    )


def _flows(found: Figures, language: str, small: bool) -> Chart | None:
    """From which status to which: how many men moved."""
    if not found.flows:
        return None
    rows = [
        {
            "from": from_in_words(move["from"], language),
            "to": say(f"statuses.{move['to']}", language), "persons": move["persons"],
            "label": f"{from_in_words(move['from'], language)} → "
            f"{say('statuses.' + move['to'], language)}: {move['persons']}",
        }
        for move in found.flows
    ]  # fmt: skip
    used = {move["from"] for move in found.flows}
    order = [from_in_words(name, language) for name in (FIRST, *STATUSES) if name in used]
    targets = [say(f"statuses.{name}", language) for name in STATUSES]
    most = max(row["persons"] for row in rows)
    base = _of(rows).encode(
        x=alt.X(
            "to:N", sort=targets, title=None, scale=alt.Scale(domain=targets),
            axis=alt.Axis(orient="top", labelAngle=-40 if small else 0, ticks=False, domain=False),
        ),
        y=alt.Y(
            "from:N", sort=order, title=None,
            axis=alt.Axis(ticks=False, domain=False),
        ),
        description=alt.Description("label:N"),
    )  # fmt: skip
    cells = base.mark_rect(cornerRadius=4).encode(
        color=alt.Color(
            "persons:Q", legend=None, scale=alt.Scale(range=["#e4ecf4", "#1c4f82"], type="sqrt")
        )
    )
    numbers = base.mark_text(fontSize=13 if small else 16, fontWeight="bold").encode(
        text="persons:Q",
        color=alt.condition(f"datum.persons > {most * 0.22}", alt.value("white"), alt.value(INK)),
    )
    return alt.layer(cells, numbers).properties(
        width=220 if small else 700, height=(38 if small else 48) * len(order)
    )


def from_in_words(status: str, language: str) -> str:
    """The status a flow begins with, or the words for its first."""
    return say("report.first" if status == FIRST else f"statuses.{status}", language)


def _status_colour(language: str) -> alt.Color:
    names: Sequence[str] = [say(f"statuses.{status}", language) for status in STATUSES]
    return alt.Color(
        "status:N", title=None, sort=None,
        scale=alt.Scale(domain=[*names], range=[COLOURS[status] for status in STATUSES]),
    )  # fmt: skip


def _of(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A chart of rows that stand in its own specification."""
    return alt.Chart(alt.Data(values=[*rows]))  # type: ignore[no-untyped-call]


def _width(small: bool) -> int:
    return NARROW - 60 if small else WIDE - 120
