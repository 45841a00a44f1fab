"""Texts expire by a setting: no byte of them stays, and no count moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small import POSTS, Small, build, lines

import extract
from model import Batch, Post, Reading, UnusableInput
from store import Store, retention
from store.copies import is_copy, is_probable_copy, shingles
from store.gate import CUT
from store.sketches import sketch

LATER = datetime.now(UTC) + timedelta(days=40)
WORDS = ("Разыскивается", "Продам", "Последний раз звонил", "видео. Спасибо")


def leaves(small: Small) -> set[str]:
    """Which of the words stand in any file of the store."""
    blobs = [p.read_bytes() for p in small.folder.glob("count.db*") if p.is_file()]
    return {
        word
        for word in WORDS
        if any(w.encode(c) in b for b in blobs for w in (word, word.lower()) for c in ("utf-8",))
    }


def figures(small: Small) -> object:
    told = small.rollcall("tally", "--as-of", "2024-12-31", "--json").stdout
    return {k: v for k, v in json.loads(told).items() if k != "known_at"}


def expire(small: Small, days: int = 30, now: datetime = LATER) -> int:
    with Store.open(small.db) as store:
        return retention.expire_texts(store, days, "anna", now)


def column(small: Small, query: str) -> list[object]:
    with Store.open(small.db, read_only=True) as store:
        return [row[0] for row in store.connection.execute(query)]


def test_no_byte_of_an_expired_text_stays(own: Small) -> None:
    assert leaves(own) == set(WORDS)
    before = figures(own)
    assert expire(own) == len(POSTS)
    assert leaves(own) == set()
    assert figures(own) == before
    assert set(column(own, "SELECT text FROM post UNION ALL SELECT text FROM post_version")) == {
        CUT
    }
    assert column(own, "SELECT count(*) FROM post_fts WHERE post_fts MATCH 'разыскивается'") == [0]
    assert column(own, "SELECT DISTINCT spans FROM record WHERE post_id NOT NULL") == ["[]"]
    assert expire(own) == 0


def test_younger_texts_stay(own: Small) -> None:
    assert expire(own, days=41) == 0
    assert leaves(own) == set(WORDS)


def test_the_same_page_fetched_again_brings_nothing_back(own: Small) -> None:
    expire(own)
    with Store.open(own.db) as store:
        store.connection.execute("DELETE FROM cursor")
    before = figures(own)
    assert own.rollcall("collect").returncode == 0
    assert own.rollcall("extract", "--replay").returncode == 0
    assert leaves(own) == set()
    assert figures(own) == before


def test_an_edit_is_a_new_text_and_expires_in_its_turn(own: Small) -> None:
    expire(own)
    changed = [*POSTS[:-1], (POSTS[-1][0], POSTS[-1][1], "Гараж продан, спасибо соседям")]
    (own.folder / "posts.jsonl").write_text(lines(changed), encoding="utf-8")
    assert own.rollcall("collect").returncode == 0
    assert column(own, "SELECT text FROM post WHERE text LIKE 'Гараж%'")
    assert expire(own) == 1
    assert not column(own, "SELECT text FROM post WHERE text LIKE 'Гараж%'")


def test_an_older_extractor_does_not_lose_the_men_of_a_cut_post(own: Small) -> None:
    expire(own)
    with Store.open(own.db) as store, store.writing() as connection:
        connection.execute("UPDATE post SET extractor = 'old'")
    before = figures(own)
    assert own.rollcall("extract", "--replay").returncode == 0
    assert figures(own) == before


def test_a_copy_of_an_expired_text_is_still_a_copy(tmp_path: Path) -> None:
    text = POSTS[0][2] + " Может быть, кто-то видел его в колонне или в госпитале под Курском."
    posted = datetime(2024, 8, 8, tzinfo=UTC)

    def save(small: Small, source: str, text: str, now: datetime) -> None:
        post = Post(source=source, external_id="1", posted_at=now, text=text)
        with Store.open(small.db) as store:
            found: Reading = extract.read(post)
            store.save_batch(Batch(source=source, posts=(post,)), [found], now)

    small = build(tmp_path / "w")
    small.add("other", 'kind = "posts"\nurl = "../posts.jsonl"\n')
    (small.folder / "posts.jsonl").write_text("", encoding="utf-8")
    small.rollcall("collect")
    save(small, "channel", text, posted)
    assert expire(small) == 1
    save(small, "other", f"Перепост. {text}", posted + timedelta(days=3))
    assert column(small, "SELECT count(*) FROM record WHERE copy_of NOT NULL") == [1]


@pytest.mark.parametrize("kept", [0, 5, 10, 20, 30, 40])
def test_a_sketch_knows_copies_and_strangers(kept: int) -> None:
    one = " ".join(f"слово{n}" for n in range(40))
    other = " ".join(f"слово{n}" if n < kept else f"иное{n}" for n in range(40))
    first, second = shingles(one), shingles(other)
    found = is_probable_copy((len(first), sketch(first)), (len(second), sketch(second)))
    if is_copy(first, second) or kept == 0:
        assert found == is_copy(first, second)


def test_the_command_and_its_limits(own: Small) -> None:
    assert json.loads(own.rollcall("erase", "texts", "--older-than", "1", "--json").stdout) == {
        "posts": 0
    }
    assert own.rollcall("erase", "texts", "--older-than", "0").returncode == 2
    with pytest.raises(UnusableInput, match="one day"):
        expire(own, days=0)
