-- Doubtful rows come before editors as pairs do: one held for one editor, «not sure» a word of its
-- own, an undoing that names what it takes back. What an editor puts off comes again after the rest.
DROP VIEW row_word_now;
DROP TRIGGER row_word_no_update;
DROP TRIGGER row_word_no_delete;
CREATE TABLE row_word_new (
  word_id INTEGER PRIMARY KEY,
  row_id TEXT NOT NULL REFERENCES list_row (row_id),
  version INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN
    ('sought', 'captured', 'released', 'found_alive', 'deceased', 'nobody', 'unsure', 'open')),
  editor TEXT NOT NULL CHECK (trim(editor) <> ''),
  at TEXT NOT NULL,
  note TEXT,
  undoes INTEGER REFERENCES row_word (word_id)
) STRICT;
INSERT INTO row_word_new
  SELECT word_id, row_id, version, verdict, editor, at, note, NULL FROM row_word;
DROP TABLE row_word;
ALTER TABLE row_word_new RENAME TO row_word;
CREATE INDEX row_word_of_row ON row_word (row_id, word_id);
CREATE INDEX row_word_of_editor ON row_word (editor, word_id);
CREATE TRIGGER row_word_kept BEFORE UPDATE ON row_word
BEGIN SELECT raise(ABORT, 'row_word is append-only: undo by adding'); END;
CREATE TRIGGER row_word_stays BEFORE DELETE ON row_word
BEGIN SELECT raise(ABORT, 'row_word is append-only: undo by adding'); END;

-- The words that hold: of each row the last, if it says something of the text that stands now.
CREATE VIEW row_word_now AS
SELECT word.* FROM row_word AS word JOIN list_row USING (row_id)
WHERE word.version = list_row.versions AND word.verdict NOT IN ('open', 'unsure')
  AND NOT EXISTS (SELECT 1 FROM row_word AS later
    WHERE later.row_id = word.row_id AND later.word_id > word.word_id);

-- Rows that wait for a word; `in_count`: does a man who is sought bear this surname and given name?
CREATE VIEW row_waiting AS
SELECT doubt.row_id, source, row, text, versions, why, noted_at, record,
  EXISTS (SELECT 1 FROM person WHERE closed_at IS NULL AND sought_from IS NOT NULL
    AND surname = record ->> 'surname' AND given = record ->> 'given'
    AND sorted_name >= replace(replace(record ->> 'surname' || ' ' || (record ->> 'given'),
      'ё', 'е' || char(65535)), 'Ё', 'Е' || char(65535))
    AND sorted_name < replace(replace(record ->> 'surname' || ' ' || (record ->> 'given'),
      'ё', 'е' || char(65535)), 'Ё', 'Е' || char(65535)) || char(65535)) AS in_count
FROM doubtful_row AS doubt JOIN list_row USING (row_id)
WHERE gone_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM row_word_now AS said WHERE said.row_id = doubt.row_id);

CREATE TABLE row_lease (
  row_id TEXT PRIMARY KEY NOT NULL REFERENCES list_row (row_id) ON DELETE CASCADE,
  editor TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT;

-- «Later»: a pair, a row or a claim that an editor put off.
CREATE TABLE put_off (
  editor TEXT NOT NULL,
  at TEXT NOT NULL,
  review_id INTEGER REFERENCES review (review_id) ON DELETE CASCADE,
  row_id TEXT REFERENCES list_row (row_id) ON DELETE CASCADE,
  record_id TEXT REFERENCES record (record_id) ON DELETE CASCADE,
  CHECK ((review_id IS NOT NULL) + (row_id IS NOT NULL) + (record_id IS NOT NULL) = 1)
) STRICT;
CREATE UNIQUE INDEX put_off_pair ON put_off (editor, review_id);
CREATE UNIQUE INDEX put_off_row ON put_off (editor, row_id);
CREATE UNIQUE INDEX put_off_claim ON put_off (editor, record_id);
CREATE INDEX put_off_of_pair ON put_off (review_id);
CREATE INDEX put_off_of_row ON put_off (row_id);
CREATE INDEX put_off_of_record ON put_off (record_id);
