"""Short posts whose men and bystanders are named → posts with their gold.

`benchmarks/worlds/named/*.tsv`, a post a line: STATUS, NAME, OTHERS, TEXT. A status and a name for
each man sought, ` | ` between several; `none` and `-` where nobody is. A name is surname, given
name and patronymic, `-` for what is not told. OTHERS: who else is named, `;` between; `!` before
one whose name is private. `\\n` in the text is the end of a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.extraction import NAMES, Gold
from model import Post

NAMED = Path(__file__).parent / "worlds" / "named"
DAY = datetime(2024, 11, 20, 12, tzinfo=UTC)  # of short posts, which bear none


def named_posts(path: Path) -> Iterator[tuple[Post, list[Gold]]]:
    """Each post of one table with the men it is about; none of them for a post of noise."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        statuses, names, _, text = line.split("\t")
        gold = (
            []
            if statuses == "none"
            else zip(names.split(" | "), statuses.split(" | "), strict=True)
        )
        post = Post(
            source=path.stem,
            external_id=str(number),
            posted_at=DAY,
            text=text.replace("\\n", "\n"),
        )
        yield post, [man(name, status) for name, status in gold]


def man(name: str, status: str) -> Gold:
    """«Чернов Алексей -» and what became of him; a part that is not told is `-`."""
    parts = [None if part == "-" else part for part in name.split(" ")]
    return {**dict(zip(NAMES, [*parts, None, None], strict=False)), "status": status}
