"""The one SQLite file: schema, migrations, reads and writes, tally, Datasette's files, exports."""
