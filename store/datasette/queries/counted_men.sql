WITH asked (rank) AS (
  SELECT value FROM json_each('[0, 1, 2, 3, 4]') WHERE :status = '' OR :status = CASE value
    WHEN 0 THEN 'missing' WHEN 1 THEN 'captured' WHEN 2 THEN 'found_alive' WHEN 3 THEN 'released'
    ELSE 'deceased' END
), counted AS (
  SELECT * FROM (
    SELECT person_id, from_day, category, region, reported AS rank FROM standing
    WHERE NOW AND LEVEL = 1 AND sought = 1 AND reported IN (SELECT rank FROM asked)
      AND from_day <= :as_of AND until_day > :as_of
      AND (:category = '' OR category = :category) AND (:region = '' OR region = :region)
    ORDER BY from_day DESC, person_id LIMIT UPTO)
  UNION ALL SELECT * FROM (
    SELECT person_id, from_day, category, region, RANK_THEN AS rank FROM standing
    WHERE NOT (NOW AND LEVEL = 1) AND sought AND known_from <= :known_at
      AND from_day <= :as_of AND until_day > :as_of AND RANK_THEN IN (SELECT rank FROM asked)
      AND (:category = '' OR category = :category) AND (:region = '' OR region = :region)
    ORDER BY from_day DESC, person_id LIMIT UPTO)
  UNION ALL SELECT * FROM (
    SELECT person_id, from_day, category, region, RANK_THEN AS rank FROM stood
    WHERE NOT NOW AND sought AND known_from <= :known_at AND known_until > :known_at
      AND from_day <= :as_of AND until_day > :as_of AND RANK_THEN IN (SELECT rank FROM asked)
      AND (:category = '' OR category = :category) AND (:region = '' OR region = :region)
    ORDER BY from_day DESC, person_id LIMIT UPTO)
), page_of AS (SELECT * FROM counted ORDER BY from_day DESC, person_id LIMIT PAGE)
SELECT person.person_id, person.name, person.birth_date, CASE rank WHEN 0 THEN 'missing'
    WHEN 1 THEN 'captured' WHEN 2 THEN 'found_alive' WHEN 3 THEN 'released'
    ELSE 'deceased' END AS status,
  page_of.category, page_of.region, person.home_place, person.sought_from, person.records
FROM page_of JOIN person ON person.person_id = page_of.person_id
ORDER BY page_of.from_day DESC, page_of.person_id
