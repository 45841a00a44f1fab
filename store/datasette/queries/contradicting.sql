SELECT person_id, name, birth_date, category, home_region, status, status_on, records
FROM person WHERE closed_at IS NULL AND conflicting = 1 ORDER BY status_on DESC LIMIT PAGE
