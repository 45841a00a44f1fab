SELECT day, sum(sum(persons)) OVER upto AS total,
  sum(sum(persons * (rank = 0))) OVER upto AS missing,
  sum(sum(persons * (rank = 1))) OVER upto AS captured,
  sum(sum(persons * (rank = 3))) OVER upto AS released,
  sum(sum(persons * (rank = 2))) OVER upto AS found_alive,
  sum(sum(persons * (rank = 4))) OVER upto AS deceased
FROM tally_curve GROUP BY day WINDOW upto AS (ORDER BY day) ORDER BY day DESC LIMIT PAGE
