WITH counted, grouped AS (
  SELECT category, count(*) AS total, sum(rank = 0) AS missing, sum(rank = 1) AS captured,
    sum(rank = 3) AS released, sum(rank = 2) AS found_alive, sum(rank = 4) AS deceased
  FROM counted WHERE stands GROUP BY category
  UNION ALL
  SELECT key, sum(persons), sum(persons * (rank = 0)), sum(persons * (rank = 1)),
    sum(persons * (rank = 3)), sum(persons * (rank = 2)), sum(persons * (rank = 4))
  FROM SUMS(counted) GROUP BY key HAVING sum(persons) <> 0
)
SELECT * FROM (SELECT * FROM grouped ORDER BY total DESC)
UNION ALL
SELECT 'all', sum(total), sum(missing), sum(captured), sum(released), sum(found_alive),
  sum(deceased) FROM grouped
