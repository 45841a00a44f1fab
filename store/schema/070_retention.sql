-- Posts whose text has expired: the record stays, the words are gone. `digest` knows the same text
-- again when the page is fetched anew, so that it is not stored a second time.
CREATE TABLE expired_text (
  post_id TEXT PRIMARY KEY NOT NULL REFERENCES post (post_id),
  expired_at TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX post_version_by_seen ON post_version (seen_at);
