WITH counted
SELECT region, count(*) AS total, sum(rank = 0) AS missing, sum(rank = 1) AS captured,
  sum(rank = 3) AS released, sum(rank = 2) AS found_alive, sum(rank = 4) AS deceased
FROM counted WHERE stands GROUP BY region ORDER BY total DESC, region
