"""Collected into, resolved, reviewed and read at once, killed and restored: the ledger matches.

Ten minutes by `make test-slow`; two hours by `ROLLCALL_SOAK_MINUTES=120 make test-slow
ARGS=tests/test_endurance.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_stage import unsound
from endurance import Soak, soaked
from small import Small

from store import Store, audit_chain

MINUTES = float(os.environ.get("ROLLCALL_SOAK_MINUTES", "10"))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def soak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soak]:
    with soaked(tmp_path_factory.mktemp("soak") / "w", 60 * MINUTES) as soak:
        yield soak


def column(small: Small, query: str) -> list[tuple[object, ...]]:
    with Store.open(small.db, read_only=True) as store:
        return [tuple(row) for row in store.connection.execute(query)]


def test_the_ledger_matches(soak: Soak, capsys: pytest.CaptureFixture[str]) -> None:
    """Every post and row the server gave out, once; every word an editor was told was kept."""
    ledger, world = soak.ledger, soak.world
    given = sorted((name, post["post_id"]) for name in ledger.posts for post in ledger.posts[name])
    kept = column(world, "SELECT source, external_id FROM post ORDER BY source, external_id")
    (rows,) = column(world, "SELECT count(*) FROM list_row WHERE gone_at IS NULL")[0]
    with capsys.disabled():
        print(
            f"\n{MINUTES:g} minutes: {len(given)} posts and {len(ledger.rows)} rows given out, "
            f"{len(kept)} and {rows} kept; {len(ledger.decided)} decisions, "
            f"{len(ledger.approved)} approvals, {ledger.reads} reads, {ledger.kills} kills, "
            f"{ledger.restores} restores, {ledger.overtaken} overtaken, "
            f"{len(ledger.faults)} faults"
        )
    assert ledger.faults == []
    assert (kept, rows) == (given, len(ledger.rows))
    approved = set(column(world, "SELECT record_id, editor FROM approval"))
    assert ledger.approved <= approved
    assert ledger.decided <= {n for (n,) in column(world, "SELECT decision_id FROM decision")}
    assert min(ledger.kills, ledger.restores, ledger.reads, len(ledger.approved)) > 0


def test_nothing_is_half_or_broken(soak: Soak) -> None:
    assert unsound(soak.world.db) == []
    with Store.open(soak.world.db) as store:
        faults = list(audit_chain.faults(store.connection, soak.world.db))
    assert [one for one in faults if "heads" not in one and "audit-head" not in one] == []


def test_it_counts_as_one_that_was_left_alone(soak: Soak, tmp_path: Path) -> None:
    """A store made anew from the same server says the same of every post, and counts alike once
    its persons are built from scratch."""
    calm = Small(folder=tmp_path / "calm")
    calm.sources.mkdir(parents=True)
    for path in soak.world.sources.iterdir():
        (calm.sources / path.name).write_text(path.read_text())
    for words in (("collect", "--allow-loopback"), ("resolve",)):
        assert calm.rollcall(*words).returncode == 0
    said = (
        "SELECT post.source, post.external_id, post.text, surname, given, patronymic, birth_date, "
        "category, claim FROM record JOIN post USING (post_id) ORDER BY 1, 2"
    )
    assert column(soak.world, said) == column(calm, said)
    before = tally(soak.world)
    assert soak.world.rollcall("resolve", "--full").returncode == 0
    assert tally(soak.world) == before


def tally(small: Small) -> dict[str, object]:
    told = json.loads(small.rollcall("tally", "--as-of", "2024-12-31", "--json").stdout)
    return {key: value for key, value in told.items() if key != "known_at"}
