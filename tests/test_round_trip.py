"""What leaves by `export` and comes back as a source gives the same men."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small import Small

Known = tuple[str | None, ...]
NAME = ("surname", "given", "patronymic", "birth_date")


@pytest.fixture(scope="module")
def confirmed(counted: Small, tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The small world in which two editors confirmed one captivity, and one a death."""
    own = counted.copy(tmp_path_factory.mktemp("confirmed") / "world")
    for surname, status, editors in (
        ("Крутицын", "captured", ("anna", "boris")), ("Ветошкин", "deceased", ("anna",)),
    ):  # fmt: skip
        (event,) = [
            event for event in persons(own)[surname]["events"]
            if event["status"] == status and event["source"] == status
        ]  # fmt: skip
        for editor in editors:
            done = own.rollcall("review", "approve", event["record_id"], by=editor)
            assert done.returncode == 0, done.stderr
    assert own.rollcall("resolve").returncode == 0
    return own


def persons(world: Small) -> dict[str, dict[str, Any]]:
    done = world.rollcall("export", "persons")
    assert done.returncode == 0, done.stderr
    rows = (json.loads(line) for line in done.stdout.splitlines())
    return {row["surname"]: row for row in rows}


def empty(folder: Path, **sources: str) -> Small:
    """A world of nothing but these sources."""
    small = Small(folder=folder)
    small.sources.mkdir(parents=True)
    for name, text in sources.items():
        small.add(name, text)
    return small


def count(world: Small) -> dict[str, dict[str, Any]]:
    for command in ("collect", "resolve"):
        done = world.rollcall(command)
        assert done.returncode == 0, done.stderr
    return persons(world)


def test_pfif_brings_the_same_men(confirmed: Small, tmp_path: Path) -> None:
    world = empty(tmp_path / "back", register='kind = "pfif"\nurl = "../persons.xml"\n')
    done = confirmed.rollcall(
        "export", "persons", "--format", "pfif", "-o", str(world.folder / "persons.xml")
    )
    assert done.returncode == 0, done.stderr
    before, after = persons(confirmed), count(world)
    assert set(after) == set(before) == {"Крутицын", "Сухоруков", "Ветошкин", "Запольский"}
    for surname, man in after.items():
        for field in (*NAME, "sex", "home_region", "home_place"):
            assert man[field] == before[surname][field], (surname, field)
    claims = {surname: man["records"][0]["claim"] for surname, man in after.items()}
    assert claims == {
        "Крутицын": "captured",  # two editors confirmed it
        "Сухоруков": "sought", "Ветошкин": "sought", "Запольский": "sought",  # theirs nobody did
    }  # fmt: skip
    assert [e["date"] for e in after["Крутицын"]["events"]] == ["2024-08-15"]
    assert {r["external_id"] for man in after.values() for r in man["records"]} == {
        f"rollcall.invalid/{man['person_id']}" for man in before.values()
    }


RECORDS = """kind = "json"
url = "../records.jsonl"
where = {{ source = "{name}" }}
columns = {{ surname = "surname", given = "given", patronymic = "patronymic", \
birth_date = "birth_date", home_region = "home_region", claim = "claim", \
event_date = "public_on", external_id = "record_id" }}
"""


def test_posts_and_records_bring_the_same_count(confirmed: Small, tmp_path: Path) -> None:
    """The posts as they are kept, and the rows of the lists: the same tally on every day."""
    world = empty(
        tmp_path / "back",
        channel='kind = "posts"\nurl = "../posts.jsonl"\n',
        captured=RECORDS.format(name="captured"),
        deceased=RECORDS.format(name="deceased"),
    )
    for what in ("posts", "records"):
        done = confirmed.rollcall("export", what, "-o", str(world.folder / f"{what}.jsonl"))
        assert done.returncode == 0, done.stderr
    before, after = persons(confirmed), count(world)
    assert set(after) == set(before)
    for surname, man in after.items():
        for field in (*NAME, "status", "category", "home_region", "sought_from"):
            assert man[field] == before[surname][field], (surname, field)
        days = [[(e["date"], e["status"]) for e in one["events"]] for one in (man, before[surname])]
        assert days[0] == days[1]
    for day in ("2024-08-09", "2024-08-16", "2024-12-31"):
        told = [
            json.loads(one.rollcall("tally", "--as-of", day, "--json").stdout)
            for one in (confirmed, world)
        ]
        for cell in ("total", "withdrawn", "by_status", "by_category", "by_region"):
            assert told[0][cell] == told[1][cell], (day, cell)
