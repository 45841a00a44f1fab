SELECT source.name AS source, source.kind, source.claim, source.last_ok_at, source.due_at,
  coalesce(source_state.state, 'healthy') AS state, source_state.since,
  source.failures, coalesce(source_state.cause, source.last_error) AS last_error,
  source_state.open_until,
  (SELECT error FROM fetch WHERE fetch.source = source.name AND outcome = 'suspect'
    AND started_at >= strftime('%Y-%m-%dT%H:%M:%S', 'now', '-7 days')
    ORDER BY started_at DESC LIMIT 1) AS noticed,
  (SELECT group_concat(column.key || ': ' || (column.value ->> 0) || '/' || taken.rows, '; ')
    FROM list_import AS taken, json_each(taken.facts, '$.unread') AS column
    WHERE taken.import_id = (SELECT max(import_id) FROM list_import
      WHERE list_import.source = source.name AND state IN ('accepted', 'released'))) AS unread,
  (SELECT rows FROM facet_count WHERE of = 'post' AND a = source.name) AS posts,
  (SELECT rows FROM facet_count WHERE of = 'list_row' AND a = source.name) AS rows,
  (SELECT count(*) FROM fetch WHERE fetch.source = source.name AND outcome = 'failed') AS failed
FROM source LEFT JOIN source_state ON source_state.source = source.name
WHERE enabled = 1
ORDER BY coalesce(source_state.state, 'healthy') = 'healthy', source.failures DESC, source.name
