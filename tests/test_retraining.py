"""`train`: weights made anew from a store, what they would change, and who uses them then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from histories_random import begin

from cli import main


@pytest.fixture
def db(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    return begin(tmp_path / "store.db", seed=3, posts=560, men=120).path


def rollcall(db: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["--db", str(db), "--sources", str(db.parent / "sources"), *words]
    )


def test_training_tells_what_would_change_and_keeps_only_what_it_is_told_to(db: Path) -> None:
    own = db.parent / "sources" / "weights.json"
    told = json.loads(rollcall(db, "train", "--json").stdout)
    assert not own.exists()
    assert told["records"] >= 500
    assert told["kept"] is None
    assert sum(before for before, _ in told["statuses"].values()) > 50
    assert json.loads(rollcall(db, "train", "--write", "--json").stdout)["kept"] == str(own)
    assert json.loads(own.read_text("utf-8"))["trained_on"] == f"{told['records']} records"
    done = json.loads(rollcall(db, "resolve", "--json").stdout)
    assert done["full"], "other weights: everything is looked at anew"
    assert done["persons"] == told["persons"][1]
    assert str(own) in rollcall(db, "resolve", "--explain-model").stdout


def test_too_few_records_teach_nothing(tmp_path: Path) -> None:
    few = begin(tmp_path / "few.db", seed=3, posts=20, men=9).path
    done = rollcall(few, "train")
    assert done.exit_code == 2
    assert "500 are the least" in done.output


def test_the_model_is_explained_as_a_table(tmp_path: Path) -> None:
    told = rollcall(tmp_path / "none.db", "resolve", "--explain-model").stdout
    assert "never the same man" in told
    assert "more for rare values" in told
