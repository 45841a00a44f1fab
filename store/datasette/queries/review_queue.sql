WITH weighed
SELECT weighed.review_id, round(weighed.expected, 2) AS expected, weighed.score,
  concat_ws(' ', a.surname, a.given, a.patronymic) AS left_name, a.birth_date AS left_born,
  a.source AS left_source, concat_ws(' ', b.surname, b.given, b.patronymic) AS right_name,
  b.birth_date AS right_born, b.source AS right_source, weighed.note
FROM (SELECT * FROM weighed
  ORDER BY expected DESC, expected_beside DESC, score DESC, review_id LIMIT 100) AS weighed
JOIN record AS a ON a.record_id = weighed.left_id
JOIN record AS b ON b.record_id = weighed.right_id
ORDER BY weighed.expected DESC, expected_beside DESC, weighed.score DESC, review_id
