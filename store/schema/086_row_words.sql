-- What editors say of a doubtful row: what it claims of its man, that it is nobody's, or (`open`)
-- that it waits again. The latest word holds for the text it was said of (`version`): a row that its
-- list writes anew waits again. Appended, undone by adding.
CREATE TABLE row_word (
  word_id INTEGER PRIMARY KEY,
  row_id TEXT NOT NULL REFERENCES list_row (row_id),
  version INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN
    ('sought', 'captured', 'released', 'found_alive', 'deceased', 'nobody', 'open')),
  editor TEXT NOT NULL CHECK (trim(editor) <> ''),
  at TEXT NOT NULL,
  note TEXT
) STRICT;
CREATE INDEX row_word_by_row ON row_word (row_id, word_id);
CREATE TRIGGER row_word_no_update BEFORE UPDATE ON row_word
BEGIN SELECT raise(ABORT, 'row_word is append-only: undo by adding'); END;
CREATE TRIGGER row_word_no_delete BEFORE DELETE ON row_word
BEGIN SELECT raise(ABORT, 'row_word is append-only: undo by adding'); END;

-- The words that hold.
CREATE VIEW row_word_now AS
SELECT word.* FROM row_word AS word JOIN list_row USING (row_id)
WHERE word.version = list_row.versions AND word.verdict <> 'open'
  AND NOT EXISTS (SELECT 1 FROM row_word AS later
    WHERE later.row_id = word.row_id AND later.word_id > word.word_id);
