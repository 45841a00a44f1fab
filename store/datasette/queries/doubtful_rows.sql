SELECT row_id AS doubt, source, row, text, why, in_count, noted_at FROM row_waiting
ORDER BY in_count DESC, source, row LIMIT PAGE
