SELECT region, sum(persons) AS total, sum(persons * (rank = 0)) AS missing,
  sum(persons * (rank = 1)) AS captured, sum(persons * (rank = 3)) AS released,
  sum(persons * (rank = 2)) AS found_alive, sum(persons * (rank = 4)) AS deceased
FROM SUMS(counted) GROUP BY region HAVING sum(persons) <> 0 ORDER BY total DESC, region
