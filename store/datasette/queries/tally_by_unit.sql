WITH then_known AS (
  SELECT unit, CASE :evidence WHEN 'corroborated' THEN corroborated WHEN 'confirmed' THEN confirmed
      ELSE reported END AS rank FROM (
    SELECT * FROM (SELECT unit, reported, corroborated, confirmed, from_day, until_day, sought
      FROM stood WHERE known_from <= :known_at AND known_until > :known_at)
    UNION ALL SELECT unit, reported, corroborated, confirmed, from_day, until_day, sought
      FROM standing WHERE known_from <= :known_at)
  WHERE NOT NOW AND sought AND from_day <= :as_of AND until_day > :as_of
), day (grain, low, high) AS (VALUES (0, '', substr(:as_of, 1, 4)),
  (1, substr(:as_of, 1, 4), substr(:as_of, 1, 7)), (2, substr(:as_of, 1, 7), :as_of || '~'))
SELECT * FROM (
  SELECT unit, sum(missing + captured + released + found_alive + deceased) AS total,
    sum(missing) AS missing, sum(captured) AS captured, sum(released) AS released,
    sum(found_alive) AS found_alive, sum(deceased) AS deceased
  FROM day CROSS JOIN tally_unit AS t ON t.level = LEVEL AND t.grain = day.grain
    AND t.period > day.low AND t.period < day.high
  WHERE NOW GROUP BY unit
  UNION ALL
  SELECT unit, count(*), sum(rank = 0), sum(rank = 1), sum(rank = 3), sum(rank = 2), sum(rank = 4)
  FROM then_known WHERE rank IS NOT NULL GROUP BY unit
) WHERE total > 0 ORDER BY total DESC, unit LIMIT PAGE
