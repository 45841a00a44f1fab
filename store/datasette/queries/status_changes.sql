SELECT e.public_on, e.status, e.person_id, person.name, e.evidence, record.source,
  post.external_id, list_row.row, e.retracted
FROM status_event AS e
JOIN person ON person.person_id = e.person_id
JOIN record ON record.record_id = e.record_id
LEFT JOIN post ON post.post_id = record.post_id
LEFT JOIN list_row ON list_row.row_id = record.row_id
WHERE e.known_until IS NULL AND e.public_on BETWEEN :from_day AND :to_day
ORDER BY e.public_on DESC, e.event_id DESC LIMIT PAGE
