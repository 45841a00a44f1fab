"""Files of posts, one JSON object a line → posts, and what a grown, broken or changed file does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rounds import round_of, written

from model import CollectFailed, Outcome

TOML = 'kind = "posts"\nurl = "posts.jsonl"\nwhere = { source_id = "tg_a" }\n'


def line(number: int, source: str = "tg_a", **more: object) -> str:
    told = {
        "post_id": f"w{number}",
        "source_id": source,
        "posted_at": "2024-08-23T21:44:00+08:00",
        "text": f"Ищу {number}\nПробный Лука",
        "mentions": [{"surname": "Пробный"}],
        **more,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def test_every_field_passes(tmp_path: Path) -> None:
    more = {
        "edited_at": "2024-08-24T00:00:00+03:00",
        "deleted_at": "2024-08-25T00:00:00Z",
        "forwarded_from": "Канал",
        "reply_to": 7,
        "thread": 12,
        "url": "https://t.me/a/1",
    }
    post = round_of(written(tmp_path, TOML, {"posts.jsonl": line(1, **more)})).posts[0]
    assert (post.source, post.external_id, post.text) == ("listed", "w1", "Ищу 1\nПробный Лука")
    assert post.posted_at.isoformat() == "2024-08-23T21:44:00+08:00"
    assert post.edited_at is not None
    assert post.edited_at.isoformat() == "2024-08-24T00:00:00+03:00"
    assert post.deleted_at is not None
    assert post.deleted_at.isoformat() == "2024-08-25T00:00:00+00:00"
    assert (post.forwarded_from, post.reply_to, post.url) == ("Канал", "7", "https://t.me/a/1")
    assert post.thread == "12"


def test_where_takes_one_sources_lines_and_none_is_no_error(tmp_path: Path) -> None:
    content = line(1) + line(2, "tg_b") + "\n" + line(3)
    collected = round_of(written(tmp_path, TOML, {"posts.jsonl": content}))
    assert [post.external_id for post in collected.posts] == ["w1", "w3"]
    nobody = written(tmp_path, TOML.replace("tg_a", "tg_c"))
    assert round_of(nobody).posts == ()


def test_other_names_and_a_zone_for_times_without_one(tmp_path: Path) -> None:
    toml = 'kind="posts"\nurl="p"\ntimezone="+05:00"\ncolumns={text="body", external_id="n"}\n'
    content = '\ufeff{"n": 5, "body": "Ищу", "posted_at": "2024-08-23 21:44"}'
    post = round_of(written(tmp_path, toml, {"p": content})).posts[0]
    assert (post.external_id, post.posted_at.isoformat()) == ("5", "2024-08-23T21:44:00+05:00")


def test_a_file_that_grew_is_read_from_where_it_ended(tmp_path: Path) -> None:
    source = written(tmp_path, TOML, {"posts.jsonl": line(1) + line(2)})
    first = round_of(source)
    same = round_of(source, first.cursor)
    assert (same.posts, same.outcomes, same.cursor) == ((), [Outcome.UNCHANGED], first.cursor)
    (tmp_path / "posts.jsonl").write_text(line(1) + line(2) + line(3), encoding="utf-8")
    grown = round_of(source, first.cursor)
    assert [post.external_id for post in grown.posts] == ["w3"]
    (tmp_path / "posts.jsonl").write_text(line(1, text="другой") + line(2), encoding="utf-8")
    rewritten = round_of(source, grown.cursor)
    assert [post.external_id for post in rewritten.posts] == ["w1", "w2"]


def test_a_killed_run_goes_on_behind_its_last_batch(tmp_path: Path) -> None:
    source = written(tmp_path, TOML, {"posts.jsonl": "".join(map(line, range(700)))})
    first = round_of(source)
    assert len(first.posts) == 700
    rest = round_of(source, first.cursors[0])
    assert [post.external_id for post in rest.posts] == [f"w{number}" for number in range(500, 700)]


BAD = [
    ('{"post_id": "w9"\n', "not a JSON object"),
    ("[1]\n", "not a JSON object"),
    (line(9, post_id=None), "'post_id' is missing"),
    (line(9, text=None), "'text' is missing"),
    (line(9, posted_at="вчера"), "'posted_at' is no ISO time"),
    (line(9, posted_at=None), "'posted_at' is missing"),
]


@pytest.mark.parametrize(("bad", "told"), BAD)
def test_a_bad_line_is_named_and_its_text_is_not(tmp_path: Path, bad: str, told: str) -> None:
    with pytest.raises(CollectFailed) as error:
        round_of(written(tmp_path, TOML, {"posts.jsonl": line(1) + bad}))
    message = str(error.value)
    assert message.startswith("listed: posts.jsonl, line 2: ")
    assert told in message
    assert "Пробный" not in message
    assert error.value.fetches[-1].outcome is Outcome.SUSPECT


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CollectFailed, match=r"listed: posts\.jsonl: No such file") as error:
        round_of(written(tmp_path, TOML))
    assert error.value.fetches[-1].outcome is Outcome.FAILED
