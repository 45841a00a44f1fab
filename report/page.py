"""Figures, charts and words → the report's one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from report.charts import STATUSES, charts, from_in_words
from report.figures import Figures
from report.rows import coverage_rows, nowcast_rows, unseen_rows
from report.words import say
from store.datasette.labels import day_in_words
from store.datasette.regions import region_name
from store.headline import CATEGORIES, sentences

HERE = Path(__file__).parent
METHOD = range(1, 7)  # paragraphs of the method that take no value


def page(found: Figures, language: str, files: Sequence[str]) -> str:
    """The whole page as text."""
    words = partial(say, language=language)
    tally = found.tally
    loader = jinja2.FileSystemLoader(HERE)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    drawn = {
        name: (Markup(wide), Markup(narrow))  # noqa: S704  our own charts, escaped by Vega
        for name, (wide, narrow) in charts(found, language).items()
    }
    return environment.get_template("page.html").render(
        say=words, language=language, found=found, tally=tally, statuses=STATUSES,
        day=day_in_words(tally["as_of"], language), sentences=sentences(tally, language),
        known_at=_minute(tally["known_at"]), made_at=found.made_at.strftime("%Y-%m-%d %H:%M"),
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704
        charts=drawn, alt=_alt(found, language, words),
        categories=[name for name in CATEGORIES if name in tally["by_category"]],
        regions=sorted(
            tally["by_region"].items(), key=lambda item: (-item[1]["total"], item[0])
        ),
        rates={row["region"]: row for row in found.estimates["rates"]},
        region_name=lambda code: region_name(code, language),
        flow=lambda name: from_in_words(name, language),
        nowcast=nowcast_rows(found.estimates["nowcast"], language),
        unseen={
            name: unseen_rows(each, language) for name, each in found.estimates["unseen"].items()
        },
        coverage=coverage_rows(found.estimates["coverage"], language),
        cautions=_cautions(found.estimates), sources=_sources(found), minute=_minute, files=files,
        command=command(tally, language), method=METHOD,
    )  # fmt: skip


def command(tally: Mapping[str, Any], language: str) -> str:
    """The command that prints the page again."""
    known = f" --known-at {tally['known_at']}" if tally["known_at"] else ""
    return f"rollcall report DIR --as-of {tally['as_of']}{known} --lang {language}"


def _minute(stamp: str | None) -> str:
    return "" if stamp is None else stamp[:16].replace("T", " ")


def _cautions(found: object) -> list[str]:
    """Every caution of the estimates given, each once."""
    if isinstance(found, Mapping):
        inner = (key for value in found.values() for key in _cautions(value))
        return list(dict.fromkeys([*found.get("cautions", ()), *inner]))
    if isinstance(found, list):
        return list(dict.fromkeys(key for value in found for key in _cautions(value)))
    return []


def _sources(found: Figures) -> list[dict[str, Any]]:
    return [{**row, "state": state(row, found.tally["as_of"])} for row in found.sources]


def state(source: Mapping[str, Any], as_of: str) -> str:
    """healthy, failing, held, stale, never or disabled: what a zero from it is worth."""
    if not source["enabled"]:
        return "disabled"
    if source["last_ok_at"] is None:
        return "never"
    if source["failures"]:
        return "failing"
    if source["held"]:
        return "held"
    ended = datetime.fromisoformat(f"{as_of}T00:00:00+03:00")
    return "stale" if datetime.fromisoformat(source["last_ok_at"]) < ended else "healthy"


def _alt(found: Figures, language: str, words: Callable[..., str]) -> dict[str, str]:
    """One sentence for each chart, for who can't see it."""
    first, last = found.curve[0], found.curve[-1]
    rates = found.estimates["rates"]
    said = {
        "curve": words(
            "report.alt.curve", first=day_in_words(first["day"], language),
            last=day_in_words(last["day"], language), from_total=first["total"],
            to_total=last["total"], missing=last["missing"],
        ),
        **{name: words(f"report.alt.{name}") for name in ("categories", "rates", "flows")},
    }  # fmt: skip
    top = max(rates, key=lambda row: float(row["sought"]["low"]), default=None)
    said["map"] = words(
        "report.alt.map", region=region_name(top["region"], language) if top else "—",
        rate=f"{top['sought']['low']:.2f}" if top else "0",
    )  # fmt: skip
    return said
