-- What the pages of tables ask for: sums for their facets, and indexes for their orders.
CREATE TABLE facet_count (
  of TEXT NOT NULL CHECK (of IN ('person', 'record', 'post', 'list_row')),
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  c TEXT NOT NULL,
  d TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (of, a, b, c, d)
) STRICT, WITHOUT ROWID;
INSERT INTO facet_count SELECT 'person', coalesce(status, ''), coalesce(category, ''),
  coalesce(home_region, ''), sought_from IS NOT NULL, count(*) FROM person
  WHERE closed_at IS NULL GROUP BY 2, 3, 4, 5;
INSERT INTO facet_count SELECT 'record', claim, source, '', '', count(*) FROM record GROUP BY 2, 3;
INSERT INTO facet_count SELECT 'post', source, '', '', '', count(*) FROM post GROUP BY 2;
INSERT INTO facet_count SELECT 'list_row', source, '', '', '', count(*) FROM list_row
  WHERE gone_at IS NULL GROUP BY 2;

CREATE TRIGGER facet_person_in AFTER INSERT ON person WHEN new.closed_at IS NULL
BEGIN
  INSERT INTO facet_count VALUES ('person', coalesce(new.status, ''), coalesce(new.category, ''),
    coalesce(new.home_region, ''), new.sought_from IS NOT NULL, 1)
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER facet_person_out AFTER DELETE ON person WHEN old.closed_at IS NULL
BEGIN
  UPDATE facet_count SET rows = rows - 1 WHERE of = 'person' AND a = coalesce(old.status, '')
    AND b = coalesce(old.category, '') AND c = coalesce(old.home_region, '')
    AND d = (old.sought_from IS NOT NULL);
END;
CREATE TRIGGER facet_person_change
AFTER UPDATE OF status, category, home_region, sought_from, closed_at ON person
WHEN (old.status, old.category, old.home_region, old.sought_from IS NULL, old.closed_at IS NULL)
  IS NOT (new.status, new.category, new.home_region, new.sought_from IS NULL, new.closed_at IS NULL)
BEGIN
  UPDATE facet_count SET rows = rows - 1 WHERE old.closed_at IS NULL AND of = 'person'
    AND a = coalesce(old.status, '') AND b = coalesce(old.category, '')
    AND c = coalesce(old.home_region, '') AND d = (old.sought_from IS NOT NULL);
  INSERT INTO facet_count SELECT 'person', coalesce(new.status, ''), coalesce(new.category, ''),
    coalesce(new.home_region, ''), new.sought_from IS NOT NULL, 1 WHERE new.closed_at IS NULL
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER facet_record_in AFTER INSERT ON record
BEGIN
  INSERT INTO facet_count VALUES ('record', new.claim, new.source, '', '', 1)
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER facet_record_out AFTER DELETE ON record
BEGIN
  UPDATE facet_count SET rows = rows - 1 WHERE of = 'record' AND a = old.claim AND b = old.source;
END;
CREATE TRIGGER facet_record_change AFTER UPDATE OF claim, source ON record
WHEN (old.claim, old.source) IS NOT (new.claim, new.source)
BEGIN
  UPDATE facet_count SET rows = rows - 1 WHERE of = 'record' AND a = old.claim AND b = old.source;
  INSERT INTO facet_count VALUES ('record', new.claim, new.source, '', '', 1)
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER facet_post_in AFTER INSERT ON post
BEGIN
  INSERT INTO facet_count VALUES ('post', new.source, '', '', '', 1)
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER facet_post_out AFTER DELETE ON post
BEGIN UPDATE facet_count SET rows = rows - 1 WHERE of = 'post' AND a = old.source; END;
CREATE TRIGGER facet_row_in AFTER INSERT ON list_row WHEN new.gone_at IS NULL
BEGIN
  INSERT INTO facet_count VALUES ('list_row', new.source, '', '', '', 1)
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER facet_row_out AFTER DELETE ON list_row WHEN old.gone_at IS NULL
BEGIN UPDATE facet_count SET rows = rows - 1 WHERE of = 'list_row' AND a = old.source; END;
CREATE TRIGGER facet_row_change AFTER UPDATE OF gone_at ON list_row
WHEN (old.gone_at IS NULL) <> (new.gone_at IS NULL)
BEGIN
  INSERT INTO facet_count VALUES ('list_row', new.source, '', '', '', 1)
  ON CONFLICT DO UPDATE SET rows = rows + CASE WHEN new.gone_at IS NULL THEN 1 ELSE -1 END;
END;

CREATE INDEX person_by_title ON person (name) WHERE closed_at IS NULL;
CREATE INDEX person_by_region_title ON person (home_region, name) WHERE closed_at IS NULL;
CREATE INDEX person_by_search ON person (sought_from) WHERE closed_at IS NULL;
CREATE INDEX person_list_only ON person (status_on)
  WHERE closed_at IS NULL AND sought_from IS NULL AND status IS NOT NULL;
CREATE INDEX post_by_source_day ON post (source, posted_on);
CREATE INDEX record_by_day ON record (public_on);
CREATE INDEX record_by_claim_day ON record (claim, public_on);
CREATE INDEX status_event_now_by_day ON status_event (public_on) WHERE known_until IS NULL;
CREATE INDEX fetch_failed ON fetch (source) WHERE outcome = 'failed';
