"""A world's gold mentions and list rows → persons by `dedupe.resolve`, held against the gold.

    python -m benchmarks.practice_linkage WORLD EVALUATE [--pairs] [--records FILE]

EVALUATE is the path of evaluate.py. Gold mentions stand in for extraction, so the figures are
those of the linkage alone. `--pairs` prints every wrong pair with its findings; `--records`
takes records as `rollcall extract` writes them instead of the gold mentions.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import itertools
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

import dedupe
from model import Category, Claim, Record, StoredRecord
from russian.transliterate import to_russian

STATUS_CLAIM = {"missing": Claim.SOUGHT} | {claim.value: claim for claim in Claim}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def russian_name(text: str | None, ukrainian: bool = False) -> str | None:
    words = [to_russian(word, ukrainian) for word in (text or "").split()]
    return " ".join(w.capitalize() if w.isupper() and len(w) > 2 else w for w in words) or None


def mentions(world: Path, extracted: Path | None) -> Iterator[StoredRecord]:
    answers = {row["post_id"]: row["records"] for row in rows(extracted)} if extracted else {}
    for post in rows(world / "posts.jsonl"):
        public = datetime.fromisoformat(post["edited_at"] or post["posted_at"])
        stated = answers.get(post["post_id"], []) if extracted else post["mentions"]
        for number, said in enumerate(stated):
            yield StoredRecord(
                record_id=f"{post['post_id']}:{number}",
                record=Record(
                    surname=said["surname"],
                    given=said["given"],
                    patronymic=said["patronymic"],
                    birth_date=said["birth_date"],
                    age=said["age"],
                    category=Category(said["category"]) if said["category"] else None,
                    unit=said["unit"],
                    home_region=said["home_region"],
                    home_place=said["home_place"],
                    last_contact=said["last_contact"],
                    last_seen_place=said["last_seen_place"],
                    claim=STATUS_CLAIM[said["status"]],
                ),
                source=post["source_id"],
                owner=post["source_id"],
                external_id=post["post_id"],
                row=None,
                public_at=public,
                learned_at=public,
            )


class Places:
    """Regions of list places: names of regions, and places the world's posts name."""

    def __init__(self, world: Path) -> None:
        regions = csv.DictReader((world.parent / "regions.csv").open(encoding="utf-8"))
        self.regions = {}
        for row in regions:
            for name in re.split(r"[()]", f"{row['name_ru']}({row['name_en']}"):
                stem = max((w for w in name.split() if w not in _KINDS), key=len, default="")
                if stem:
                    self.regions[stem[:7].lower()] = row["iso_3166_2"]
        self.places = {
            m["home_place"].lower(): m["home_region"]
            for post in rows(world / "posts.jsonl")
            for m in post["mentions"]
            if m["home_place"] and m["home_region"]
        }

    def read(self, text: str | None) -> tuple[str | None, str | None]:
        """(region, place) of a cell."""
        words = re.findall(r"[^\W\d]+(?:-[^\W\d]+)*", text or "")
        words = [w for w in words if len(w) > 3 and w.lower() not in _KINDS]
        region = place = None
        for raw in words:
            word = russian_name(raw, True) or raw
            if word.lower() in self.places:
                place, region = word, region or self.places[word.lower()]
            region = (
                region or self.regions.get(raw[:7].lower()) or self.regions.get(word[:7].lower())
            )
            if place is None and word[:7].lower() not in self.regions:
                place = word
        return region, place


_KINDS = {
    *("область", "край", "республика", "автономный", "округ", "город", "района", "район"),
    *("oblast", "krai", "republic", "обл", "Republic", "Oblast", "Krai", "of", "Республика"),
}


def list_row(name: str, number: int, person: str, birth: str | None, place: str, **more: object):
    words = person.replace("(по батькові невід.)", "").replace(".", ". ").split()
    parts = [russian_name(word, bool(more.get("ukrainian"))) for word in words]
    surname, given, *rest = [*parts, None, None]
    claim = more.get("claim", Claim.CAPTURED)
    birth_date, age = birth_or_age(birth or "")
    region, home = more["places"].read(place)
    day = str(more["day"])
    return StoredRecord(
        record_id=f"{name}:{number}",
        record=Record(
            surname=surname,
            given=given,
            patronymic=" ".join(word for word in rest if word) or None,
            birth_date=birth_date,
            age=age,
            home_region=region,
            home_place=home,
            claim=claim,
            event_date=day,
        ),
        source=name,
        owner=name,
        external_id=str(number),
        row=number,
        public_at=datetime.fromisoformat(day + "T12:00:00+03:00"),
        learned_at=datetime.fromisoformat(day + "T12:00:00+03:00"),
    )


def birth_or_age(cell: str) -> tuple[str | None, int | None]:
    if match := re.search(r"(\d\d)\.(\d\d)\.(\d{4})", cell):
        return "-".join(reversed(match.groups())), None
    if match := re.search(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?", cell):
        return match.group(), None
    if cell.startswith("~"):
        return None, None
    match = re.search(r"\d\d", cell)
    return None, int(match.group()) if match else None


def iso(cell: str) -> str:
    day, month, year = cell.split(".")
    return f"{'20' if len(year) == 2 else ''}{year}-{month}-{day}"


def list_rows(world: Path) -> Iterator[StoredRecord]:
    where = Places(world)
    folder = world / "lists"
    text = (folder / "captured_videos.csv").read_text("windows-1251")
    for n, row in enumerate(csv.reader(io.StringIO(text), delimiter=";")):
        if n:
            yield list_row(
                *("captured_videos", n, row[1], row[2], row[3]),
                day=iso(row[4]) if row[4] else "2024-09-01", places=where, ukrainian=True,
            )  # fmt: skip
    dead = csv.reader((folder / "deceased.csv").open(encoding="utf-8-sig"))
    for n, row in enumerate(line for line in dead if line):
        if n:
            yield list_row(
                *("deceased", n, row[0], row[1], row[2]),
                day=row[5], places=where, claim=Claim.DECEASED,
            )  # fmt: skip
    soup = BeautifulSoup((folder / "deceased_regional.html").read_text("utf-8"), "lxml")
    for n, row in enumerate(soup.select("tbody tr"), 1):
        cells = [cell.get_text(" ", strip=True) for cell in row.select("td")]
        yield list_row(
            *("deceased_regional", n, f"{cells[0]} {cells[1]}", cells[2], "Бурятия " + cells[3]),
            day=iso(cells[5]), places=where, claim=Claim.DECEASED,
        )  # fmt: skip
    soup = BeautifulSoup((folder / "exchange.html").read_text("utf-8"), "lxml")
    for n, item in enumerate(soup.select("li"), 1):
        name, _, rest = item.get_text().partition(",")
        day = item.find_previous("h2")["id"]
        place = re.search(r"\((.*)\)", rest)
        yield list_row(
            *("exchange", n, name, rest, place.group(1) if place else ""),
            day=f"{day[1:5]}-{day[5:7]}-{day[7:]}", places=where, claim=Claim.RELEASED,
        )  # fmt: skip
    yield from json_rows(folder, where)
    yield from pfif_rows(folder, where)


def json_rows(folder: Path, where: Places) -> Iterator[StoredRecord]:
    for n, row in enumerate(json.loads((folder / "released.json").read_text("utf-8")), 1):
        name = " ".join(row[key] for key in ("surname", "given_name", "patronymic") if row[key])
        yield list_row(
            *("released", n, name, str(row["born"]), row["from"] or ""),
            day=row["exchange_date"], places=where, claim=Claim.RELEASED,
        )  # fmt: skip


def pfif_rows(folder: Path, where: Places) -> Iterator[StoredRecord]:
    soup = BeautifulSoup((folder / "captured.pfif.xml").read_text("utf-8"), "xml")
    for n, person in enumerate(soup.find_all("person"), 1):
        cell = lambda tag: found.text if (found := person.find(tag)) else ""  # noqa: E731, B023
        given = cell("given_name")
        name = cell("full_name")
        name = f"{cell('family_name')} {given}" if len(name.split()) < 3 else name
        if " " in cell("family_name"):
            name = cell("family_name").replace(" ", "\u00a0") + " " + given
        day = cell("source_date")[:10]
        status = cell("status")
        claim = {"believed_dead": Claim.DECEASED, "information_sought": Claim.SOUGHT}.get(
            status, Claim.CAPTURED
        )
        yield list_row(
            *("captured", n, name, cell("date_of_birth") or cell("age")),
            f"{cell('home_state')} {cell('home_city')}",
            day=day, places=where, claim=claim, ukrainian="і" in name,
        )  # fmt: skip


@cache
def evaluator(path: Path):
    spec = importlib.util.spec_from_file_location("evaluate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exported(resolution: dedupe.Resolution, by_id: dict[str, StoredRecord]) -> Iterator[str]:
    for person, members in resolution.clusters.items():
        records = [
            {
                "source": by_id[r].source,
                "external_id": by_id[r].external_id,
                "row": by_id[r].row,
                "surname": by_id[r].record.surname,
                "given": by_id[r].record.given,
                "patronymic": by_id[r].record.patronymic,
                "claim": by_id[r].record.claim,
            }
            for r in members
        ]
        yield json.dumps({"person_id": person, "records": records}, ensure_ascii=False)


def truth(world: Path) -> dict[str, str]:
    """Record id of gold mentions and list rows → person key."""
    keys = {}
    for post in rows(world / "posts.jsonl"):
        for number, mention in enumerate(post["mentions"]):
            keys[f"{post['post_id']}:{number}"] = mention["person_key"]
    for row in rows(world / "lists" / "gold.jsonl"):
        stem = row["list"].split(".")[0]
        keys[f"{stem}:{row['row']}"] = row["person_key"] or f"~{stem}:{row['row']}"
    return keys


def wrong_pairs(resolution, by_id, keys) -> Iterator[str]:
    person = {r: p for p, members in resolution.clusters.items() for r in members}
    notes = {frozenset((d.left, d.right)): d for d in resolution.decisions}

    def line(r):
        s = by_id[r]
        x = s.record
        said = (x.surname, x.given, x.patronymic, x.birth_date, x.age, x.home_region, x.home_place)
        return f"{r} {s.source} {' '.join(str(v or '-') for v in said)} {x.unit or ''} {x.claim}"

    for a, b in itertools.combinations(sorted(by_id), 2):
        if a not in keys or b not in keys:
            continue
        together, true = person[a] == person[b], keys[a] == keys[b]
        if together == true:
            continue
        both_strangers = keys[a].startswith("~") and keys[b].startswith("~")
        kind = "FALSE" if together else "MISSED"
        decision = notes.get(frozenset((a, b)))
        reasons = decision.findings if decision else ()
        found = " ".join(f"{f.comparison}={f.level}{f.weight:+}" for f in reasons)
        strangers = " strangers" if both_strangers else ""
        score = decision.score if decision else ""
        yield f"{kind}{strangers}\n   {line(a)}\n   {line(b)}\n   {score} {found}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("evaluate", type=Path)
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--records", type=Path)
    arguments = parser.parse_args()
    records = [*mentions(arguments.world, arguments.records), *list_rows(arguments.world)]
    resolution = dedupe.resolve(records, (), {}, now=datetime.now(UTC))
    by_id = {stored.record_id: stored for stored in records}
    if arguments.pairs:
        print("\n".join(wrong_pairs(resolution, by_id, truth(arguments.world))))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(exported(resolution, by_id)))
        file.flush()
        report = evaluator(arguments.evaluate).evaluate_persons(arguments.world, Path(file.name))
    print(json.dumps({k: v for k, v in report.items() if "matches" not in k}, indent=1))
    print("persons", len(resolution.clusters), "review", len(resolution.review))


if __name__ == "__main__":
    main()
