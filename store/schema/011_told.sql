-- What each source told on each day: `store/holds.py` counts it in every resolution.
CREATE INDEX record_told ON record (source, public_on)
  WHERE post_id IS NOT NULL AND closed_at IS NULL AND copy_of IS NULL;
