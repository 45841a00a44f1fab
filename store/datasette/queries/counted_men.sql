WITH asked (rank) AS (
  SELECT value FROM json_each('[0, 1, 2, 3, 4]') WHERE :status = '' OR :status = CASE value
    WHEN 0 THEN 'missing' WHEN 1 THEN 'captured' WHEN 2 THEN 'found_alive' WHEN 3 THEN 'released'
    ELSE 'deceased' END
), stood_then AS (
  SELECT person_id, reported AS rank, from_day, category, region FROM standing
  WHERE NOW AND LEVEL = 1 AND sought = 1 AND reported IN (SELECT rank FROM asked)
    AND from_day <= :as_of AND until_day > :as_of
    AND (:category = '' OR category = :category) AND (:region = '' OR region = :region)
  UNION ALL
  SELECT person_id, rank, from_day, category, region FROM (
    SELECT person_id, from_day, category, region, CASE LEVEL WHEN 3 THEN confirmed
      WHEN 2 THEN corroborated ELSE reported END AS rank
    FROM (
      SELECT person_id, reported, corroborated, confirmed, from_day, until_day, category, region,
        sought, known_from, '9999' AS known_until FROM standing WHERE NOT (NOW AND LEVEL = 1)
      UNION ALL
      SELECT person_id, reported, corroborated, confirmed, from_day, until_day, category, region,
        sought, known_from, known_until FROM stood WHERE NOT NOW)
    WHERE sought AND known_from <= :known_at AND (NOW OR known_until > :known_at)
      AND from_day <= :as_of AND until_day > :as_of
      AND (:category = '' OR category = :category) AND (:region = '' OR region = :region))
  WHERE rank IN (SELECT rank FROM asked)
), page_of AS (SELECT * FROM stood_then ORDER BY from_day DESC, person_id LIMIT PAGE)
SELECT person.person_id, person.name, person.birth_date, CASE rank WHEN 0 THEN 'missing'
    WHEN 1 THEN 'captured' WHEN 2 THEN 'found_alive' WHEN 3 THEN 'released'
    ELSE 'deceased' END AS status,
  page_of.category, page_of.region, person.home_place, person.sought_from, person.records
FROM page_of JOIN person ON person.person_id = page_of.person_id
ORDER BY page_of.from_day DESC, page_of.person_id
