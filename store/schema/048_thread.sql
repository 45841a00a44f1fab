-- The discussion a post stands in, as its page or its title tells: an id made of its source and
-- that, without names. Posts of one thread tend to speak of one man.
ALTER TABLE post ADD COLUMN thread TEXT;
