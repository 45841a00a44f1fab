"""The store on a day → a folder: index.html, self-contained, and the figures as CSV beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from model import UnusableInput
from report.figures import figures
from report.page import page
from report.tables import write_tables
from store import Store
from store.durable import put

INDEX = "index.html"


def write_report(  # noqa: PLR0913  what identifies the page
    store: Store, folder: Path, *, as_of: str, known_at: str | None, language: str,
    made_at: datetime,
) -> Path:  # fmt: skip
    """Write the report of a Moscow day; return the page's path.

    The page is one file that asks nothing of any other: no script, no font, no image by address.
    Raises UnusableInput where the folder can't be written.
    """
    found = figures(store, as_of=as_of, known_at=known_at, made_at=made_at)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = write_tables(found, folder)
        put(folder / INDEX, page(found, language, names).encode(), mode=0o644)
    except OSError as error:
        raise UnusableInput(f"{folder}: the report can't be written: {error.strerror}") from error
    return folder / INDEX
