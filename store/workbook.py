"""Rows → an Excel workbook in which no cell is a formula or a link.

A person's events and records are lists of rows: each becomes a sheet of its own, whose first column
is the person's id, since a cell of Excel ends at 32,767 characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import xlsxwriter

from model import UnusableInput
from store.formulas import harmless

NESTED = ("events", "records")
SHEET_ROWS = 1_048_575  # beside the header
CELL = 32_767
_OPTIONS = {
    "constant_memory": True,  # rows go to the disk as they come
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


class _Sheets:
    """The sheets of one workbook by name, each with the row it has come to."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True})
        self._sheets: dict[str, Any] = {}
        self._down: dict[str, int] = {}

    def add(self, name: str, row: Mapping[str, object]) -> None:
        """One row at the foot of a sheet; the first also gives the header."""
        if name not in self._sheets:
            self._sheets[name] = sheet = self._book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for across, column in enumerate(row):
                sheet.write_string(0, across, column, self._bold)
            self._down[name] = 0
        self._down[name] += 1
        if self._down[name] > SHEET_ROWS:
            raise UnusableInput(
                f"Excel: a sheet ends at {SHEET_ROWS} rows and there are more {name}; "
                "take csv or parquet"
            )
        for across, value in enumerate(row.values()):
            put(self._sheets[name], self._down[name], across, value)


def write(rows: Iterable[Mapping[str, object]], file: BinaryIO) -> None:
    """Write the workbook. Raises UnusableInput for more rows than a sheet of Excel holds."""
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        sheets = _Sheets(book)
        for row in rows:
            sheets.add("rows", {key: row[key] for key in row if key not in NESTED})
            first, mine = next(iter(row.items()))
            for name in NESTED:
                for inner in _rows(row.get(name)):
                    sheets.add(name, {first: mine, **inner})
        if not book.worksheets():
            book.add_worksheet("rows")


def _rows(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []


def put(sheet: Any, down: int, across: int, value: object) -> None:
    """One cell: a number, or text that stays text."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(down, across, value)
    elif isinstance(value, int | float):
        sheet.write_number(down, across, value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        sheet.write_string(down, across, str(harmless(text))[:CELL])
