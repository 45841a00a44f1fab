"""The one SQLite file: schema, migrations, reads and writes, tally, Datasette's files, exports."""

from store.facade import Store

__all__ = ["Store"]
