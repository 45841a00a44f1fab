-- What a resolution has still to read: each record that was told, changed or closed, or that became
-- a copy of another. A time could not say it: what one process commits while another resolves would
-- seem read. A resolution takes out the numbers it has read; whoever changes once more gets a new one.
CREATE TABLE record_due (
  due_id INTEGER PRIMARY KEY AUTOINCREMENT,
  record_id TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO record_due (record_id) SELECT record_id FROM record
WHERE max(known_from, coalesce(closed_at, '')) > coalesce(
  (SELECT max(known_at) FROM resolution), '');

CREATE TRIGGER due_record_in AFTER INSERT ON record
BEGIN
  DELETE FROM record_due WHERE record_id = new.record_id;
  INSERT INTO record_due (record_id) VALUES (new.record_id);
END;
CREATE TRIGGER due_record_up AFTER UPDATE OF known_from, closed_at, copy_of ON record
BEGIN
  DELETE FROM record_due WHERE record_id = new.record_id;
  INSERT INTO record_due (record_id) VALUES (new.record_id);
END;

-- Copies are told by record_due now.
ALTER TABLE linked DROP COLUMN copied;

-- Counts how often what the last resolution knew was written, or emptied by an erasure: a run that
-- began before another one ended must begin again.
CREATE TABLE linkage_turn (
  turn INTEGER NOT NULL
) STRICT;
INSERT INTO linkage_turn (turn) VALUES (0);
CREATE TRIGGER linkage_turn_in AFTER INSERT ON linkage
BEGIN UPDATE linkage_turn SET turn = turn + 1; END;
CREATE TRIGGER linkage_turn_up AFTER UPDATE ON linkage
BEGIN UPDATE linkage_turn SET turn = turn + 1; END;
CREATE TRIGGER linkage_turn_out AFTER DELETE ON linkage
BEGIN UPDATE linkage_turn SET turn = turn + 1; END;
