-- The tally of any day as it is known now, at hand: each person's standing from day to day, and
-- the sums of their changes. Both follow from status_event and person_version; `standing.py`
-- brings them in line within the transaction that changed a person.
CREATE TABLE standing (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  kind TEXT NOT NULL CHECK (kind IN ('counted', 'withdrawn', 'list_only', 'overlap')),
  list TEXT NOT NULL,
  begins TEXT NOT NULL,
  ends TEXT,
  rank INTEGER,
  other INTEGER,
  category TEXT NOT NULL,
  region TEXT NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (person_id, kind, list, begins)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally_change (
  part TEXT NOT NULL,
  span TEXT NOT NULL,
  width INTEGER NOT NULL CHECK (width IN (4, 7, 10)),
  value TEXT NOT NULL,
  rank INTEGER NOT NULL,
  persons INTEGER NOT NULL,
  PRIMARY KEY (part, width, span, value, rank)
) STRICT, WITHOUT ROWID;

CREATE INDEX tally_change_of_nothing ON tally_change (persons) WHERE persons = 0;

-- Persons whose standing is to be worked out anew; empty after every transaction of ours.
CREATE TABLE standing_stale (person_id TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO standing_stale SELECT person_id FROM person;

CREATE TRIGGER standing_event_in AFTER INSERT ON status_event
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (new.person_id); END;
CREATE TRIGGER standing_event_change AFTER UPDATE ON status_event
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (new.person_id); END;
CREATE TRIGGER standing_event_out AFTER DELETE ON status_event
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (old.person_id); END;
CREATE TRIGGER standing_version_in AFTER INSERT ON person_version
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (new.person_id); END;
CREATE TRIGGER standing_version_change AFTER UPDATE ON person_version
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (new.person_id); END;
CREATE TRIGGER standing_version_out AFTER DELETE ON person_version
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (old.person_id); END;
CREATE TRIGGER standing_link_in AFTER INSERT ON person_record
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (new.person_id); END;
CREATE TRIGGER standing_link_change AFTER UPDATE ON person_record
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (new.person_id); END;
CREATE TRIGGER standing_link_out AFTER DELETE ON person_record
BEGIN INSERT OR IGNORE INTO standing_stale VALUES (old.person_id); END;
CREATE TRIGGER standing_row_change AFTER UPDATE OF public_on ON record
WHEN new.row_id IS NOT NULL AND new.public_on IS NOT old.public_on
BEGIN
  INSERT OR IGNORE INTO standing_stale SELECT person_id FROM person_record
    WHERE record_id = new.record_id AND known_until IS NULL;
END;
