"""Estimates as JSON values → lines of tables in words, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from report.words import say

Line = tuple[str, ...]


def nowcast_rows(nowcast: Mapping[str, Any], language: str = "en") -> list[Line]:
    """About whom, the estimate, its interval, what it rests on; a line a question."""
    rows: list[Line] = []
    for name, found in nowcast.items():
        about = say(f"estimate.{name}", language, longest=found["longest"])
        basis = {"dated": found["dated"], "sought": found.get("sought", "")}
        rests = say(f"estimate.basis_{name}", language, **basis)
        rows.append((about, *_figures(found, language), _rests(found, rests, language)))
        if "scaled" in found:
            about = say(f"estimate.{name}_scaled", language)
            rows.append((about, *_figures(found["scaled"], language), ""))
    return rows


def unseen_rows(unseen: Mapping[str, Any], language: str = "en") -> list[Line]:
    """Method and lists, the estimate, its interval, what it rests on; a line a method."""
    found = [(say("method.chao", language), unseen["chao"])] if "chao" in unseen else []
    for pair in unseen["chapman"]:
        one, other = (list_in_words(name, language) for name in pair["lists"])
        found.append((f"{say('method.chapman', language)}: {one} × {other}", pair))
    found.append((say("method.loglinear", language), unseen["loglinear"]))
    return [
        (name, *_figures(each, language), _rests(each, _basis(each, language), language))
        for name, each in found
    ]


def coverage_rows(rows: Iterable[Mapping[str, Any]], language: str = "en") -> list[Line]:
    """The list, how many came back, and three shares with their intervals."""
    return [
        (
            say("estimate.all_lists", language) if row["list"] == "all" else row["list"],
            str(row["returned"]),
            *(share(row[measure]) for measure in ("sought", "captives", "either")),
        )
        for row in rows
    ]


def share(found: Mapping[str, Any]) -> str:
    """ "20: 33 % (23–46)": persons, share and interval."""
    return (
        f"{found['persons']}: {100 * found['share']:.0f} % "
        f"({100 * found['low']:.0f}–{100 * found['high']:.0f})"
    )


def list_in_words(name: str, language: str) -> str:
    """A list's owner, or the words for posts and for the small ones together."""
    return say(f"estimate.{name}", language) if name in {"others", "posts"} else name


def _figures(found: Mapping[str, Any], language: str) -> tuple[str, str]:
    if "refused" in found:
        return say("estimate.not_given", language), "—"
    high = say("estimate.no_upper", language) if found["high"] is None else found["high"]
    return str(found["persons"]), f"{found['low']}–{high}"


def _rests(found: Mapping[str, Any], rests: str, language: str) -> str:
    """What it rests on; for a refusal the reason."""
    if "refused" not in found:
        return rests
    values = {
        key: list_in_words(value, language) if isinstance(value, str) else value
        for key, value in found["values"].items()
    }
    return say(found["refused"], language, **values)


def _basis(found: Mapping[str, Any], language: str) -> str:
    if "refused" in found:
        return ""
    basis = dict(found["basis"])
    if found["method"] == "loglinear":
        basis = {
            "seen": basis["seen"],
            "lists": len(basis["lists"]),
            "models": basis["models_fitted"],
        }
    return say(f"estimate.basis_{found['method']}", language, **basis)
