SELECT review.review_id, review.score,
  concat_ws(' ', a.surname, a.given, a.patronymic) AS left_name, a.birth_date AS left_born,
  a.source AS left_source, concat_ws(' ', b.surname, b.given, b.patronymic) AS right_name,
  b.birth_date AS right_born, b.source AS right_source, review.note
FROM review
JOIN record AS a ON a.record_id = review.left_id
JOIN record AS b ON b.record_id = review.right_id
WHERE review.closed_at IS NULL ORDER BY review.score DESC, review.review_id
