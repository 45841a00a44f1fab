-- Each line of `audit` has a link: a commitment to the line, salted, and a hash over the link before
-- and that commitment. A changed line breaks its commitment, a changed link all that follow.
CREATE TABLE audit_link (
  audit_id INTEGER PRIMARY KEY REFERENCES audit (audit_id),
  salt TEXT,
  commitment TEXT NOT NULL,
  link TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_link_no_update BEFORE UPDATE ON audit_link
BEGIN SELECT raise(ABORT, 'audit_link is append-only'); END;
CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link
BEGIN SELECT raise(ABORT, 'audit_link is append-only'); END;
