-- What the tally of an earlier knowledge is counted from: spans of standing as they were known from
-- a moment until a moment, and sums of them by day and by moment. `standing` holds those that are
-- known now. All of it follows from person_version, status_event and the links, as `standing` does.
ALTER TABLE standing ADD COLUMN unit TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE standing ADD COLUMN known_from TEXT NOT NULL DEFAULT '';
ALTER TABLE standing_list ADD COLUMN known_from TEXT NOT NULL DEFAULT '';

CREATE TABLE stood (
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
  unit TEXT NOT NULL,
  known_from TEXT NOT NULL,
  known_until TEXT NOT NULL,
  PRIMARY KEY (person_id, known_from, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE stood_list (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  source TEXT NOT NULL REFERENCES source (name),
  from_day TEXT NOT NULL,
  known_from TEXT NOT NULL,
  known_until TEXT NOT NULL,
  PRIMARY KEY (person_id, source, known_from)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER due_stood_out AFTER DELETE ON stood
BEGIN INSERT OR IGNORE INTO standing_due VALUES ('rebuild'); END;

-- `tally_day` once more, by the year, month, day and moment from which it was known.
CREATE TABLE tally_known (
  level INTEGER NOT NULL,
  known_grain INTEGER NOT NULL,
  known TEXT NOT NULL,
  grain INTEGER NOT NULL,
  period TEXT NOT NULL,
  part TEXT NOT NULL,
  key TEXT NOT NULL,
  region TEXT NOT NULL,
  rank INTEGER NOT NULL,
  other INTEGER NOT NULL,
  persons INTEGER NOT NULL,
  PRIMARY KEY (level, known_grain, known, grain, period, part, key, region, rank, other)
) STRICT, WITHOUT ROWID;

-- The counted by unit, a column for each rank: there are thousands of units.
CREATE TABLE tally_unit (
  level INTEGER NOT NULL,
  grain INTEGER NOT NULL,
  period TEXT NOT NULL,
  unit TEXT NOT NULL,
  missing INTEGER NOT NULL,
  captured INTEGER NOT NULL,
  found_alive INTEGER NOT NULL,
  released INTEGER NOT NULL,
  deceased INTEGER NOT NULL,
  PRIMARY KEY (level, grain, period, unit)
) STRICT, WITHOUT ROWID;

-- A cell that came to nothing is found without reading all others.
CREATE INDEX tally_day_empty ON tally_day (persons) WHERE persons = 0;
CREATE INDEX tally_known_empty ON tally_known (persons) WHERE persons = 0;
CREATE INDEX tally_unit_empty ON tally_unit (unit)
  WHERE missing = 0 AND captured = 0 AND found_alive = 0 AND released = 0 AND deceased = 0;

INSERT OR IGNORE INTO standing_due VALUES ('rebuild');
