"""The practice world's truth, put through the store: every cell of its four tallies comes out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from histories import Resolution, new_store

from dedupe.describe import describe
from model import Batch, Category, Claim, Evidence, ListRow, Post, Reading, Record
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


def save_posts(store: Store, until: str = "9999") -> dict[tuple[str, int], str]:
    """Save all posts before a day; return (post id, ordinal) → the person's key."""
    key_of = {}
    for post in gold("posts.jsonl"):
        if post["posted_at"] >= until:
            continue
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
    resolve(store, save_posts(store), save_lists(store))
    return store


def resolve(
    store: Store,
    of_posts: Mapping[tuple[str, int], str],
    of_rows: Mapping[tuple[str, int], str],
    now: datetime = NOW,
) -> None:
    """Each record to the person it truly speaks of."""
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
    store.save_resolution(Resolution(clusters=clusters), persons, now)


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


def test_past_figures_stay_byte_for_byte_when_the_rest_of_the_world_comes(
    tmp_path: Path,
) -> None:
    """A tally is recorded with half of the posts and no list; then all the rest arrives."""
    sources = {entry["list"].split(".")[0] for entry in gold("lists/gold.jsonl")}
    sources |= {post["source_id"] for post in gold("posts.jsonl")}
    with new_store(tmp_path / "rollcall.db", *sorted(sources)) as store:
        resolve(store, save_posts(store, until="2024-09-10"), {})
        asked = [(day, level) for day in sorted(TALLIES) for level in Evidence]
        first = {key: json.dumps(store.tally(key[0], None, key[1])) for key in asked}
        known = json.loads(first[asked[0]])["known_at"]
        resolve(store, save_posts(store), save_lists(store), NOW + timedelta(days=1))
        assert {key: json.dumps(store.tally(key[0], known, key[1])) for key in asked} == first
        for day, level in asked:
            found = store.diff(day, day, first_known_at=known, evidence=level)
            assert found["from"] == {k: json.loads(first[day, level])[k] for k in found["from"]}  # type: ignore[attr-defined]
        assert store.tally("2025-06-30")["by_status"] == TALLIES["2025-06-30"]["by_status"]
        assert {m["reason"] for m in found["movements"]} <= {"new", "learned", "evidence"}  # type: ignore[attr-defined]
