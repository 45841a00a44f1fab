-- What the tally is counted from, worked out once a resolution: every person's spans of standing as
-- known now, and the sums of them by day. Both follow from person_version, status_event and the
-- links; `standings.py` keeps them in the transaction of the resolution, the triggers below say
-- whose are due. A tally is taken from them only while none is due.
CREATE TABLE standing (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  sought INTEGER NOT NULL CHECK (sought IN (0, 1)),
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  reported INTEGER,
  corroborated INTEGER,
  confirmed INTEGER,
  contested INTEGER,
  category TEXT NOT NULL,
  region TEXT NOT NULL,
  PRIMARY KEY (person_id, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE standing_list (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  source TEXT NOT NULL REFERENCES source (name),
  from_day TEXT NOT NULL,
  PRIMARY KEY (person_id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE standing_due (
  person_id TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- How many more (or fewer) stand in a cell from a day on, summed by day, by month and by year.
CREATE TABLE tally_day (
  level INTEGER NOT NULL,
  grain INTEGER NOT NULL,
  period TEXT NOT NULL,
  part TEXT NOT NULL,
  key TEXT NOT NULL,
  region TEXT NOT NULL,
  rank INTEGER NOT NULL,
  other INTEGER NOT NULL,
  persons INTEGER NOT NULL,
  PRIMARY KEY (level, grain, period, part, key, region, rank, other)
) STRICT, WITHOUT ROWID;

INSERT INTO standing_due SELECT person_id FROM person;

CREATE TRIGGER due_version_in AFTER INSERT ON person_version
BEGIN INSERT OR IGNORE INTO standing_due VALUES (new.person_id); END;
CREATE TRIGGER due_version_up AFTER UPDATE ON person_version
BEGIN INSERT OR IGNORE INTO standing_due VALUES (new.person_id); END;
CREATE TRIGGER due_version_out AFTER DELETE ON person_version
BEGIN INSERT OR IGNORE INTO standing_due VALUES (old.person_id); END;
CREATE TRIGGER due_event_in AFTER INSERT ON status_event
BEGIN INSERT OR IGNORE INTO standing_due VALUES (new.person_id); END;
CREATE TRIGGER due_event_up AFTER UPDATE ON status_event
BEGIN INSERT OR IGNORE INTO standing_due VALUES (new.person_id); END;
CREATE TRIGGER due_event_out AFTER DELETE ON status_event
BEGIN INSERT OR IGNORE INTO standing_due VALUES (old.person_id); END;
CREATE TRIGGER due_link_in AFTER INSERT ON person_record
BEGIN INSERT OR IGNORE INTO standing_due VALUES (new.person_id); END;
CREATE TRIGGER due_link_up AFTER UPDATE ON person_record
BEGIN INSERT OR IGNORE INTO standing_due VALUES (new.person_id); END;
CREATE TRIGGER due_link_out AFTER DELETE ON person_record
BEGIN INSERT OR IGNORE INTO standing_due VALUES (old.person_id); END;
CREATE TRIGGER due_row_up AFTER UPDATE OF public_on ON record
WHEN new.row_id IS NOT NULL AND new.public_on <> old.public_on
BEGIN
  INSERT OR IGNORE INTO standing_due SELECT person_id FROM person_record
  WHERE record_id = new.record_id AND known_until IS NULL;
END;
-- An erasure takes rows of `standing` away: the sums are then no longer theirs.
CREATE TRIGGER due_standing_out AFTER DELETE ON standing
BEGIN INSERT OR IGNORE INTO standing_due VALUES ('rebuild'); END;

-- For `diff`: who changed between two days or two times known.
CREATE INDEX status_event_by_day ON status_event (public_on);
CREATE INDEX status_event_by_second ON status_event (corroborated_on) WHERE corroborated_on NOT NULL;
CREATE INDEX status_event_by_known ON status_event (known_from);
CREATE INDEX status_event_by_over ON status_event (known_until) WHERE known_until NOT NULL;
CREATE INDEX person_version_by_known ON person_version (known_from);
CREATE INDEX person_version_by_over ON person_version (known_until) WHERE known_until NOT NULL;
CREATE INDEX person_version_by_sought ON person_version (sought_from);
