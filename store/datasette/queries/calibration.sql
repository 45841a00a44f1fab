WITH word AS (
  SELECT left_id, right_id, judgement = 'same' AS same FROM decision
  WHERE decision_id IN (SELECT max(decision_id) FROM decision INDEXED BY decision_human
    WHERE is_human = 1 GROUP BY left_id, right_id) AND judgement <> 'unsure'
), judged AS (
  SELECT same, coalesce(
    (SELECT score FROM review WHERE review.left_id = word.left_id
      AND review.right_id = word.right_id AND score IS NOT NULL ORDER BY review_id LIMIT 1),
    (SELECT score FROM decision WHERE decision.left_id = word.left_id
      AND decision.right_id = word.right_id AND is_human = 0 ORDER BY decision_id LIMIT 1)) AS score
  FROM word
), step (bits) AS (VALUES (-20), (-10), (-5), (0), (5), (10), (15), (20), (30)),
band AS (SELECT bits, coalesce(lead(bits) OVER (ORDER BY bits), 9999) AS upto FROM step)
SELECT band.bits AS from_bits,
  sum(score >= bits AND score < upto) AS decided,
  sum(same AND score >= bits AND score < upto) AS said_same,
  round(100 * avg(CASE WHEN score >= bits AND score < upto
    THEN 1 / (1 + pow(2, -min(60, score))) END), 1) AS model_expects,
  round(100.0 * sum(same AND score >= bits AND score < upto)
    / nullif(sum(score >= bits AND score < upto), 0), 1) AS editors_found,
  round(100.0 * sum(same AND score >= bits) / nullif(sum(score >= bits), 0), 1) AS precision_above,
  round(100.0 * sum(same AND score >= bits) / nullif(sum(same), 0), 1) AS recall_above
FROM band CROSS JOIN judged WHERE score IS NOT NULL
GROUP BY band.bits, band.upto ORDER BY band.bits DESC
