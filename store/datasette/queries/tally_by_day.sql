WITH event AS (
  SELECT person_id, public_on, max(CASE status WHEN 'missing' THEN 0 WHEN 'captured' THEN 1
    WHEN 'found_alive' THEN 2 WHEN 'released' THEN 3 ELSE 4 END) AS rank
  FROM status_event
  WHERE known_until IS NULL AND NOT retracted AND status <> 'retracted'
  GROUP BY person_id, public_on
), standing AS (
  SELECT event.person_id, rank, max(public_on, p.sought_from) AS begins,
    lead(public_on) OVER (PARTITION BY event.person_id ORDER BY public_on) AS ends
  FROM event JOIN person_version AS p ON p.person_id = event.person_id
    AND p.known_until IS NULL AND p.sought_from IS NOT NULL
), change AS (
  SELECT begins AS day, rank, 1 AS persons FROM standing WHERE ends IS NULL OR ends > begins
  UNION ALL
  SELECT ends, rank, -1 FROM standing WHERE ends > begins
), daily AS (
  SELECT day, sum(persons) AS total, sum(persons * (rank = 0)) AS missing,
    sum(persons * (rank = 1)) AS captured, sum(persons * (rank = 3)) AS released,
    sum(persons * (rank = 2)) AS found_alive, sum(persons * (rank = 4)) AS deceased
  FROM change GROUP BY day
)
SELECT day, sum(total) OVER upto AS total, sum(missing) OVER upto AS missing,
  sum(captured) OVER upto AS captured, sum(released) OVER upto AS released,
  sum(found_alive) OVER upto AS found_alive, sum(deceased) OVER upto AS deceased
FROM daily WINDOW upto AS (ORDER BY day) ORDER BY day
