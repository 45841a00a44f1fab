-- What was published, cell by cell, so that the next release gives no cell of this one away.
CREATE TABLE release (
  release_id INTEGER PRIMARY KEY,
  published_at TEXT NOT NULL,
  as_of TEXT NOT NULL,
  known_at TEXT NOT NULL,
  k INTEGER NOT NULL,
  cells TEXT NOT NULL CHECK (json_valid(cells)),
  sha256 TEXT NOT NULL
) STRICT;
CREATE TRIGGER release_no_update BEFORE UPDATE ON release
BEGIN SELECT raise(ABORT, 'release is append-only: what was published was published'); END;
CREATE TRIGGER release_no_delete BEFORE DELETE ON release
BEGIN SELECT raise(ABORT, 'release is append-only: what was published was published'); END;
