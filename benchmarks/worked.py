"""The demo's database → docs/worked.md: each promise of the count with its command and answer.

make demo ARGS=--no-serve && python -m benchmarks.worked > docs/worked.md
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from practice import DATA
from practice.demo import DAYS
from store.counted import STATUSES

DB = Path("demo/demo.db")
LONGEST = 24  # lines of an answer; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A command, and what of its answer is shown."""

    words: str
    most: int = LONGEST


SECTIONS: Sequence[tuple[str, str, Sequence[Shown]]] = (
    ("Two times", "What was known on 23 August, and what was known of that day later.", (
        Shown(words="tally --as-of 2024-08-23 --known-at 2024-08-23T21:00:00Z", most=11),
        Shown(words="tally --as-of 2024-08-23", most=11),
        Shown(words="diff 2024-08-23 2024-08-23 --first-known-at 2024-08-23T21:00:00Z"),
        Shown(words="diff 2024-08-23 2024-09-15"),
    )),
    ("Evidence", "What two independent sources say, or two editors confirmed.", (
        Shown(words="tally --as-of 2025-06-30 --evidence corroborated", most=11),
        Shown(words="tally --as-of 2025-06-30 --evidence confirmed", most=11),
    )),
    ("Lists", "Every import is kept; none of these was alarming.", (
        Shown(words="lists list --all"), Shown(words="weeks list --all"),
    )),
    ("Dimensions", "Any one or two of nine.", (
        Shown(words="tally --as-of 2025-06-30 --by age,status"),
        Shown(words="tally --as-of 2025-06-30 --by month,category", most=14),
        Shown(words="tally --as-of 2025-06-30 --by last_sign"),
        Shown(words="tally --as-of 2025-06-30 --by unit", most=10),
    )),
    ("Estimates", "Apart from the count, each with an interval or the reason why there is none.", (
        Shown(words="estimate --as-of 2024-12-31", most=62),
    )),
    ("Report", "One page with charts, and its figures as CSV.", (
        Shown(words="report demo/report --as-of 2025-06-30"),
    )),
)  # fmt: skip


def main() -> None:
    """Print the page."""
    print("# The count at work\n")
    print("Written by `python -m benchmarks.worked` from the practice world of `make demo`; all")
    print("people in it are invented.\n")
    print("## Exactness\n")
    print(
        "Cells of the four gold tallies (status, and category and region by status) against ours,"
    )
    print("with nothing given but the pages: what is left is misread posts, one by one.\n")
    print("| day | sought, gold | ours | cells that differ | of | persons in them |")
    print("|---|---|---|---|---|---|")
    for day in DAYS:
        print(_compared(day))
    for title, about, commands in SECTIONS:
        print(f"\n## {title}\n\n{about}")
        for shown in commands:
            print(f"\n```\n$ rollcall {shown.words}\n{_answer(shown)}\n```")


def _compared(day: str) -> str:
    gold = json.loads((DATA / "tally.json").read_text(encoding="utf-8"))[day]
    ours = json.loads(_rollcall("tally", "--as-of", day, "--json"))
    one, two = _cells(gold), _cells(ours)
    off = {key: abs(one.get(key, 0) - two.get(key, 0)) for key in one | two}
    differ = [count for count in off.values() if count]
    total = sum(gold["by_status"].values())
    return f"| {day} | {total} | {ours['total']} | {len(differ)} | {len(off)} | {sum(differ)} |"


def _cells(tally: Mapping[str, Any]) -> dict[tuple[str, str, str], int]:
    """Every cell but the totals, which follow."""
    groups = [("all", "", tally["by_status"])]
    for dimension in ("by_category", "by_region"):
        groups += [(dimension, key, row) for key, row in tally[dimension].items()]
    return {(d, key, s): row.get(s, 0) for d, key, row in groups for s in STATUSES if row.get(s)}


def _answer(shown: Shown) -> str:
    lines = [line.rstrip() for line in _rollcall(*shown.words.split()).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    left = len(lines) - shown.most
    return "\n".join(lines if left <= 0 else [*lines[: shown.most], f"… {left} lines more"])


def _rollcall(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--db", str(DB), *words],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    main()
