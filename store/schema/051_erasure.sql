-- What was erased, without a word of whom: so that totals stay accountable.
CREATE TABLE erasure (
  erasure_id INTEGER PRIMARY KEY,
  erased_at TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('person', 'post', 'source')),
  persons INTEGER NOT NULL,
  records INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  list_rows INTEGER NOT NULL,
  by_status TEXT NOT NULL CHECK (json_valid(by_status))
) STRICT;
CREATE INDEX erasure_by_time ON erasure (erased_at);
