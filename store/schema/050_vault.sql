-- What was fetched, as evidence: hashes of the raw bytes and, where there is a vault, of the sealed
-- file. A version of a post or row was read from the captures of its source whose kept_at is its
-- seen_at. `chain` binds each line to all before it.
CREATE TABLE capture (
  capture_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL REFERENCES source (name),
  url TEXT NOT NULL,
  captured_at TEXT NOT NULL,
  kept_at TEXT NOT NULL,
  client TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  recipient TEXT,
  sealed_sha256 TEXT,
  sealed_size INTEGER,
  chain TEXT NOT NULL,
  erased_at TEXT,
  CHECK ((recipient IS NULL) = (sealed_sha256 IS NULL))
) STRICT;
CREATE INDEX capture_by_source ON capture (source, kept_at);

CREATE TRIGGER capture_no_delete BEFORE DELETE ON capture
BEGIN SELECT RAISE(ABORT, 'captures are only appended'); END;
CREATE TRIGGER capture_only_erases BEFORE UPDATE ON capture
WHEN NOT (
  new.capture_id IS old.capture_id AND new.source IS old.source AND new.url IS old.url
  AND new.captured_at IS old.captured_at AND new.kept_at IS old.kept_at
  AND new.client IS old.client AND new.sha256 IS old.sha256 AND new.size IS old.size
  AND new.recipient IS old.recipient AND new.sealed_sha256 IS old.sealed_sha256
  AND new.sealed_size IS old.sealed_size AND new.chain IS old.chain
  AND old.erased_at IS NULL AND new.erased_at IS NOT NULL
)
BEGIN SELECT RAISE(ABORT, 'of a capture only its erasure may be noted'); END;
