-- A resolution makes anew the groups that its news can reach, no more. For this is kept of each edge
-- in which round it was joined, or whether it came so far as to ask for rivals; and of each record the
-- fewest bits at which a link of its did. What was kept before knows neither: it is void, for the name
-- of the engine is another one now, and the next resolution looks at everything.
DROP INDEX linked_by_part;
ALTER TABLE linked DROP COLUMN part;
ALTER TABLE linked ADD COLUMN asked REAL;
ALTER TABLE edge ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
