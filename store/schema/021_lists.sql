-- Every whole import of a list: taken at once, or held until an editor releases or refuses it.
ALTER TABLE source ADD COLUMN expect TEXT;

CREATE TABLE list_import (
  import_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL REFERENCES source (name),
  seen_at TEXT NOT NULL,
  content TEXT NOT NULL,
  rows INTEGER NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  alarms TEXT NOT NULL CHECK (json_valid(alarms)),
  state TEXT NOT NULL CHECK (state IN ('accepted', 'held', 'released', 'refused', 'superseded')),
  decided_by TEXT,
  decided_at TEXT,
  note TEXT
) STRICT;
CREATE INDEX list_import_by_source ON list_import (source, import_id);

-- The rows of a held import, redacted; gone once it is decided.
CREATE TABLE held_row (
  import_id INTEGER NOT NULL REFERENCES list_import (import_id),
  row INTEGER NOT NULL,
  external_id TEXT,
  text TEXT NOT NULL,
  extractor TEXT NOT NULL,
  record TEXT CHECK (record IS NULL OR json_valid(record)),
  PRIMARY KEY (import_id, row)
) STRICT, WITHOUT ROWID;

-- From which import to which a row stood in its list, and with which text: the list's versions.
CREATE TABLE list_presence (
  row_id TEXT NOT NULL REFERENCES list_row (row_id),
  version INTEGER NOT NULL,
  since_import INTEGER NOT NULL REFERENCES list_import (import_id),
  until_import INTEGER REFERENCES list_import (import_id),
  PRIMARY KEY (row_id, since_import)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_presence_by_import ON list_presence (since_import);

-- The list as it stood in each import that was taken.
CREATE VIEW list_version AS
SELECT import.import_id, import.source, import.seen_at, held.row_id, text.row, text.text
FROM list_import AS import
JOIN list_import AS began ON began.source = import.source AND began.import_id <= import.import_id
JOIN list_presence AS held ON held.since_import = began.import_id
  AND (held.until_import IS NULL OR held.until_import > import.import_id)
JOIN row_version AS text ON text.row_id = held.row_id AND text.version = held.version
WHERE import.state IN ('accepted', 'released');

-- An import is decided once; what was counted and alarmed about stays as it was.
CREATE TRIGGER list_import_decided_once BEFORE UPDATE ON list_import
WHEN old.state <> 'held' OR new.state = 'held' OR new.state = 'accepted'
  OR (old.import_id, old.source, old.seen_at, old.content, old.rows, old.facts, old.alarms)
  IS NOT (new.import_id, new.source, new.seen_at, new.content, new.rows, new.facts, new.alarms)
BEGIN SELECT raise(ABORT, 'list_import: an import is decided once, and never rewritten'); END;
CREATE TRIGGER list_import_no_delete BEFORE DELETE ON list_import
BEGIN SELECT raise(ABORT, 'list_import: every import is kept'); END;
