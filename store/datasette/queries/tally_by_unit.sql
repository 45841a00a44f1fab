WITH counted
SELECT coalesce(person.unit, 'unknown') AS unit, count(*) AS total, sum(rank = 0) AS missing, sum(rank = 1) AS captured,
  sum(rank = 3) AS released, sum(rank = 2) AS found_alive, sum(rank = 4) AS deceased
FROM counted JOIN person ON person.person_id = counted.person_id
WHERE stands GROUP BY 1 ORDER BY total DESC, unit
