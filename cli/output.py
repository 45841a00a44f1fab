"""Figures and rows → a table on a terminal, or JSON on a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

# ruff: noqa: PLC0415 - rich takes 3 MB, which a round of collection on a pipe does without
if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

WIDTH_OF_A_PIPE = 120  # columns, where there is no terminal to ask

as_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")


def console(*, error: bool = False) -> Console:
    """A console of the terminal's width; of a steady width on a pipe."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else WIDTH_OF_A_PIPE, highlight=False)


def print_json(value: object) -> None:
    """One JSON document, Cyrillic readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: bool = False,
    last_is_total: bool = False,
) -> None:
    """A table; with `numbers` every column after the first is right-aligned."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for index, name in enumerate(columns):
        table.add_column(name, justify="right" if numbers and index else "left", overflow="fold")
    lines = [[_cell(value) for value in row] for row in rows]
    for index, line in enumerate(lines):
        if last_is_total and index == len(lines) - 1:
            table.add_section()
        table.add_row(*line)
    console().print(table)


def clean(value: object) -> str:
    """Fit for a terminal: no control characters, which could move the cursor or hide words."""
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _cell(value: object) -> Text:
    """Text, never markup: a name may hold brackets."""
    from rich.text import Text

    return Text(clean(value))


class Bar:
    """What is told of a long work: so much more of it is done. Shown on a terminal alone."""

    def __init__(self, shown: Progress | None, title: str = "", total: int = 0) -> None:
        self._shown = shown
        self._task = shown.add_task(title, total=total) if shown else None

    def advance(self, done: float = 1) -> None:
        """One more, or so many."""
        if self._shown and self._task is not None:
            self._shown.advance(self._task, done)


@contextmanager
def progress(title: str, total: int) -> Iterator[Bar]:
    """A bar on stderr where that is a terminal, nothing where it isn't."""
    if not sys.stderr.isatty():
        yield Bar(None)
        return
    from rich import progress as shown

    columns = (shown.BarColumn(), shown.MofNCompleteColumn(), shown.TimeElapsedColumn())
    with shown.Progress(
        shown.TextColumn("{task.description}"),
        *columns,
        console=console(error=True),
        transient=True,
    ) as bar:
        yield Bar(bar, title, total)
