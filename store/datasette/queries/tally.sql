WITH grouped AS (
  SELECT key AS category, sum(persons) AS total, sum(persons * (rank = 0)) AS missing,
    sum(persons * (rank = 1)) AS captured, sum(persons * (rank = 3)) AS released,
    sum(persons * (rank = 2)) AS found_alive, sum(persons * (rank = 4)) AS deceased
  FROM SUMS(counted) GROUP BY key HAVING sum(persons) <> 0
)
SELECT * FROM (SELECT * FROM grouped ORDER BY total DESC)
UNION ALL
SELECT 'all', sum(total), sum(missing), sum(captured), sum(released), sum(found_alive),
  sum(deceased) FROM grouped
