SELECT source.name AS source, source.kind, source.claim, source.last_ok_at, source.due_at,
  source.failures, source.last_error,
  (SELECT rows FROM facet_count WHERE of = 'post' AND a = source.name) AS posts,
  (SELECT rows FROM facet_count WHERE of = 'list_row' AND a = source.name) AS rows,
  (SELECT count(*) FROM fetch WHERE fetch.source = source.name AND outcome = 'failed') AS failed
FROM source WHERE enabled = 1 ORDER BY source.failures DESC, source.name
