SELECT person_id, name, birth_date, home_region, status, status_on, records
FROM person
WHERE closed_at IS NULL AND sought_from IS NULL AND status IS NOT NULL
ORDER BY status_on DESC LIMIT PAGE
