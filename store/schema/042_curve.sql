-- The count of each day on its own, from the sums of `tally_day`, so that a chart of years is read
-- at once: how many more or fewer stand in a status from a day on, counting every report.
CREATE TABLE tally_curve (
  day TEXT NOT NULL,
  rank INTEGER NOT NULL,
  persons INTEGER NOT NULL,
  PRIMARY KEY (day, rank)
) STRICT, WITHOUT ROWID;
INSERT INTO tally_curve SELECT period, rank, sum(persons) FROM tally_day
  WHERE level = 1 AND grain = 2 AND part = 'counted' GROUP BY period, rank;
CREATE TRIGGER tally_curve_in AFTER INSERT ON tally_day
WHEN new.level = 1 AND new.grain = 2 AND new.part = 'counted'
BEGIN
  INSERT INTO tally_curve VALUES (new.period, new.rank, new.persons)
  ON CONFLICT DO UPDATE SET persons = persons + excluded.persons;
END;
CREATE TRIGGER tally_curve_change AFTER UPDATE OF persons ON tally_day
WHEN new.level = 1 AND new.grain = 2 AND new.part = 'counted'
BEGIN
  UPDATE tally_curve SET persons = persons + new.persons - old.persons
  WHERE day = new.period AND rank = new.rank;
END;
CREATE TRIGGER tally_curve_out AFTER DELETE ON tally_day
WHEN old.level = 1 AND old.grain = 2 AND old.part = 'counted' AND old.persons <> 0
BEGIN
  UPDATE tally_curve SET persons = persons - old.persons
  WHERE day = old.period AND rank = old.rank;
END;
