-- Editors at work: who looks at which pair, and which decision an undoing takes back.
ALTER TABLE decision ADD COLUMN undoes INTEGER REFERENCES decision (decision_id);

-- A pair is shown to one editor at a time; `until` ends the hold of one who went away.
CREATE TABLE review_lease (
  review_id INTEGER PRIMARY KEY REFERENCES review (review_id) ON DELETE CASCADE,
  editor TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT;
CREATE INDEX review_lease_by_editor ON review_lease (editor);

-- An editor's own words, latest first: undo, and pairs he was not sure of.
CREATE INDEX decision_by_editor ON decision (decided_by, decision_id) WHERE is_human = 1;
-- Claims that wait for an editor.
CREATE INDEX status_event_unconfirmed ON status_event (public_on)
  WHERE known_until IS NULL AND evidence <> 'confirmed' AND retracted = 0;
CREATE INDEX person_conflicting ON person (status_on) WHERE conflicting = 1 AND closed_at IS NULL;
