WITH counted
SELECT * FROM (
  SELECT region AS region, count(*) AS total, sum(rank = 0) AS missing, sum(rank = 1) AS captured,
    sum(rank = 3) AS released, sum(rank = 2) AS found_alive, sum(rank = 4) AS deceased
  FROM counted
  WHERE stands GROUP BY 1
  UNION ALL
  SELECT region, sum(persons), sum(persons * (rank = 0)), sum(persons * (rank = 1)),
    sum(persons * (rank = 3)), sum(persons * (rank = 2)), sum(persons * (rank = 4))
  FROM SUMS(counted) GROUP BY region HAVING sum(persons) <> 0
) ORDER BY total DESC, region
