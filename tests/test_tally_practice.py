"""The practice world's truth, put through the store: every cell of its four tallies comes out."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from histories import Resolution, new_store

from dedupe.describe import describe
from model import Batch, Category, Claim, ListRow, Post, Reading, Record
from practice import DATA
from store import Store

NOW = datetime(2025, 7, 1, tzinfo=UTC)
PLAIN = (
    "surname", "given", "patronymic", "birth_date", "age", "unit", "rank", "home_region",
    "home_place", "last_contact", "last_seen_place",
)  # fmt: skip


def gold(name: str) -> list[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


PERSONS = {person["person_key"]: person for person in gold("persons.jsonl")}
TALLIES = json.loads((DATA / "tally.json").read_text(encoding="utf-8"))


def claim(status: str) -> Claim:
    return Claim.SOUGHT if status == "missing" else Claim(status)


def mentioned(post: dict[str, Any], mention: dict[str, Any]) -> Record:
    """A mention as a perfect extractor would read it."""
    by_edit = post["edited_at"] is not None and any(
        (event["basis"] == post["post_id"] and event["date"] == post["edited_at"][:10])
        or (event["status"], event["date"]) == (mention["status"], post["edited_at"][:10])
        for event in PERSONS[mention["person_key"]]["events"]
    )  # fmt: skip
    asks = post["kind"] == "search_request" or (
        post["kind"] == "digest" and mention["status"] == "missing"
    )
    return Record(
        **{name: mention[name] for name in PLAIN},
        category=Category(mention["category"]) if mention["category"] else None,
        claim=claim(mention["status"]),
        asks=asks,
        facts=("edited_part",) if by_edit else (),
    )


def save_posts(store: Store) -> dict[tuple[str, int], str]:
    """Save all posts; return (post id, ordinal) → the person's key."""
    key_of = {}
    for post in gold("posts.jsonl"):
        moments = {
            name: datetime.fromisoformat(post[name])
            for name in ("posted_at", "edited_at", "deleted_at")
            if post[name]
        }
        one = Post(source=post["source_id"], external_id=post["post_id"], text="", **moments)
        records = tuple(mentioned(post, mention) for mention in post["mentions"])
        said = Reading(text=post["post_id"], records=records, extractor="gold")
        store.save_batch(Batch(source=one.source, posts=(one,)), [said], NOW)
        for ordinal, mention in enumerate(post["mentions"], 1):
            key_of[post["post_id"], ordinal] = mention["person_key"]
    return key_of


def save_lists(store: Store) -> dict[tuple[str, int], str]:
    """Save all lists; return (source, row) → the person's key, of strangers one of their own."""
    lists = defaultdict(list)
    for entry in gold("lists/gold.jsonl"):
        lists[entry["list"].split(".")[0]].append(entry)
    key_of = {}
    for name, entries in lists.items():
        rows = tuple(ListRow(source=name, row=entry["row"], cells={}) for entry in entries)
        said = [
            Reading(
                text=f"{name} {entry['row'] * 7919}",
                records=(Record(claim=claim(entry.get("status", "captured")),
                                event_date=entry.get("date")),),
                extractor="gold",
            )
            for entry in entries
        ]  # fmt: skip
        store.save_batch(Batch(source=name, rows=rows, whole_list=True), said, NOW)
        for entry in entries:
            stranger = f"stranger {name} {entry['row']}"
            key_of[name, entry["row"]] = entry["person_key"] or stranger
    return key_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    sources = {entry["list"].split(".")[0] for entry in gold("lists/gold.jsonl")}
    sources |= {post["source_id"] for post in gold("posts.jsonl")}
    path: Path = tmp_path_factory.mktemp("practice") / "rollcall.db"
    store = new_store(path, *sorted(sources))
    of_posts, of_rows = save_posts(store), save_lists(store)
    ordinals = dict(store.connection.execute("SELECT record_id, ordinal FROM record").fetchall())
    by_id = {stored.record_id: stored for stored in store.stored_records()}
    clusters = defaultdict(list)
    for stored in by_id.values():
        key = (
            of_posts[stored.external_id, ordinals[stored.record_id]]
            if stored.row is None
            else of_rows[stored.source, stored.row]
        )
        clusters[key].append(stored.record_id)
    persons = [describe(key, [by_id[one] for one in ids]) for key, ids in clusters.items()]
    store.save_resolution(Resolution(clusters=clusters), persons, NOW)
    return store


@pytest.mark.parametrize("day", sorted(TALLIES))
def test_every_cell(store: Store, day: str) -> None:
    tally = store.tally(day)
    assert {key: tally[key] for key in TALLIES[day]} == TALLIES[day]


@pytest.mark.parametrize("key", sorted(PERSONS))
def test_events_and_the_first_search(store: Store, key: str) -> None:
    person, true = store.person(key), PERSONS[key]
    found = {(event["public_on"], event["status"]) for event in person["events"]}  # type: ignore[attr-defined]
    assert found == {(event["date"], event["status"]) for event in true["events"]}
    wanted = true["sought_from"], true["category"], true["region"]
    if true["sought"]:
        assert (person["sought_from"], person["category"], person["home_region"]) == wanted
    else:
        assert person["sought_from"] is None
