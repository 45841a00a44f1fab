"""Rows → CSV, JSON lines, Parquet or Excel, in an open file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import BinaryIO

from store import interchange
from store.formulas import harmless

Rows = Iterable[dict[str, object]]


def write_jsonl(rows: Rows, file: BinaryIO) -> None:
    """One JSON object a line."""
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def write_csv(rows: Rows, file: BinaryIO) -> None:
    """UTF-8 with a mark, as spreadsheets want it; lists as JSON; no cell is a formula."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({key: _cell(value) for key, value in row.items()})
    text.flush()
    text.detach()


def _cell(value: object) -> object:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return harmless(value)


def write_parquet(rows: Rows, file: BinaryIO) -> None:
    """Typed columns; lists stay lists."""
    from cli import parquet  # noqa: PLC0415  half a second that no other command needs

    parquet.write_parquet(rows, file)


def write_xlsx(rows: Rows, file: BinaryIO) -> None:
    """A workbook: the rows on one sheet, lists of rows within them on sheets of their own."""
    from store import workbook  # noqa: PLC0415  xlsxwriter is for this one form

    workbook.write(rows, file)


def write_pfif(rows: Rows, file: BinaryIO) -> None:
    """One PFIF 1.4 document."""
    file.write(interchange.pfif(rows))


def write_ftm(rows: Rows, file: BinaryIO) -> None:
    """FollowTheMoney entities, one a line."""
    write_jsonl(interchange.ftm(rows), file)
