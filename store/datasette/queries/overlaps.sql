WITH counted
SELECT record.source, source.claim, count(DISTINCT link.person_id) AS persons,
  count(DISTINCT record.row_id) AS rows
FROM counted
JOIN person_record AS link ON link.person_id = counted.person_id AND link.known_until IS NULL
JOIN record ON record.record_id = link.record_id AND record.row_id IS NOT NULL
JOIN source ON source.name = record.source
WHERE counted.stands AND record.public_on <= :as_of
GROUP BY record.source ORDER BY persons DESC
