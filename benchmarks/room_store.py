"""A number of posts → a store of invented people, made by SQL: no collecting, no resolving.

Persons with one to forty records in posts and lists, events, decisions, a review queue.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.people import _package
from model import Claim, Source
from store import Store, standings
from store.connection import Connection
from store.migrations import SCRIPTS, statements
from store.times import make_id

CHANNELS, LISTS = 40, ("dead", "captured", "exchange")
FIRST = date(2022, 3, 1)
DAYS = 1400
CLAIMS = ("sought", "captured", "released", "found_alive", "deceased")
STATUSES = ("missing", "captured", "released", "found_alive", "deceased")
TEXT = (
    "Помогите найти! {name}, {born} г.р., {place}. Служил в в/ч {unit}, не выходит на связь с "
    "начала месяца. Был под {seen}. Может, кто видел его в госпитале или знает сослуживцев, "
    "просим отозваться. Любая весть важна. Тел. [телефон]"
)
PLACES = (
    "Калуга",
    "Пермь",
    "Саратов",
    "Чита",
    "Улан-Удэ",
    "Кызыл",
    "Уфа",
    "Омск",
    "Курган",
    "Тверь",
)
SEEN = ("Суджей", "Работино", "Покровском", "Авдеевкой", "Кореневом")
CATEGORIES = ("conscript", "contract", "mobilised", "volunteer", None)
REGIONS = ("RU-KLU", "RU-PER", "RU-SAR", "RU-ZAB", "RU-BU", "RU-TY", "RU-BA", "RU-OMS", "RU-KGN",
           "RU-TVE", "RU-MOS", "RU-SVE", "RU-CHE", "RU-KDA", "RU-ROS", "RU-DA", "RU-TA", "RU-SA",
           "RU-IRK", "RU-KEM")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Man:
    """One invented person."""

    number: int
    surname: str
    given: str
    patronymic: str
    born: str
    region: str
    category: str | None
    unit: str
    first: int  # day of his first post, from FIRST

    @property
    def person_id(self) -> str:
        """As the resolver would hash it, no name in it."""
        return "p" + make_id("bench", self.number)

    @property
    def name(self) -> str:
        """Surname, given name, patronymic."""
        return f"{self.surname} {self.given} {self.patronymic}"


def men(count: int, seed: int) -> Iterator[Man]:
    """Names by their shares in the population, everything else at random."""
    chance = np.random.default_rng(seed)
    surnames, given = _package("surnames", None), _package("names", None)
    words = [table["text"].to_list() for table in (surnames, given)]
    shares = [table["count"].to_numpy().astype(float) for table in (surnames, given)]
    drawn = [
        chance.choice(len(word), count, p=share / share.sum())
        for word, share in zip((words[0], words[1], words[1]), (*shares, shares[1]), strict=True)
    ]
    born = chance.integers(1965, 2007, count)
    region = (chance.zipf(1.4, count) - 1) % len(REGIONS)
    first = (DAYS * chance.beta(1.6, 1.1, count)).astype(int)
    rest = chance.integers(0, 10_000, (count, 2))
    for n in range(count):
        yield Man(
            number=n, surname=words[0][drawn[0][n]], given=words[1][drawn[1][n]],
            patronymic=f"{words[1][drawn[2][n]].rstrip('аейь')}ович", born=str(born[n]),
            region=REGIONS[region[n]], category=CATEGORIES[rest[n, 0] % 5],
            unit=f"{10_000 + rest[n, 1] * 7 % 2500}", first=int(first[n]),
        )  # fmt: skip


def day_of(number: int) -> str:
    """A day from FIRST on, never after its last."""
    return (FIRST + timedelta(days=min(number, DAYS))).isoformat()


def build(db: Path, posts: int, seed: int = 7) -> None:
    """Write the store in one go: triggers and indexes off, what follows from them worked out after.

    A million posts take 2 GB of memory: ids are hashes, and would come to the disk in no order.
    """
    people = round(posts * 0.3)
    with Store.open(db, create=True) as store:
        store.save_sources(sources())
        connection = store.connection
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA cache_size = -2000000")
        connection.execute("PRAGMA foreign_keys = OFF")
        aside = connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL "
            "AND (type = 'trigger' OR type = 'index') ORDER BY type"
        ).fetchall()
        for kind, name, _ in aside:
            connection.execute(f"DROP {kind} {name}")
        connection.execute("BEGIN")
        fill(connection, list(men(people, seed)), posts, random.Random(seed))
        _follow(connection)
        connection.execute("COMMIT")
        for _, _, sql in aside:
            connection.execute(sql)
        connection.execute("INSERT OR IGNORE INTO standing_due VALUES (?)", (standings.ALL,))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        standings.refresh(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _follow(connection: Connection) -> None:
    """The indexes of text and the sums of facets, as the triggers would have left them."""
    for name in ("post_fts", "person_fts"):
        connection.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # noqa: S608
    for statement in statements(SCRIPTS["043_facets"]):
        if statement.startswith("INSERT INTO facet_count"):
            connection.execute(statement)


def sources() -> list[Source]:
    """Channels and lists."""
    return [
        *(Source(name=f"channel{n:02d}", kind="telegram", url=f"https://t.me/s/c{n}", path="",
                 owner=f"o{n}") for n in range(CHANNELS)),
        *(Source(name=name, kind="csv", url=f"{name}.csv", path="", claim=Claim.DECEASED,
                 owner=name)
          for name in LISTS),
    ]  # fmt: skip


# Two thousand rows of lists that wait for an editor, each of a man of the store.
_UNCLEAR = """
INSERT INTO doubtful_row SELECT row_id, learned_at, 'the status «?» is not understood', json_object(
  'surname', surname, 'given', given, 'patronymic', patronymic, 'birth_date', birth_date,
  'age', NULL, 'sex', NULL, 'category', NULL, 'unit', NULL, 'rank', NULL, 'call_sign', NULL,
  'home_region', home_region, 'home_place', NULL, 'last_contact', NULL, 'last_seen_place', NULL,
  'claim', 'sought', 'asks', json('false'), 'event_date', NULL, 'facts', json('[]'),
  'spans', json('[]'))
FROM record WHERE row_id IS NOT NULL ORDER BY row_id LIMIT 2000
"""


def fill(connection: Connection, people: Sequence[Man], posts: int, chance: random.Random) -> None:
    """Records and posts of each man, then what follows from them."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    ordinal = 0
    spare = posts - len(people)
    for man in people:
        mean = spare / len(people)
        extra = min(39, int(chance.paretovariate(1.5) * mean * 0.45)) if mean else 0
        ordinal = _write_man(rows, man, 1 + extra, ordinal, chance)
        if man.number % 5000 == 4999:
            _flush(connection, rows)
    _flush(connection, rows)
    _queue(connection, people, chance)
    connection.execute(_UNCLEAR)
    connection.executemany(
        "INSERT INTO resolution (known_at, ran_at, persons_opened, persons_closed, "
        "persons_changed, events_opened, events_closed, decisions) "
        "VALUES (?1, ?1, 0, 0, 0, 0, 0, 0)",
        [(known(day_of(n)),) for n in range(DAYS + 1)],
    )


def known(day: str) -> str:
    """When a service that resolves by night knew what became public on a day."""
    return f"{date.fromisoformat(day) + timedelta(days=1)}T01:00:00.000000Z"


KNOWN = known(day_of(DAYS))


def _write_man(
    rows: dict[str, list[tuple[object, ...]]], man: Man, count: int, ordinal: int,
    chance: random.Random,
) -> int:  # fmt: skip
    records, events = [], [("missing", day_of(man.first))]
    for n in range(count):
        ordinal += 1
        listed = chance.random() < 0.06
        day = day_of(man.first + int(chance.expovariate(1 / 60)) * bool(n))
        claim = "sought" if not n else chance.choices(CLAIMS, (70, 10, 6, 6, 8))[0]
        if claim != "sought":
            events.append((STATUSES[CLAIMS.index(claim)], day))
        record_id = make_id("record", ordinal)
        records.append(record_id)
        at = f"{day}T{ordinal % 24:02d}:00:00.000000Z"
        place = make_id("post", ordinal)
        source = chance.choice(LISTS) if listed and n else f"channel{ordinal % CHANNELS:02d}"
        if listed and n:
            text = f"{man.name} · {man.born} · {day}"
            rows.setdefault("list_row", []).append(
                (place, source, ordinal, ordinal, text, "1", 1, at)
            )
        else:
            text = TEXT.format(
                name=man.name,
                born=man.born,
                place=PLACES[man.number % 10],
                unit=man.unit,
                seen=SEEN[ordinal % 5],
            )
            rows.setdefault("post", []).append(
                (place, source, str(ordinal), at, day, text, "1", 1, at)
            )
        spans = json.dumps([{"field": "name", "start": 17, "end": 17 + len(man.name), "rule": "n"}])
        rows.setdefault("record", []).append(
            (record_id, source, None if listed and n else place, place if listed and n else None, 0,
             man.surname, man.given, man.patronymic, man.born, man.category, man.unit, man.region,
             PLACES[man.number % 10], claim, int(claim == "sought"), "[]", spans, "1", at, day,
             at if claim == "sought" else None, day if claim == "sought" else None, at, known(day))
        )  # fmt: skip
        rows.setdefault("person_record", []).append((man.person_id, record_id, known(day)))
        if n:
            left, right = sorted((records[0], record_id))
            rows.setdefault("decision", []).append(
                (left, right, "same", 14.0 + ordinal % 9, "model:1", 0, KNOWN, FINDINGS)
            )
    _describe(rows, man, records, events, chance)
    return ordinal


FINDINGS = json.dumps(
    [{"comparison": c, "level": "exact", "weight": w, "left": None, "right": None}
     for c, w in (("surname", 9.1), ("given", 5.2), ("patronymic", 6.0), ("birth", 4.8))]
)  # fmt: skip


def _describe(
    rows: dict[str, list[tuple[object, ...]]], man: Man, records: list[str],
    events: list[tuple[str, str]], chance: random.Random,
) -> None:  # fmt: skip
    events = list(dict.fromkeys(sorted(events, key=lambda e: (e[1], STATUSES.index(e[0])))))
    status, since = events[-1]
    sought = None if chance.random() < 0.08 else day_of(man.first)
    fields = (man.surname, man.given, man.patronymic, man.born, man.category, man.unit, man.region,
              PLACES[man.number % 10], sought)  # fmt: skip
    rows.setdefault("person", []).append(
        (man.person_id, man.name, man.name, *fields, status, since, int(chance.random() < 0.004),
         len(records), KNOWN)
    )  # fmt: skip
    began = known(day_of(man.first))
    rows.setdefault("person_version", []).append((man.person_id, began, *fields))
    for n, (what, day) in enumerate(events):
        rows.setdefault("status_event", []).append(
            (man.person_id, what, day, known(day), records[min(n, len(records) - 1)],
             "corroborated" if chance.random() < 0.3 else "reported", "[]", 0, known(day))
        )  # fmt: skip


_COLUMNS = {
    "post": "post_id, source, external_id, posted_at, posted_on, text, extractor, versions, "
    "learned_at",
    "list_row": "row_id, source, row, ordinal, text, extractor, versions, learned_at",
    "record": "record_id, source, post_id, row_id, ordinal, surname, given, patronymic, "
    "birth_date, category, unit, home_region, home_place, claim, asks, facts, spans, extractor, "
    "public_at, public_on, asked_at, asked_on, learned_at, known_from",
    "person": "person_id, name, names, surname, given, patronymic, birth_date, category, unit, "
    "home_region, home_place, sought_from, status, status_on, conflicting, records, first_known",
    "person_version": "person_id, known_from, surname, given, patronymic, birth_date, category, "
    "unit, home_region, home_place, sought_from",
    "person_record": "person_id, record_id, known_from",
    "status_event": "person_id, status, public_on, learned_at, record_id, evidence, retracts, "
    "retracted, known_from",
    "decision": "left_id, right_id, judgement, score, decided_by, is_human, decided_at, findings",
    "review": "left_id, right_id, score, findings, note, opened_at",
}


def _flush(connection: Connection, rows: dict[str, list[tuple[object, ...]]]) -> None:
    for table, columns in _COLUMNS.items():
        if held := rows.pop(table, None):
            marks = ", ".join("?" * len(held[0]))
            connection.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608
                held,
            )


def _queue(connection: Connection, people: Sequence[Man], chance: random.Random) -> None:
    """One pair in two hundred men waits: neighbours of one surname where there are any."""
    firsts = connection.execute(
        "SELECT min(record_id) FROM person_record GROUP BY person_id ORDER BY random() LIMIT ?",
        (len(people) // 100,),
    ).fetchall()
    pairs = [
        (*sorted((a[0], b[0])), chance.gauss(2, 6), FINDINGS, None, KNOWN)
        for a, b in zip(firsts[::2], firsts[1::2], strict=False)
    ]
    _flush(connection, {"review": pairs})
