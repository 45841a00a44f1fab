"""The demo, run whole as a newcomer runs it, and what stands in its database afterwards."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from small import COMMAND

from practice import DATA
from store import Store

GOLD = json.loads((DATA / "tally.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The demo's end: status, words, and its database."""

    status: int
    out: str
    error: str
    db: Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [*COMMAND, "demo", "--no-serve", "--directory", str(folder)],
        capture_output=True, text=True, encoding="utf-8", timeout=400, check=False,
    )  # fmt: skip
    return Ended(status=done.returncode, out=done.stdout, error=done.stderr, db=folder / "demo.db")


def truth() -> list[dict[str, object]]:
    text = (DATA / "posts.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def rows(demo: Ended, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{demo.db}?mode=ro", uri=True) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_it_prints_four_tallies(demo: Ended) -> None:
    assert demo.status == 0, demo.error
    days = re.findall(r"As of (\d+ \w+ \d{4}) at least (\d+) soldiers are missing", demo.out)
    assert [day for day, _ in days] == [
        "23 August 2024", "15 September 2024", "31 December 2024", "30 June 2025",
    ]  # fmt: skip


def test_it_ends_with_the_report_s_path(demo: Ended) -> None:
    said = demo.out.rstrip().rpartition("Report: ")[2]
    assert Path(said) == demo.db.parent / "report" / "index.html"
    assert "As of 30 June 2025" in Path(said).read_text(encoding="utf-8")


@pytest.mark.parametrize("day", list(GOLD))
def test_its_tally_is_near_the_truth(demo: Ended, day: str) -> None:
    with Store.open(demo.db, read_only=True) as store:
        said = store.tally(day)["by_status"]
    true = GOLD[day]["by_status"]
    off = sum(abs(said[status] - true[status]) for status in true)  # type: ignore[index]
    assert off <= 0.10 * GOLD[day]["total"]


def test_every_kind_of_source_was_collected_over_http(demo: Ended) -> None:
    kinds = {
        kind for (kind,) in rows(demo, "SELECT DISTINCT kind FROM source WHERE last_ok_at > ''")
    }
    assert kinds == {"telegram", "vk", "rss", "html", "csv", "json", "pfif"}
    assert rows(demo, "SELECT DISTINCT substr(url, 1, 16) FROM fetch") == [("http://127.0.0.1",)]
    assert rows(demo, "SELECT count(*) FROM source WHERE failures > 0") == [(0,)]


def test_all_posts_and_rows_are_there(demo: Ended) -> None:
    posts = truth()
    listed = (DATA / "lists" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    # a post deleted within its first hours may pass between two rounds
    ((kept,),) = rows(demo, "SELECT count(*) FROM post")
    assert len(posts) - 2 <= int(str(kept)) <= len(posts)
    assert rows(demo, "SELECT count(*) FROM list_row") == [(len(listed),)]


def test_edits_and_deletions_were_seen(demo: Ended) -> None:
    edited = sum(1 for post in truth() if post["edited_at"])
    ((seen,),) = rows(demo, "SELECT count(*) FROM post WHERE versions > 1")
    assert int(str(seen)) >= edited - 1
    ((gone,),) = rows(demo, "SELECT count(*) FROM post WHERE deleted_at IS NOT NULL")
    assert int(str(gone)) >= 1


def test_the_past_can_be_asked_as_it_was_known(demo: Ended) -> None:
    with Store.open(demo.db, read_only=True) as store:
        then = store.tally("2024-08-23", "2024-08-24T00:00:00+03:00")
        now = store.tally("2024-08-23")
    assert then["known_at"] != now["known_at"]
    assert then["total"] > 90  # type: ignore[operator]


def test_no_relatives_number_is_on_the_disk(demo: Ended) -> None:
    told = [str(secret) for post in truth() for secret in post["pii"]]  # type: ignore[attr-defined]
    secrets = {s for s in told if re.search(r"\d{2}.*\d{2}|@|/", s)}
    blobs = [path.read_bytes() for path in demo.db.parent.glob("demo.db*")]
    leaked = {secret for secret in secrets for blob in blobs if secret.encode() in blob}
    assert len(leaked) <= 0.05 * len(secrets), leaked
