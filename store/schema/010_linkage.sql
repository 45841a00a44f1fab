-- What the last resolution knew, so that the next one looks only at what is new. All of it can be
-- worked out again from the records: rows may be deleted at any time, the next resolution is then
-- a full one. Records go by number: their id, sixteen hexadecimal digits, as a signed integer.

CREATE TABLE linkage (
  linkage_id INTEGER PRIMARY KEY CHECK (linkage_id = 1),
  engine TEXT NOT NULL,
  owners TEXT NOT NULL CHECK (json_valid(owners)),
  records INTEGER NOT NULL,
  fitted INTEGER NOT NULL,
  rebuilt_on TEXT NOT NULL,
  steps INTEGER NOT NULL,
  totals TEXT NOT NULL CHECK (json_valid(totals)),
  classes BLOB,
  decision_id INTEGER NOT NULL,
  approval_id INTEGER NOT NULL,
  held TEXT NOT NULL CHECK (json_valid(held))
) STRICT;

CREATE TABLE linked (
  record INTEGER PRIMARY KEY,
  copied INTEGER NOT NULL,
  keys BLOB NOT NULL
) STRICT;

CREATE TABLE block (
  key INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (key, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE common_block (
  key INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE edge (
  one INTEGER NOT NULL,
  other INTEGER NOT NULL,
  score REAL NOT NULL,
  allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),
  fate INTEGER NOT NULL,
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_by_other ON edge (other);

CREATE TABLE company (
  record INTEGER PRIMARY KEY,
  other INTEGER NOT NULL
) STRICT;

CREATE TABLE frequency (
  field TEXT NOT NULL,
  value INTEGER NOT NULL,
  number REAL NOT NULL,
  classes BLOB,
  PRIMARY KEY (field, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_by_name_time ON record (surname, given, public_at) WHERE post_id IS NOT NULL;
CREATE INDEX review_by_left ON review (left_id);
CREATE INDEX review_by_right ON review (right_id);
CREATE INDEX record_without_surname ON record (post_id)
  WHERE surname IS NULL AND given IS NOT NULL AND post_id IS NOT NULL;

-- A record that is erased leaves nothing behind: keys and counts are hashes and sums of names.
CREATE TRIGGER linkage_forgets AFTER DELETE ON record
WHEN EXISTS (SELECT 1 FROM linkage)
BEGIN
  DELETE FROM linkage;
  DELETE FROM linked;
  DELETE FROM block;
  DELETE FROM common_block;
  DELETE FROM edge;
  DELETE FROM company;
  DELETE FROM frequency;
END;
