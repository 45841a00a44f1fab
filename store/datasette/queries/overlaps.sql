WITH counted, listed AS (
  SELECT record.source, count(DISTINCT link.person_id) AS persons
  FROM counted
  JOIN person_record AS link ON link.person_id = counted.person_id AND link.known_until IS NULL
  JOIN record ON record.record_id = link.record_id AND record.row_id IS NOT NULL
  WHERE counted.stands AND record.public_on <= :as_of
  GROUP BY record.source
  UNION ALL
  SELECT key, sum(persons) FROM SUMS(overlap) GROUP BY key HAVING sum(persons) <> 0
)
SELECT listed.source, source.claim, listed.persons
FROM listed JOIN source ON source.name = listed.source ORDER BY persons DESC
