"""A reading → the redacted text in colour, and under it each record with the rules that read it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from extract.reading import status
from model import Reading, Record

_COLOURS = {
    "name": "bold black on yellow",
    "birth_date": "black on green",
    "age": "black on green",
    "category": "black on cyan",
    "unit": "black on cyan",
    "rank": "black on cyan",
    "call_sign": "black on cyan",
    "home_region": "black on magenta",
    "home_place": "black on magenta",
    "last_contact": "white on blue",
    "last_seen_place": "white on blue",
    "claim": "white on red",
}


def explained(reading: Reading) -> Group:
    """Something rich can print: the marked text, then a table for each record."""
    return Group(marked(reading), *(_table(record, reading.text) for record in reading.records))


def marked(reading: Reading) -> Text:
    """The redacted text with every span in the colour of its field."""
    text = Text(reading.text)
    for record in reading.records:
        for span in record.spans:
            text.stylize(_COLOURS.get(span.field, "reverse"), span.start, span.end)
    return text


def _table(record: Record, text: str) -> Table:
    name = " ".join(part for part in (record.surname, record.given, record.patronymic) if part)
    table = Table(title=f"{name}: {status(record.claim)}", title_justify="left")
    for header in ("field", "value", "read from", "rule"):
        table.add_column(header)
    for field, value in _fields(record):
        spans = [span for span in record.spans if span.field == field]
        table.add_row(
            field,
            value,
            "; ".join(text[span.start : span.end] for span in spans),
            "; ".join(dict.fromkeys(span.rule for span in spans)),
        )
    return table


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    for field in _COLOURS:
        if field == "name":
            parts = (record.surname, record.given, record.patronymic)
            yield field, " ".join(part or "—" for part in parts)
        elif field == "claim":
            asks = ", asked for" if record.asks else ""
            facts = f" ({', '.join(record.facts)})" if record.facts else ""
            yield field, f"{record.claim.value}{asks}{facts}"
        elif (value := getattr(record, field)) is not None:
            yield field, str(value)
