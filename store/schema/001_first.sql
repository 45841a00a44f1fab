-- The first schema. One statement after another; `migrations.py` runs them in one transaction.
-- Times are UTC text of one width (2024-08-23T12:00:00.000000Z), days are Moscow days (2024-08-23).
-- known_from/known_until say when rollcall held a row to be true; known_until null: it still does.

CREATE TABLE source (
  name TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  claim TEXT,
  owner TEXT NOT NULL,
  every_seconds INTEGER NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  due_at TEXT,
  last_attempt_at TEXT,
  last_ok_at TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  last_error TEXT
) STRICT;

CREATE TABLE run (
  run_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  outcome TEXT,
  detail TEXT CHECK (detail IS NULL OR json_valid(detail))
) STRICT;

CREATE TABLE fetch (
  fetch_id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES run (run_id),
  source TEXT NOT NULL REFERENCES source (name),
  url TEXT NOT NULL,
  started_at TEXT NOT NULL,
  seconds REAL NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'unchanged', 'suspect', 'failed')),
  status INTEGER,
  size INTEGER NOT NULL,
  etag TEXT,
  last_modified TEXT,
  error TEXT
) STRICT;
CREATE INDEX fetch_by_source ON fetch (source, started_at);

CREATE TABLE cursor (
  source TEXT PRIMARY KEY NOT NULL REFERENCES source (name),
  value TEXT NOT NULL CHECK (json_valid(value)),
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE post (
  post_id TEXT PRIMARY KEY NOT NULL,
  source TEXT NOT NULL REFERENCES source (name),
  external_id TEXT NOT NULL,
  posted_at TEXT NOT NULL,
  posted_on TEXT NOT NULL,
  edited_at TEXT,
  deleted_at TEXT,
  forwarded_from TEXT,
  reply_to TEXT,
  url TEXT,
  text TEXT NOT NULL,
  extractor TEXT NOT NULL,
  versions INTEGER NOT NULL,
  learned_at TEXT NOT NULL,
  folded TEXT GENERATED ALWAYS AS (replace(replace(text, 'ё', 'е'), 'Ё', 'Е')) VIRTUAL,
  UNIQUE (source, external_id)
) STRICT;
CREATE INDEX post_by_day ON post (posted_on);

CREATE TABLE post_version (
  post_id TEXT NOT NULL REFERENCES post (post_id),
  version INTEGER NOT NULL,
  text TEXT NOT NULL,
  edited_at TEXT,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (post_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE list_row (
  row_id TEXT PRIMARY KEY NOT NULL,
  source TEXT NOT NULL REFERENCES source (name),
  row INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  external_id TEXT,
  text TEXT NOT NULL,
  extractor TEXT NOT NULL,
  versions INTEGER NOT NULL,
  learned_at TEXT NOT NULL,
  gone_at TEXT,
  UNIQUE (source, ordinal)
) STRICT;
CREATE INDEX list_row_by_source ON list_row (source, row);

CREATE TABLE row_version (
  row_id TEXT NOT NULL REFERENCES list_row (row_id),
  version INTEGER NOT NULL,
  row INTEGER NOT NULL,
  text TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (row_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
  record_id TEXT PRIMARY KEY NOT NULL,
  source TEXT NOT NULL REFERENCES source (name),
  post_id TEXT REFERENCES post (post_id),
  row_id TEXT REFERENCES list_row (row_id),
  ordinal INTEGER NOT NULL,
  surname TEXT,
  given TEXT,
  patronymic TEXT,
  birth_date TEXT,
  age INTEGER,
  sex TEXT CHECK (sex IN ('male', 'female')),
  category TEXT CHECK (category IN ('conscript', 'contract', 'mobilised', 'volunteer')),
  unit TEXT,
  rank TEXT,
  call_sign TEXT,
  home_region TEXT,
  home_place TEXT,
  last_contact TEXT,
  last_seen_place TEXT,
  claim TEXT NOT NULL CHECK (claim IN
    ('sought', 'captured', 'released', 'found_alive', 'deceased', 'retracted')),
  asks INTEGER NOT NULL CHECK (asks IN (0, 1)),
  event_date TEXT,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  spans TEXT NOT NULL CHECK (json_valid(spans)),
  extractor TEXT NOT NULL,
  public_at TEXT NOT NULL,
  public_on TEXT NOT NULL,
  asked_at TEXT,
  asked_on TEXT,
  copy_of TEXT REFERENCES record (record_id),
  learned_at TEXT NOT NULL,
  known_from TEXT NOT NULL,
  closed_at TEXT,
  CHECK ((post_id IS NULL) <> (row_id IS NULL))
) STRICT;
CREATE INDEX record_by_post ON record (post_id, ordinal) WHERE post_id IS NOT NULL;
CREATE INDEX record_by_row ON record (row_id) WHERE row_id IS NOT NULL;
CREATE INDEX record_by_name ON record (surname, given) WHERE post_id IS NOT NULL;
CREATE INDEX record_by_known ON record (known_from);
CREATE INDEX record_closed ON record (record_id) WHERE closed_at IS NOT NULL;
CREATE INDEX record_by_source ON record (source, public_on);
CREATE INDEX record_by_copy ON record (copy_of) WHERE copy_of IS NOT NULL;

-- What a record said before: a row is moved here when a newer text or extractor supersedes it.
CREATE TABLE record_version (
  record_id TEXT NOT NULL REFERENCES record (record_id),
  known_from TEXT NOT NULL,
  known_until TEXT NOT NULL,
  surname TEXT,
  given TEXT,
  patronymic TEXT,
  birth_date TEXT,
  age INTEGER,
  sex TEXT,
  category TEXT,
  unit TEXT,
  rank TEXT,
  call_sign TEXT,
  home_region TEXT,
  home_place TEXT,
  last_contact TEXT,
  last_seen_place TEXT,
  claim TEXT NOT NULL,
  asks INTEGER NOT NULL,
  event_date TEXT,
  facts TEXT NOT NULL,
  spans TEXT NOT NULL,
  extractor TEXT NOT NULL,
  public_at TEXT NOT NULL,
  public_on TEXT NOT NULL,
  asked_at TEXT,
  asked_on TEXT,
  PRIMARY KEY (record_id, known_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
  decision_id INTEGER PRIMARY KEY,
  left_id TEXT NOT NULL REFERENCES record (record_id),
  right_id TEXT NOT NULL REFERENCES record (record_id),
  judgement TEXT NOT NULL CHECK (judgement IN ('same', 'different', 'unsure')),
  score REAL,
  decided_by TEXT NOT NULL,
  is_human INTEGER NOT NULL CHECK (is_human IN (0, 1)),
  decided_at TEXT NOT NULL,
  findings TEXT NOT NULL CHECK (json_valid(findings)),
  note TEXT,
  CHECK (left_id < right_id)
) STRICT;
CREATE INDEX decision_by_pair ON decision (left_id, right_id, decision_id);
CREATE INDEX decision_by_right ON decision (right_id);
CREATE INDEX decision_human ON decision (decision_id) WHERE is_human = 1;

CREATE TABLE review (
  review_id INTEGER PRIMARY KEY,
  left_id TEXT NOT NULL REFERENCES record (record_id),
  right_id TEXT NOT NULL REFERENCES record (record_id),
  score REAL,
  findings TEXT NOT NULL CHECK (json_valid(findings)),
  note TEXT,
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  closed_by TEXT,
  CHECK (left_id < right_id)
) STRICT;
CREATE UNIQUE INDEX review_open ON review (left_id, right_id) WHERE closed_at IS NULL;

-- The person as described now; every earlier description stands in person_version.
CREATE TABLE person (
  person_id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  names TEXT NOT NULL,
  surname TEXT,
  given TEXT,
  patronymic TEXT,
  birth_date TEXT,
  age INTEGER,
  sex TEXT,
  category TEXT,
  unit TEXT,
  home_region TEXT,
  home_place TEXT,
  sought_from TEXT,
  status TEXT,
  status_on TEXT,
  conflicting INTEGER NOT NULL CHECK (conflicting IN (0, 1)),
  records INTEGER NOT NULL,
  first_known TEXT NOT NULL,
  closed_at TEXT,
  folded TEXT GENERATED ALWAYS AS (replace(replace(names, 'ё', 'е'), 'Ё', 'Е')) VIRTUAL
) STRICT;
CREATE INDEX person_by_status ON person (status, category) WHERE closed_at IS NULL;
CREATE INDEX person_by_region ON person (home_region) WHERE closed_at IS NULL;

CREATE TABLE person_version (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  known_from TEXT NOT NULL,
  known_until TEXT,
  surname TEXT,
  given TEXT,
  patronymic TEXT,
  birth_date TEXT,
  age INTEGER,
  sex TEXT,
  category TEXT,
  unit TEXT,
  home_region TEXT,
  home_place TEXT,
  sought_from TEXT,
  PRIMARY KEY (person_id, known_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_version_now ON person_version (sought_from) WHERE known_until IS NULL;

CREATE TABLE person_record (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  record_id TEXT NOT NULL REFERENCES record (record_id),
  known_from TEXT NOT NULL,
  known_until TEXT,
  PRIMARY KEY (record_id, known_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_record_by_person ON person_record (person_id, known_until);
CREATE UNIQUE INDEX person_record_now ON person_record (record_id) WHERE known_until IS NULL;

CREATE TABLE person_alias (
  old_id TEXT NOT NULL REFERENCES person (person_id),
  new_id TEXT NOT NULL REFERENCES person (person_id),
  known_from TEXT NOT NULL,
  known_until TEXT,
  PRIMARY KEY (old_id, known_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_alias_by_new ON person_alias (new_id);

CREATE TABLE status_event (
  event_id INTEGER PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (person_id),
  status TEXT NOT NULL CHECK (status IN
    ('missing', 'captured', 'found_alive', 'released', 'deceased', 'retracted')),
  public_on TEXT NOT NULL,
  learned_at TEXT NOT NULL,
  record_id TEXT NOT NULL REFERENCES record (record_id),
  evidence TEXT NOT NULL CHECK (evidence IN ('reported', 'corroborated', 'confirmed')),
  corroborated_on TEXT,
  retracts TEXT NOT NULL CHECK (json_valid(retracts)),
  retracted INTEGER NOT NULL CHECK (retracted IN (0, 1)),
  known_from TEXT NOT NULL,
  known_until TEXT
) STRICT;
CREATE INDEX status_event_by_person ON status_event (person_id, known_until);
CREATE INDEX status_event_by_record ON status_event (record_id);

-- Two different editors make an event confirmed; undone by adding a row with approved = 0.
CREATE TABLE approval (
  approval_id INTEGER PRIMARY KEY,
  record_id TEXT NOT NULL REFERENCES record (record_id),
  editor TEXT NOT NULL,
  approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
  at TEXT NOT NULL,
  note TEXT
) STRICT;
CREATE INDEX approval_by_record ON approval (record_id);

-- One row each time the persons changed: the moments at which "known at" can differ.
CREATE TABLE resolution (
  resolution_id INTEGER PRIMARY KEY,
  known_at TEXT NOT NULL UNIQUE,
  ran_at TEXT NOT NULL,
  persons_opened INTEGER NOT NULL,
  persons_closed INTEGER NOT NULL,
  persons_changed INTEGER NOT NULL,
  events_opened INTEGER NOT NULL,
  events_closed INTEGER NOT NULL,
  decisions INTEGER NOT NULL
) STRICT;

CREATE TABLE tally_snapshot (
  snapshot_id INTEGER PRIMARY KEY,
  as_of TEXT NOT NULL,
  known_at TEXT NOT NULL,
  evidence TEXT NOT NULL,
  total INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  result TEXT NOT NULL CHECK (json_valid(result)),
  taken_at TEXT NOT NULL,
  UNIQUE (as_of, known_at, evidence)
) STRICT;

CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;

CREATE TABLE data_dictionary (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  english TEXT NOT NULL,
  russian TEXT NOT NULL,
  PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;

-- Append-only tables. `migrations.py` asserts that each of these triggers is still there.
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision
BEGIN SELECT raise(ABORT, 'decision is append-only: undo by adding'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
BEGIN SELECT raise(ABORT, 'decision is append-only: undo by adding'); END;
CREATE TRIGGER approval_no_update BEFORE UPDATE ON approval
BEGIN SELECT raise(ABORT, 'approval is append-only: undo by adding'); END;
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval
BEGIN SELECT raise(ABORT, 'approval is append-only: undo by adding'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'audit is append-only'); END;

-- No machine confirms: an event is confirmed only while two different editors approve a record of
-- this person that claims the same.
CREATE TRIGGER status_event_confirmed BEFORE INSERT ON status_event
WHEN new.evidence = 'confirmed' AND (
  SELECT count(DISTINCT word.editor) FROM approval AS word
  JOIN person_record AS link ON link.record_id = word.record_id
    AND link.person_id = new.person_id AND link.known_until IS NULL
  WHERE word.approved = 1 AND NOT EXISTS (SELECT 1 FROM approval AS later
    WHERE later.record_id = word.record_id AND later.editor = word.editor
      AND later.approval_id > word.approval_id)) < 2
BEGIN SELECT raise(ABORT, 'status_event: confirmed needs two different editors'); END;

-- A bitemporal row may only be closed, never rewritten.
CREATE TRIGGER person_version_only_closes BEFORE UPDATE ON person_version
WHEN old.known_until IS NOT NULL OR new.known_until IS NULL
  OR (old.person_id, old.known_from, old.surname, old.given, old.patronymic, old.birth_date,
      old.age, old.sex, old.category, old.unit, old.home_region, old.home_place, old.sought_from)
  IS NOT
     (new.person_id, new.known_from, new.surname, new.given, new.patronymic, new.birth_date,
      new.age, new.sex, new.category, new.unit, new.home_region, new.home_place, new.sought_from)
BEGIN SELECT raise(ABORT, 'person_version: a version is closed, never rewritten'); END;
CREATE TRIGGER status_event_only_closes BEFORE UPDATE ON status_event
WHEN old.known_until IS NOT NULL OR new.known_until IS NULL
  OR (old.person_id, old.status, old.public_on, old.learned_at, old.record_id, old.evidence,
      old.corroborated_on, old.retracts, old.retracted, old.known_from)
  IS NOT
     (new.person_id, new.status, new.public_on, new.learned_at, new.record_id, new.evidence,
      new.corroborated_on, new.retracts, new.retracted, new.known_from)
BEGIN SELECT raise(ABORT, 'status_event: an event is closed, never rewritten'); END;

-- Search: ё is folded in the index, and must be folded in the query too.
CREATE VIRTUAL TABLE post_fts USING fts5 (folded, content = 'post', content_rowid = 'rowid');
CREATE TRIGGER post_fts_insert AFTER INSERT ON post
BEGIN INSERT INTO post_fts (rowid, folded) VALUES (new.rowid, new.folded); END;
CREATE TRIGGER post_fts_delete AFTER DELETE ON post
BEGIN INSERT INTO post_fts (post_fts, rowid, folded) VALUES ('delete', old.rowid, old.folded); END;
CREATE TRIGGER post_fts_update AFTER UPDATE OF text ON post
BEGIN
  INSERT INTO post_fts (post_fts, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO post_fts (rowid, folded) VALUES (new.rowid, new.folded);
END;
CREATE VIRTUAL TABLE person_fts USING fts5 (folded, content = 'person', content_rowid = 'rowid');
CREATE TRIGGER person_fts_insert AFTER INSERT ON person
BEGIN INSERT INTO person_fts (rowid, folded) VALUES (new.rowid, new.folded); END;
CREATE TRIGGER person_fts_delete AFTER DELETE ON person
BEGIN
  INSERT INTO person_fts (person_fts, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
CREATE TRIGGER person_fts_update AFTER UPDATE OF names ON person
BEGIN
  INSERT INTO person_fts (person_fts, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO person_fts (rowid, folded) VALUES (new.rowid, new.folded);
END;
INSERT INTO post_fts (post_fts, rank) VALUES ('secure-delete', 1);
INSERT INTO person_fts (person_fts, rank) VALUES ('secure-delete', 1);
