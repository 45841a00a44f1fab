-- What edges and humans' words connect is grouped together, apart from all others: the smallest
-- record of its part. Whoever is touched has his whole part grouped anew.
ALTER TABLE linked ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
CREATE INDEX linked_by_part ON linked (part);
