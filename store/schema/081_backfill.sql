-- How far back the history of a source was asked for, and how far it was read; apart from `cursor`,
-- which the ordinary collection alone moves.
CREATE TABLE backfill (
  source TEXT PRIMARY KEY NOT NULL REFERENCES source (name),
  since TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  reached TEXT,
  updated_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;
