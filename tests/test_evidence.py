"""What confirms what: editors, independent sources, floods of fakes."""

from __future__ import annotations

import zlib
from datetime import date, timedelta
from pathlib import Path

import pysqlite3
import pytest
from histories import NOW, Tale, at, man, new_store, post, resolve, save, source

import pipeline
from dedupe.evidence import independent
from model import Batch, Claim, Evidence, Reading, StoredRecord, UnusableInput
from store import Store, holds
from store.copies import CANDIDATES, likeness, shingles
from store.sketches import fold_copies, sketch

DAY = "2024-12-31"
SOUGHT, CAPTURED, DEAD = Claim.SOUGHT, Claim.CAPTURED, Claim.DECEASED


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Петров: sought by the chat, dead by the chat."""
    store = new_store(tmp_path / "rollcall.db")
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    save(store, post(2, "2024-08-09"), "Петров погиб", man(DEAD))
    return store


def ids(store: Store) -> dict[str, str]:
    return {stored.external_id: stored.record_id for stored in store.stored_records()}


def counted(store: Store, level: Evidence) -> dict[str, int]:
    resolve(store, {"a": list(ids(store).values())}, now=NOW + timedelta(days=9))
    found = store.tally(DAY, evidence=level)["by_status"]
    return {status: n for status, n in found.items() if n}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], {}),
        ([("2", "Анна", True)], {}),
        ([("2", "Анна", True), ("2", "Анна", True)], {}),
        ([("2", "Анна", True), ("2", "Борис", True)], {"deceased": 1}),
        ([("1", "Анна", True), ("1", "Борис", True)], {"missing": 1}),
        ([("1", "Анна", True), ("2", "Борис", True)], {}),  # of two different claims
        ([("2", "Анна", True), ("2", "Борис", True), ("2", "Борис", False)], {}),
        ([("2", "Анна", True), ("2", "Борис", False), ("2", "Борис", True)], {"deceased": 1}),
    ],
)
def test_two_editors_confirm(
    store: Store, words: list[tuple[str, str, bool]], wanted: dict[str, int]
) -> None:
    for n, (number, editor, approved) in enumerate(words):
        store.approve(ids(store)[number], editor, NOW + timedelta(hours=n), approved=approved)
    assert counted(store, Evidence.CONFIRMED) == wanted
    assert counted(store, Evidence.REPORTED) == {"deceased": 1}


def test_what_an_author_edits_in_is_approved_by_nobody(store: Store) -> None:
    """Editors vouched for a capture; the post says dead now: that is not what they saw."""
    save(store, post(3, "2024-08-08", name="news"), "Петров в плену", man(CAPTURED))
    for editor in ("Анна", "Борис"):
        store.approve(ids(store)["3"], editor, NOW + timedelta(hours=1))
    edited = post(3, "2024-08-08", name="news", edited_at=at("2024-08-20"))
    save(store, edited, "Петров погиб", man(DEAD), now=NOW + timedelta(hours=2))
    assert counted(store, Evidence.CONFIRMED) == {}


@pytest.mark.parametrize("editor", ["", " ", "model:1", " Анна"])
def test_only_editors_approve(store: Store, editor: str) -> None:
    with pytest.raises(pysqlite3.IntegrityError, match="an editor approves, by name"):
        store.connection.execute(
            "INSERT INTO approval (record_id, editor, approved, at) VALUES (?, ?, 1, '2026')",
            (ids(store)["2"], editor),
        )


def test_one_editor_has_one_spelling(store: Store) -> None:
    store.approve(ids(store)["2"], "Анна", NOW)
    with pytest.raises(UnusableInput, match="signs as 'Анна'"):
        store.approve(ids(store)["2"], "анна", NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO status_event SELECT 99, person_id, 'deceased', public_on, learned_at, "
        "record_id, 'confirmed', NULL, '[]', 0, '2026', NULL FROM status_event LIMIT 1",
        "UPDATE status_event SET evidence = 'confirmed'",
        "UPDATE status_event SET evidence = 'confirmed', known_until = '2026'",
        "INSERT OR REPLACE INTO status_event SELECT event_id, person_id, status, public_on, "
        "learned_at, record_id, 'confirmed', NULL, '[]', 0, '2026', NULL FROM status_event",
        "UPDATE approval SET editor = 'Борис'",
        "DELETE FROM approval",
    ],
)
def test_the_database_itself_confirms_nobody(store: Store, statement: str) -> None:
    store.approve(ids(store)["2"], "Анна", NOW)
    resolve(store, {"a": list(ids(store).values())})
    with pytest.raises(pysqlite3.IntegrityError):
        store.connection.execute(statement)


def told(**fields: object) -> StoredRecord:
    """A record of its own source, unless told otherwise."""
    number = str(zlib.crc32(repr(fields).encode()))
    (plain,) = Tale().says("2024-08-07", SOUGHT, owner=str(fields.pop("owner", number))).records
    from dataclasses import replace  # noqa: PLC0415

    return replace(plain, record_id=number, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({"owner": "a"}, {"owner": "b"}, True),
        ({"owner": "a"}, {"owner": "a", "row": 1}, False),
        ({"owner": "a", "copy_of": "9"}, {"owner": "b", "copy_of": "9"}, False),
        ({"owner": "a", "held": True}, {"owner": "b"}, False),
        ({"owner": "a", "forwarded_from": "c"}, {"owner": "b"}, False),  # b may be c
        ({"owner": "a", "forwarded_from": "c"}, {"owner": "b", "forwarded_from": "c"}, False),
        ({"owner": "a", "forwarded_from": "c"}, {"owner": "b", "forwarded_from": "d"}, True),
        ({"owner": "a", "forwarded_from": "c"}, {"owner": "b", "row": 3}, True),
    ],
)
def test_independence(one: dict[str, object], other: dict[str, object], wanted: bool) -> None:
    left, right = told(**one), told(**other)
    assert independent(left, right) is independent(right, left) is wanted


TEXT = (
    "Помогите найти! {} служил под Суджей, последний раз выходил на связь шестого августа, "
    "сказал что их перебрасывают. Рост сто восемьдесят, шрам на левой брови, на руке часы. "
    "Кто был рядом, кто видел, откликнитесь, мы ждём любых вестей"
)


def test_a_copy_under_another_spelling_is_one_source(store: Store) -> None:
    spelled = {
        "10": ("chat", "Сёмка Петров"),
        "11": ("news", "боец Петров С. И."),
        "12": ("list", ""),
    }
    for number, (name, words) in spelled.items():
        text = (
            TEXT.format(words) if words else "Ищу Семёна, дома ждут дети, не звонит с августа " * 3
        )
        save(store, post(number, f"2024-09-{number}", name=name), text,
             man(given=["Семён", "Сёма", "Семен"][int(number) - 10], surname="Петров"))  # fmt: skip
    found = ids(store)
    cluster = {"a": [found["10"], found["11"], found["12"]]}
    with store.writing() as connection:
        marked = fold_copies(connection, cluster, set(found.values()))
    assert found["12"] not in marked
    roots = {s.external_id: s.copy_of or s.record_id for s in store.stored_records()}
    assert roots["10"] == roots["11"] == found["10"]


def test_copies_of_one_man_are_folded_in_one_go(store: Store) -> None:
    """Of three copies the third is led to the first, whichever pair is looked at last."""
    told = {
        "10": ("Сёмка Петров", "Семён", "Петров"),
        "11": ("боец Петров С. И.", "Сёма", "Петрова"),
        "12": ("Петров Сёма из Кашина", "Сеня", "Петровы"),
    }
    for number, (words, given, surname) in told.items():
        him = man(given=given, surname=surname)
        save(store, post(number, f"2024-09-{number}"), TEXT.format(words), him)
    copies = [ids(store)[number] for number in told]
    for wanted in (set(copies), set()):
        with store.writing() as connection:
            assert fold_copies(connection, {"a": copies}, set(copies)) == wanted
    assert {s.copy_of for s in store.stored_records()} == {None, copies[0]}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_flood_of_copies_keeps_its_first_post_as_root(store: Store, backwards: bool) -> None:
    """Of more copies than are looked at for a new one; in the order posted and the other way."""
    posts = [
        post(f"c{n:03}", f"2024-09-{1 + n // 24:02}", hour=n % 24) for n in range(CANDIDATES + 30)
    ]
    for one in reversed(posts) if backwards else posts:
        save(store, one, TEXT.format("Петров"), man())
    copies = [s for s in store.stored_records() if s.external_id.startswith("c")]
    assert {s.copy_of for s in copies} == {None, ids(store)["c000"]}


@pytest.mark.parametrize(
    ("changed", "low", "high"), [(0, 1.0, 1.0), (6, 0.5, 0.95), (200, 0.0, 0.1)]
)
def test_sketches_tell_how_alike_texts_are(changed: int, low: float, high: float) -> None:
    words = [f"слово{n}" for n in range(100)]
    other = [f"иное{n}" if n * changed % 100 < changed else word for n, word in enumerate(words)]
    found = likeness(sketch(shingles(" ".join(words))), sketch(shingles(" ".join(other))))
    assert low <= found <= high


# Floods. Every fake is told by two of the sources, so that only the safeguards stand in the way.

FAKES = 5_000
LETTERS = "абвгдежзиклмнопрстуфхцчшэюя"


def name(n: int) -> str:
    return "".join(LETTERS[n // 27**k % 27] for k in range(4)).capitalize() + "ов"


def quiet(store: Store, names: list[str]) -> None:
    """Half a year in which each source told of one to three men a week."""
    start = date(2024, 3, 4)
    batches: dict[str, list[tuple[object, Reading]]] = {}
    for week in range(26):
        for source_name in names:
            for one in range(1 + zlib.crc32(f"{source_name} {week}".encode()) % 3):
                day = (start + timedelta(weeks=week, days=one)).isoformat()
                surname = f"Тихий-{source_name}-{week}-{one}"
                wire = post(f"q{week}{one}", day, name=source_name)
                said = Reading(
                    text=f"Ищу {surname}", records=(man(surname=surname),), extractor="1"
                )
                batches.setdefault(source_name, []).append((wire, said))
    commit(store, batches)


def commit(store: Store, batches: dict[str, list[tuple[object, Reading]]]) -> None:
    for source_name, said in batches.items():
        wires = tuple(wire for wire, _ in said)
        store.save_batch(
            Batch(source=source_name, posts=wires),
            [reading for _, reading in said],
            NOW,  # type: ignore[arg-type]
        )


def flood(store: Store, names: list[str], *, words: bool) -> None:
    """The fakes: each by two sources in a week, in their own words or as copies of one text."""
    batches: dict[str, list[tuple[object, Reading]]] = {}
    for n in range(FAKES):
        for turn in range(2):
            source_name = names[(n + turn) % len(names)]
            text = f"{n}-{turn} {name(n)} жду" if words else TEXT.format(name(n))
            wire = post(f"f{n}-{turn}", f"2024-09-{2 + n % 5:02}", name=source_name, hour=turn + 9)
            said = Reading(text=text, records=(man(surname=name(n)),), extractor="1")
            batches.setdefault(source_name, []).append((wire, said))
    commit(store, batches)


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (1, True), (5, True), (50, True), pytest.param(1, False, marks=pytest.mark.slow),
        pytest.param(5, False, marks=pytest.mark.slow),
        pytest.param(50, False, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_five_thousand_fakes_move_the_corroborated_tally_by_nothing(
    tmp_path: Path, sources: int, words: bool
) -> None:
    names = [f"s{n}" for n in range(sources)]
    with Store.open(tmp_path / "rollcall.db", create=True) as store:
        store.save_sources([source(one) for one in names])
        quiet(store, names)
        flood(store, names, words=words)
        with store.writing() as connection:
            holds.refresh(connection, NOW)
        clusters: dict[str, list[str]] = {}
        for stored in store.stored_records():
            clusters.setdefault(f"p{stored.record.surname}", []).append(stored.record_id)
        with store.writing() as connection:
            fold_copies(connection, clusters, {r for c in clusters.values() for r in c})
        resolve(store, clusters)
        assert store.tally(DAY)["total"] >= FAKES  # what is reported is told as such
        assert store.tally(DAY, evidence=Evidence.CORROBORATED)["total"] == 0


def test_a_released_week_counts_in_full(tmp_path: Path) -> None:
    """A true flood: an editor looked, and its men are corroborated."""
    path = tmp_path / "rollcall.db"
    with new_store(path, "a", "b") as store:
        for n in range(60):
            for one in ("a", "b"):
                text = f"{one} {n} ищу"
                fields = {"surname": name(n), "patronymic": "Ильич", "birth_date": "2004-05-06",
                          "home_region": "RU-TY", "unit": "12345"}  # fmt: skip
                save(store, post(n, "2024-09-03", name=one), text, man(**fields))
    pipeline.resolve(path, NOW)
    with Store.open(path) as store:
        assert store.tally(DAY, evidence=Evidence.CORROBORATED)["total"] == 0
        waiting = holds.listing(store.connection)
        assert [(w["source"], w["week"], w["records"]) for w in waiting] == [
            ("a", "2024-09-02", 60), ("b", "2024-09-02", 60),
        ]  # fmt: skip
        for week in waiting:
            holds.decide(store, int(str(week["hold_id"])), release=True, by="Анна", now=NOW)
    pipeline.resolve(path, NOW)
    with Store.open(path) as store:
        assert store.tally(DAY, evidence=Evidence.CORROBORATED)["total"] > 0


@pytest.mark.parametrize(
    ("weeks", "wanted"),
    [([], 0.0), ([5, 5, 5, 5], 5.0), ([4, 6, 5, 7, 3], 11.0), ([0, 0, 0, 40], 0.0)],
)
def test_the_most_to_be_expected(weeks: list[int], wanted: float) -> None:
    assert holds.most(weeks) == wanted
