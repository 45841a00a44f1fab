-- How alike two texts are, without their words: 32 least hashes of their shingles.
CREATE TABLE post_sketch (
  post_id TEXT PRIMARY KEY NOT NULL REFERENCES post (post_id),
  size INTEGER NOT NULL,
  sketch BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A week in which a source told far more than it ever does: it corroborates nobody until reviewed.
CREATE TABLE source_hold (
  hold_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL REFERENCES source (name),
  week TEXT NOT NULL,
  records INTEGER NOT NULL,
  why TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'released', 'refused')),
  decided_by TEXT,
  decided_at TEXT,
  note TEXT,
  UNIQUE (source, week)
) STRICT;

-- An editor's name is a name: nobody confirms as a program, and no name counts twice for its case.
CREATE TRIGGER approval_by_an_editor BEFORE INSERT ON approval
WHEN trim(new.editor) = '' OR new.editor <> trim(new.editor) OR new.editor GLOB 'model:*'
BEGIN SELECT raise(ABORT, 'approval: an editor approves, by name'); END;

-- Whose approvals hold: the editor's latest word, on what the record claims still.
CREATE VIEW approval_now AS
SELECT word.record_id, word.editor, record.claim, record.asked_at
FROM approval AS word JOIN record ON record.record_id = word.record_id
WHERE word.approved = 1
  AND NOT EXISTS (SELECT 1 FROM approval AS later WHERE later.record_id = word.record_id
    AND lower(later.editor) = lower(word.editor) AND later.approval_id > word.approval_id)
  AND word.at >= coalesce((SELECT max(said.known_until) FROM record_version AS said
    WHERE said.record_id = word.record_id AND said.claim <> record.claim), '');

-- Two editors must vouch for what the event claims, not for anything else said of the man.
CREATE TRIGGER status_event_confirmed_claim BEFORE INSERT ON status_event
WHEN new.evidence = 'confirmed' AND (
  SELECT count(DISTINCT lower(word.editor)) FROM approval_now AS word
  JOIN person_record AS link ON link.record_id = word.record_id
    AND link.person_id = new.person_id AND link.known_until IS NULL
  WHERE word.claim = CASE new.status WHEN 'missing' THEN 'sought' ELSE new.status END
    OR (new.status = 'missing' AND word.asked_at IS NOT NULL)) < 2
BEGIN SELECT raise(ABORT, 'status_event: confirmed needs two different editors of this claim'); END;
