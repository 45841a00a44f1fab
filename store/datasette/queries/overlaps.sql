SELECT listed.source, source.claim, listed.persons
FROM (
  SELECT key AS source, sum(persons) AS persons FROM SUMS(overlap)
  GROUP BY key HAVING sum(persons) <> 0
) AS listed JOIN source ON source.name = listed.source ORDER BY persons DESC, listed.source
