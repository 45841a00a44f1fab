-- Bounds of a source's schedule, as its TOML file says; null: it is collected every `every_seconds`.
ALTER TABLE source ADD COLUMN every_min INTEGER;
ALTER TABLE source ADD COLUMN every_max INTEGER;

-- How a source fares since its last collection, and whether it may be asked.
CREATE TABLE source_state (
  source TEXT PRIMARY KEY NOT NULL REFERENCES source (name),
  state TEXT NOT NULL
    CHECK (state IN ('healthy', 'suspect', 'throttled', 'refused', 'gone', 'failing')),
  since TEXT NOT NULL,
  cause TEXT,
  open_until TEXT,
  interval_seconds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many of the posts of one collection had each field: a field that empties shows here.
CREATE TABLE fill_rate (
  source TEXT NOT NULL REFERENCES source (name),
  at TEXT NOT NULL,
  posts INTEGER NOT NULL CHECK (posts > 0),
  fields TEXT NOT NULL CHECK (json_valid(fields)),
  alarm TEXT,
  PRIMARY KEY (source, at)
) STRICT, WITHOUT ROWID;
