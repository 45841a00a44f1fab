-- Names in the order of the alphabet: ё after е and before ж, which the order of bytes puts apart.
ALTER TABLE person ADD COLUMN sorted_name TEXT GENERATED ALWAYS AS
  (replace(replace(name, 'ё', 'е' || char(65535)), 'Ё', 'Е' || char(65535))) VIRTUAL;
ALTER TABLE record ADD COLUMN sorted_surname TEXT GENERATED ALWAYS AS
  (replace(replace(surname, 'ё', 'е' || char(65535)), 'Ё', 'Е' || char(65535))) VIRTUAL;
DROP INDEX person_by_title;
DROP INDEX person_by_region_title;
DROP INDEX person_by_status_title;
CREATE INDEX person_by_title ON person (sorted_name) WHERE closed_at IS NULL;
CREATE INDEX person_by_region_title ON person (home_region, sorted_name) WHERE closed_at IS NULL;
CREATE INDEX person_by_status_title ON person (status, sorted_name) WHERE closed_at IS NULL;
