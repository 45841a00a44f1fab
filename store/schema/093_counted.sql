-- The men behind a figure: of each status those who stood in it on a day, with what is asked of them.
CREATE INDEX standing_counted ON standing
  (reported, from_day, until_day, category, region) WHERE sought = 1;
