-- What a count can be split by, besides category and region, as known then.
ALTER TABLE person ADD COLUMN last_contact TEXT;
ALTER TABLE person ADD COLUMN first_source TEXT;
ALTER TABLE person_version ADD COLUMN last_contact TEXT;
ALTER TABLE person_version ADD COLUMN first_source TEXT;

CREATE TRIGGER person_version_only_closes_too BEFORE UPDATE ON person_version
WHEN (old.last_contact, old.first_source) IS NOT (new.last_contact, new.first_source)
BEGIN SELECT raise(ABORT, 'person_version: a version is closed, never rewritten'); END;

-- Whether a source answered on a day, without reading all its fetches.
CREATE INDEX fetch_answered ON fetch (source, started_at) WHERE outcome IN ('ok', 'unchanged');

-- What courts, burials and DNA say, beside the claim of the record that tells it.
CREATE VIEW person_fact AS
SELECT link.person_id, fact.value AS fact, record.public_on, record.record_id, record.source
FROM record
JOIN json_each(record.facts) AS fact
  ON fact.value IN ('court_absent', 'court_dead', 'burial', 'dna', 'hearsay_death')
JOIN person_record AS link ON link.record_id = record.record_id AND link.known_until IS NULL
WHERE record.closed_at IS NULL;
