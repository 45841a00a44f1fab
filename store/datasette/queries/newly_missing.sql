SELECT person_id, name, birth_date, category, home_region, home_place, sought_from, status
FROM person
WHERE closed_at IS NULL AND sought_from BETWEEN :from_day AND :to_day
ORDER BY sought_from DESC, sorted_name LIMIT PAGE
