-- People of one status in the order of their names, which the list of people asks for.
CREATE INDEX person_by_status_title ON person (status, name) WHERE closed_at IS NULL;
