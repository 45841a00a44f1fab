"""Rows → CSV and Excel files in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import Any

import datasette.views.base
import xlsxwriter
from datasette import hookimpl
from datasette.utils.asgi import Response

from store.formulas import harmless

SHEET_ROWS = 1_048_575
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Writer:
    """A csv writer whose cells are harmless."""

    def __init__(self, file: Any) -> None:
        self._writer = csv.writer(file)

    def writerow(self, row: Any) -> Any:
        return self._writer.writerow([harmless(cell) for cell in row])


# Datasette's streams of CSV go through `csv.writer` of this one module, and offer no other door.
datasette.views.base.csv = SimpleNamespace(writer=_Writer)


@hookimpl
def register_output_renderer() -> dict[str, Any]:
    """`.xlsx` beside `.json` and `.csv`."""
    return {"extension": "xlsx", "render": excel, "can_render": lambda: True}


def excel(columns: list[str], rows: list[Any], query_name: str | None, table: str | None) -> Any:
    """The rows of a page as a workbook of one sheet; text stays text."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for across, column in enumerate(columns):
            sheet.write_string(0, across, column, bold)
        for down, row in enumerate(rows[:SHEET_ROWS], 1):
            for across, cell in enumerate(row):
                _put(sheet, down, across, cell)
        sheet.freeze_panes(1, 0)
    name = "".join(c for c in (query_name or table or "rows") if c.isalnum() or c in "_-")
    headers = {"content-disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(file.getvalue(), headers=headers, content_type=EXCEL)


def _put(sheet: Any, down: int, across: int, cell: Any) -> None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(down, across, cell)
    elif isinstance(cell, dict):  # a row with labels: the value of the foreign key
        _put(sheet, down, across, cell.get("value"))
    elif cell is not None:
        sheet.write_string(down, across, str(harmless(str(cell)))[:32_767])
