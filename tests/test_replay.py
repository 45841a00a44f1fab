"""Stored posts read by an older extractor are read anew; nothing an editor decided is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from histories import NOW, man, new_store, post, save

import extract
import pipeline
from cli import main
from model import Claim, Decision, Judgement
from store import Store, rereading

DAY = "2024-09-01"
TEXTS = (
    "Ищу сына, Петров Семён Ильич, 12.03.2001 г.р., срочник, в/ч 12345. Нет связи с 6 августа.",
    "Пропал брат Котов Игорь Львович, 1999 г.р., контрактник из Омска. Не звонит с 3 августа.",
    "Разыскивается Жуков Павел Петрович 14.05.2000 г.р., мобилизован из Томска.",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store whose posts an older extractor read badly, resolved."""
    path = tmp_path / "rollcall.db"
    with new_store(path) as store:
        save(store, post(1, "2024-08-10"), TEXTS[0], man(), extractor="old")
        save(store, post(2, "2024-08-11"), TEXTS[1], extractor="old")
        wrong = man(Claim.DECEASED, surname="Жуков", given="Павел", patronymic="Петрович")
        save(store, post(3, "2024-08-12"), TEXTS[2], wrong, extractor="old")
    pipeline.resolve(path, NOW)
    return path


def replay(path: Path, hours: int = 1, stop_after: int | None = None) -> pipeline.Replayed:
    heard = 0

    def done(posts: int) -> None:
        nonlocal heard
        heard += posts
        if heard == stop_after:
            raise KeyboardInterrupt

    return pipeline.replay(path, lambda: NOW + timedelta(hours=hours), done=done)


def said(path: Path) -> list[tuple[object, ...]]:
    with Store.open(path) as store:
        return [
            (r.record.surname, r.record.given, r.record.birth_date, r.record.claim.value)
            for r in sorted(store.stored_records(), key=lambda r: r.external_id)
        ]


RIGHT = [
    ("Петров", "Семён", "2001-03-12", "sought"),
    ("Котов", "Игорь", "1999", "sought"),
    ("Жуков", "Павел", "2000-05-14", "sought"),
]


def test_the_stored_text_is_read_anew_and_resolved(path: Path) -> None:
    done = replay(path)
    assert (done.posts, done.records, done.unread) == (3, 3, ())
    assert said(path) == RIGHT
    with Store.open(path) as store:
        assert store.stale_posts(extract.VERSION) == 0
        assert store.tally(DAY)["by_status"]["missing"] == 3  # type: ignore[index]


def test_again_there_is_nothing_to_do(path: Path) -> None:
    replay(path)
    assert (replay(path, 2).posts, replay(path, 2).records) == (0, 0)


def test_records_keep_their_ids_and_editors_their_word(path: Path) -> None:
    with Store.open(path) as store:
        ids = {r.external_id: r.record_id for r in store.stored_records()}
        left, right = sorted((ids["1"], ids["3"]))
        store.record_decision(
            Decision(left=left, right=right, judgement=Judgement.DIFFERENT, score=None,
                     by="anna", at=NOW)
        )  # fmt: skip
    replay(path)
    with Store.open(path) as store:
        after = {r.external_id: r.record_id for r in store.stored_records()}
        assert {name: after[name] for name in ids} == ids
        assert [(d.left, d.right, d.by) for d in store.decisions()] == [(left, right, "anna")]


def test_the_difference_is_explained(path: Path) -> None:
    before = replay(path).before
    with Store.open(path) as store:
        found = store.diff(DAY, DAY, first_known_at=before - timedelta(minutes=1))
    moves = {(m["reason"], m["from"], m["to"]): m["persons"] for m in found["movements"]}  # type: ignore[attr-defined]
    assert sum(moves.values()) == 2
    assert found["difference"]["missing"] == 2  # type: ignore[index]


def test_a_replay_that_was_killed_resumes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "CHUNK", 1)
    with pytest.raises(KeyboardInterrupt):
        replay(path, stop_after=2)
    with Store.open(path) as store:
        assert store.stale_posts(extract.VERSION) == 1
    assert replay(path, 2).posts == 1
    assert said(path) == RIGHT


def test_the_command(path: Path) -> None:
    answer = CliRunner().invoke(main, ["--db", str(path), "extract", "--replay", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert (found["posts"], found["extractor"]) == (3, extract.VERSION)
    diff = CliRunner().invoke(
        main, ["--db", str(path), "diff", DAY, DAY, "--first-known-at", found["known_at_before"]]
    )
    assert diff.exit_code == 0, diff.output


def test_a_deleted_post_stays_deleted_and_an_edit_keeps_its_day(tmp_path: Path) -> None:
    path = tmp_path / "edited.db"
    with new_store(path) as store:
        save(store, post(1, "2024-08-10"), "Ищу Петрова", man(), extractor="old")
        text = "Петров Семён Ильич, 12.03.2001 г.р., в плену, видео подтвердило."
        later = NOW + timedelta(minutes=5)
        save(store, post(1, "2024-08-10"), text, man(), extractor="old", now=later)
        store.connection.execute("UPDATE post SET deleted_at = '2025-01-01T13:00:00.000000Z'")
    replay(path, hours=48)
    with Store.open(path) as store:
        (record,) = store.stored_records()
        (deleted,) = store.connection.execute("SELECT deleted_at FROM post").fetchone()
    assert (record.record.claim, record.public_at) == (Claim.CAPTURED, later)
    assert deleted == "2025-01-01T13:00:00.000000Z"
