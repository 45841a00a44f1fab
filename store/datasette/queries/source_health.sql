SELECT source.name AS source, source.kind, source.claim, source.last_ok_at, source.due_at,
  source.failures, source.last_error,
  (SELECT count(*) FROM post WHERE post.source = source.name) AS posts,
  (SELECT count(*) FROM list_row WHERE list_row.source = source.name AND gone_at IS NULL) AS rows,
  (SELECT count(*) FROM fetch WHERE fetch.source = source.name AND outcome = 'failed') AS failed
FROM source WHERE enabled = 1 ORDER BY source.failures DESC, source.name
