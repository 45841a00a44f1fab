"""`rollcall extract`: posts on standard input → records and redacted text."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from small import COMMAND, PHONE, POSTS, RELATIVE, Small, jsonl, lines

FIELDS = [
    "surname", "given", "patronymic", "birth_date", "age", "category", "unit", "rank",
    "home_region", "home_place", "last_contact", "last_seen_place", "status", "spans",
]  # fmt: skip


def test_extract_answers_in_the_agreed_shape(fresh: Small) -> None:
    done = fresh.rollcall("extract", stdin=lines(POSTS))
    answers = jsonl(done.stdout)
    assert done.returncode == 0
    assert [answer["post_id"] for answer in answers] == [post[0] for post in POSTS]
    assert all(list(answer) == ["post_id", "text", "records"] for answer in answers)
    (record,) = answers[0]["records"]  # type: ignore[misc]
    assert list(record) == FIELDS
    assert (record["surname"], record["given"], record["patronymic"]) == (
        "Крутицын",
        "Лука",
        "Ильич",
    )
    assert (record["birth_date"], record["unit"]) == ("2005-03-11", "90909")
    assert (record["category"], record["status"]) == ("conscript", "missing")
    assert answers[4]["records"] == []


def test_extract_takes_relatives_out(fresh: Small) -> None:
    done = fresh.rollcall("extract", stdin=lines(POSTS))
    assert PHONE not in done.stdout
    assert RELATIVE.split()[0] not in done.stdout
    assert "Крутицын Лука" in done.stdout


def test_spans_point_at_what_was_read(fresh: Small) -> None:
    (answer,) = jsonl(fresh.rollcall("extract", stdin=lines(POSTS[:1])).stdout)
    text = str(answer["text"])
    (record,) = answer["records"]  # type: ignore[misc]
    spans = {span["field"]: text[span["start"] : span["end"]] for span in record["spans"]}
    assert "11.03.2005" in spans["birth_date"]
    assert all(0 <= s["start"] < s["end"] <= len(text) for s in record["spans"])


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ('{"text": "Ищу сына"}', "no post_id"),
        ('{"post_id": "x"}', "text is missing"),
        ('{"post_id": "x", "text": "т", "posted_at": "вчера"}', "posted_at"),
    ],
)
def test_extract_names_a_bad_line_and_does_the_rest(fresh: Small, line: str, cause: str) -> None:
    done = fresh.rollcall("extract", stdin=f"{lines(POSTS[:1])}{line}\n{lines(POSTS[1:2])}")
    assert done.returncode == 1
    assert [answer["post_id"] for answer in jsonl(done.stdout)] == ["s1", "s2"]
    assert done.stderr.startswith("rollcall: line 2: ")
    assert cause in done.stderr
    assert len(done.stderr.splitlines()) == 1
    alone = fresh.rollcall("extract", stdin=line)
    assert (alone.returncode, alone.stdout) == (2, "")


def test_extract_streams(fresh: Small) -> None:
    with subprocess.Popen(
        [*COMMAND, "extract"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines(POSTS[:1]))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["post_id"] == "s1"  # stdin is still open
        process.stdin.close()
        assert process.wait(30) == 0


def test_extract_explains(fresh: Small) -> None:
    done = fresh.rollcall("extract", "--explain", stdin=lines(POSTS[:1]))
    assert re.search(r"birth_date\W+2005-03-11\W+11\.03\.2005.*\w+", done.stdout)
    assert PHONE not in done.stdout
