-- Rows of lists that count for nobody until an editor or the list's keeper has looked: a status word
-- nobody knows, a row that contradicts itself, a name that may be none. `record` is what was read of
-- the man, so that an erasure finds him here too.
CREATE TABLE doubtful_row (
  row_id TEXT PRIMARY KEY NOT NULL REFERENCES list_row (row_id),
  noted_at TEXT NOT NULL,
  why TEXT NOT NULL,
  record TEXT NOT NULL CHECK (json_valid(record))
) STRICT, WITHOUT ROWID;
ALTER TABLE held_row ADD COLUMN doubt TEXT;
