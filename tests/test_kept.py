"""What is kept between runs of long work over dictionaries: made once, anew when it must be."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from russian import kept as keeping


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own cache folder, beside a table that the code reads."""
    home = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr(keeping, "_HERE", tmp_path)
    monkeypatch.setattr(keeping, "_folder", lambda: home / "rollcall")
    (tmp_path / "words.tsv").write_text("слово", "utf-8")
    return home / "rollcall"


class Work:
    """Counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return f"made {self.times}".encode()


def test_made_once() -> None:
    work = Work()
    assert [keeping.kept("names", work, tables=["words.tsv"]) for _ in range(3)] == [b"made 1"] * 3


def test_a_mended_table_makes_it_anew_and_leaves_one_file(folder: Path) -> None:
    work = Work()
    keeping.kept("names", work, tables=["words.tsv"])
    (folder.parents[1] / "words.tsv").write_text("слова", "utf-8")
    assert keeping.kept("names", work, tables=["words.tsv"]) == b"made 2"
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_file_is_made_anew(folder: Path, damage: bytes) -> None:
    work = Work()
    keeping.kept("names", work)
    (path,) = folder.iterdir()
    path.write_bytes(damage)
    assert keeping.kept("names", work) == b"made 2"
    assert keeping.kept("names", work) == b"made 2"


def test_nothing_can_be_written(folder: Path) -> None:
    folder.parent.write_text("a file where the folder should be", "utf-8")
    work = Work()
    assert [keeping.kept("names", work) for _ in range(2)] == [b"made 1", b"made 2"]


def test_threads_that_ask_together_have_it_made_once() -> None:
    made: list[str] = []

    @keeping.once
    def table(name: str) -> list[str]:
        time.sleep(0.05)
        made.append(name)
        return [name]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(table, ["a", "b"] * 4))
    assert sorted(made) == ["a", "b"]
    assert all(answer is answers[at % 2] for at, answer in enumerate(answers))
