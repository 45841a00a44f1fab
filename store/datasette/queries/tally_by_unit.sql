WITH counted
SELECT * FROM (
  SELECT coalesce(person.unit, 'unknown') AS unit, count(*) AS total, sum(rank = 0) AS missing, sum(rank = 1) AS captured,
    sum(rank = 3) AS released, sum(rank = 2) AS found_alive, sum(rank = 4) AS deceased
  FROM counted JOIN person ON person.person_id = counted.person_id
  WHERE stands GROUP BY 1
  UNION ALL
  SELECT coalesce(p.unit, 'unknown'), count(*), sum(rank = 0), sum(rank = 1), sum(rank = 3),
    sum(rank = 2), sum(rank = 4)
  FROM (SELECT person_id, CASE :evidence WHEN 'corroborated' THEN corroborated
      WHEN 'confirmed' THEN confirmed ELSE reported END AS rank
    FROM main.standing WHERE from_day <= :as_of AND until_day > :as_of AND sought AND NOW
  ) AS s JOIN person_version AS p ON p.person_id = s.person_id AND p.known_until IS NULL
  WHERE rank IS NOT NULL GROUP BY 1
) ORDER BY total DESC, unit LIMIT PAGE
