"""The data dictionary → docs/schema.md: `python -m store.dictionary_page > docs/schema.md`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from store.connection import Connection
from store.dictionary import documented
from store.facade import Store


def markdown(connection: Connection) -> str:
    """docs/schema.md: the dictionary as pages of tables."""
    out = [
        "# The data dictionary",
        "",
        "Every table and column of `rollcall.db`, in the file itself as `data_dictionary`. Times "
        "are UTC text of one width, days are Moscow days. A null says: not known, not said.",
        "Written from `store/dictionary.tsv`: `python -m store.dictionary_page > docs/schema.md`.",
    ]
    for table, column, english, russian in documented(connection):
        if column:
            out.append(f"| `{column}` | {english} | {russian} |")
        else:
            head = ["", f"## {table}", "", f"{english}. {russian}.", ""]
            table_head = ["| column | holds | содержит |", "|---|---|---|"]
            out += head + (table_head if not table.endswith("_fts") else [])
    return "\n".join(out).rstrip() + "\n"


def main() -> None:
    """Print the page of a new file's schema."""
    with (
        tempfile.TemporaryDirectory() as directory,
        Store.open(Path(directory) / "empty.db", create=True) as store,
    ):
        sys.stdout.write(markdown(store.connection))


if __name__ == "__main__":
    main()
