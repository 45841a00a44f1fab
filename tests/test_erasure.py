"""Erased is erased: no byte on disk, no way back by a crawl, a list or an older backup."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from server import Server, Turns, answer
from small import Small, build, lines

from cli import main
from cli.acting import LOGIN, account
from extract import read_row
from model import Claim, ListRow, Record
from store import Store, erasure, standings, sums, tokens

NOW = datetime(2024, 12, 1, tzinfo=UTC)
NAME, NAMESAKE = "Крутицын", "Крутицын Лука Ильич, 04.04.1999"


def run(world: Small, *words: str, key: str = "") -> str:
    """A command's stdout; it must succeed."""
    place = ["--db", str(world.db), "--sources", str(world.sources)]
    answered = CliRunner().invoke(main, [*place, *words], env={"ROLLCALL_VAULT_KEY": key})
    assert answered.exit_code == 0, answered.output
    return answered.stdout


def person_of(world: Small, surname: str) -> str:
    with Store.open(world.db, read_only=True) as store:
        (found,) = [
            p for p in store.export_persons() if p["surname"] == surname and p["sought_from"]
        ]
    return str(found["person_id"])


def bytes_on_disk(world: Small, *needles: str) -> dict[str, list[str]]:
    """Needle → files of the store that hold it, in UTF-8 or UTF-16, in upper or lower case."""
    found: dict[str, list[str]] = {}
    for path in sorted(world.folder.glob("count.db*")) + sorted(
        (world.folder / "count.db.vault").rglob("*.age")
    ):
        content = path.read_bytes() if path.is_file() else b""
        for needle in needles:
            spellings = {needle, needle.lower(), needle.upper(), needle.lower().replace("ё", "е")}
            if any(s.encode(code) in content for s in spellings for code in ("utf-8", "utf-16-le")):
                found.setdefault(needle, []).append(path.name)
    return found


@pytest.fixture
def world(tmp_path: Path) -> Small:
    """Collected and resolved; the man is in two posts and on a list."""
    world = build(tmp_path / "w")
    run(world, "collect")
    run(world, "resolve")
    assert bytes_on_disk(world, NAME)
    return world


def tally(world: Small) -> dict[str, int]:
    found: dict[str, int] = json.loads(run(world, "tally", "--as-of", "2024-12-31", "--json"))[
        "by_status"
    ]
    return found


def test_a_person_leaves_no_byte(world: Small) -> None:
    before = tally(world)
    done = json.loads(run(world, "erase", "person", person_of(world, NAME), "--json"))
    assert (done["persons"], done["records"], done["posts"], done["list_rows"]) == (1, 3, 2, 1)
    assert bytes_on_disk(world, NAME, "Лука", "90909") == {}
    after = tally(world)
    assert {s: before[s] - after[s] for s in before if before[s] != after[s]} == done["by_status"]
    with Store.open(world.db) as store:
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []


def spell(world: Small) -> None:
    """A list that names him in fifty spellings, as the source `spelt`."""
    spellings = [
        f"{name};{born};15.08.2024"
        for born in ("11.03.2005", "11/03/2005", "2005-03-11", "11 марта 2005", "11.03.05 г.р.")
        for name in (
            "Крутицын Лука Ильич", "КРУТИЦЫН ЛУКА ИЛЬИЧ", "Лука Ильич Крутицын",
            "Крутицин Лука Ильич",
            "Крутицына Луку Ильича", "Крутицыну Луке Ильичу", "Krutitsyn Luka Ilyich",
            "Крутицин Лука Ілліч", "Крутицын Л\u0443\u200bка Ильич", "Kрутицын Лука Ильич",
        )
    ]  # fmt: skip
    assert len(spellings) == 50
    csv = "ФИО;Дата рождения;Дата видео\n" + "\n".join(spellings) + "\n"
    (world.folder / "captured.csv").write_bytes(csv.encode("utf-8"))
    listed = (world.sources / "captured.toml").read_text().replace("windows-1251", "utf-8")
    world.add("spelt", listed)


def test_the_next_crawl_and_every_spelling_stay_out(world: Small) -> None:
    run(world, "erase", "person", person_of(world, NAME))
    with Store.open(world.db) as store:
        store.connection.execute("DELETE FROM cursor")  # a crawl from the beginning
    run(world, "collect")
    run(world, "resolve")
    assert bytes_on_disk(world, NAME) == {}
    spell(world)
    run(world, "collect", "spelt")
    run(world, "resolve")
    with Store.open(world.db) as store:
        rows = store.connection.execute("SELECT text FROM list_row WHERE source = 'spelt'")
        assert [row["text"] for row in rows] == []
    assert bytes_on_disk(world, "крутицын", "крутицин") == {}


def test_a_namesake_of_another_birth_date_is_kept(world: Small) -> None:
    run(world, "erase", "person", person_of(world, NAME))
    post = (
        "n1",
        "2024-09-01T10:00:00+03:00",
        f"Ищу мужа! {NAMESAKE} г.р., Псков. Пропал 3 августа.",
    )
    (world.folder / "other.jsonl").write_text(lines([post]), encoding="utf-8")
    world.add("other", 'kind = "posts"\nurl = "../other.jsonl"\n')
    run(world, "collect", "other")
    with Store.open(world.db) as store:
        assert [r.record.birth_date for r in store.stored_records() if r.source == "other"] == [
            "1999-04-04"
        ]


def test_others_in_his_post_stay_without_its_text(tmp_path: Path) -> None:
    world = build(tmp_path / "w")
    text = (
        "Ищем двоих: Крутицын Лука Ильич, 11.03.2005 г.р., и Полынов Егор Саввич, 02.02.2003 г.р., "
        "срочники, нет связи с 6 августа."
    )
    (world.folder / "posts.jsonl").write_text(
        lines([("d1", "2024-08-08T10:00:00+03:00", text)]), encoding="utf-8"
    )
    run(world, "collect", "channel")
    run(world, "resolve")
    run(world, "erase", "person", person_of(world, NAME))
    assert bytes_on_disk(world, NAME, "Лука") == {}
    with Store.open(world.db) as store:
        (left,) = store.stored_records()
        assert (left.record.surname, left.record.birth_date) == ("Полынов", "2003-02-02")
        assert store.connection.execute("SELECT text FROM post").fetchone()["text"] == "[…]"
    with Store.open(world.db) as store:
        store.connection.execute("DELETE FROM cursor")
    run(world, "collect", "channel")
    assert bytes_on_disk(world, NAME, "Лука") == {}


def test_one_post_goes_and_does_not_come_back(world: Small) -> None:
    run(world, "erase", "post", "channel", "s4")
    with Store.open(world.db) as store:
        store.connection.execute("DELETE FROM cursor")
    run(world, "collect")
    with Store.open(world.db) as store:
        names = {r["external_id"] for r in store.connection.execute("SELECT external_id FROM post")}
    assert "s4" not in names
    assert "s1" in names


def test_a_source_goes_whole(world: Small) -> None:
    run(world, "erase", "source", "captured")
    with Store.open(world.db) as store:
        left = {r.source for r in store.stored_records()}
    assert left == {"channel", "deceased"}
    assert bytes_on_disk(world, "Запольский") == {}


def test_a_restored_backup_is_erased_again(world: Small, tmp_path: Path) -> None:
    public = run(world, "vault", "keygen", str(tmp_path / "id")).strip()
    run(world, "backup", str(tmp_path / "old.age"), "--key", public)
    run(world, "erase", "person", person_of(world, NAME))
    told = json.loads(
        run(world, "restore", str(tmp_path / "old.age"), "-i", str(tmp_path / "id"), "--replace",
            "--json")
    )  # fmt: skip
    assert told["erased_again"]["records"] == 3
    assert bytes_on_disk(world, NAME, "Лука") == {}


def test_he_stays_out_through_crawl_backup_and_fifty_spellings(
    world: Small, tmp_path: Path
) -> None:
    """One after the other, as it may happen: 0 rows, and 0 bytes in any file the program wrote."""
    public = run(world, "vault", "keygen", str(tmp_path / "id")).strip()
    run(world, "backup", str(tmp_path / "old.age"), "--key", public)
    run(world, "erase", "person", person_of(world, NAME))
    with Store.open(world.db) as store:
        store.connection.execute("DELETE FROM cursor")
    run(world, "collect")
    words = ["restore", str(tmp_path / "old.age"), "-i", str(tmp_path / "id"), "--replace"]
    run(world, *words)
    spell(world)
    run(world, "collect")
    run(world, "resolve", "--full")
    for form in ("jsonl", "csv"):
        (world.folder / f"out.{form}").write_text(run(world, "export", "records", "--format", form))
    with Store.open(world.db) as store:
        kept = [record.record for record in store.stored_records()]
    assert [one.surname for one in kept if (one.given, one.patronymic) == ("Лука", "Ильич")] == []
    read = {"posts.jsonl", "captured.csv", "deceased.csv"}
    written = [path for path in world.folder.rglob("*") if path.is_file() and path.name not in read]
    assert len(written) > 4
    needles = [NAME, NAME.upper(), NAME.lower(), "крутицин", "Крутицин", "Krutitsyn", "90909"]
    for path in written:
        content = path.read_bytes()
        for needle in needles:
            found = [c for c in ("utf-8", "utf-16-le", "cp1251") if needle.encode(c) in content]
            assert not found, (path.name, needle)


def test_his_sealed_pages_go_too(tmp_path: Path) -> None:
    world = build(tmp_path / "w")
    key = run(world, "vault", "keygen", str(tmp_path / "id")).strip()
    page = answer((world.folder / "posts.jsonl").read_bytes())
    with Server({"/posts.jsonl": Turns([page])}) as server:
        world.add("channel", f'kind = "posts"\nurl = "{server.url}/posts.jsonl"\n')
        run(world, "collect", "--allow-loopback", key=key)
        run(world, "resolve")
        vault = world.folder / "count.db.vault"
        before = len(list(vault.rglob("*.age")))
        done = json.loads(run(world, "erase", "person", person_of(world, NAME), "--json"))
        assert done["captures"] == 2  # the page of posts and the list of captives
        assert len(list(vault.rglob("*.age"))) == before - 2
        run(world, "vault", "verify")
        with Store.open(world.db) as store:
            store.connection.execute("DELETE FROM cursor")
        run(world, "collect", "--allow-loopback", key=key)
        assert len(list(vault.rglob("*.age"))) == before - 2


def test_what_was_erased_is_counted_without_a_name(world: Small) -> None:
    run(world, "erase", "person", person_of(world, NAME))
    with Store.open(world.db) as store:
        (line,) = store.connection.execute("SELECT * FROM erasure").fetchall()
        (entry,) = store.connection.execute(
            "SELECT * FROM audit WHERE action = 'erase person'"
        ).fetchall()
    assert (line["what"], line["persons"], line["by_status"]) == ("person", 1, '{"captured": 1}')
    assert (entry["actor"], entry["subject"]) == (LOGIN + account(), None)


def test_the_tokens_alone_tell_nothing(world: Small) -> None:
    run(world, "erase", "person", person_of(world, NAME))
    path = tokens.place(world.db)
    told = json.loads(path.read_text())
    assert set(told) == {"pepper", "men", "posts"}
    assert all(0 <= number < 2**24 for number in told["men"])
    assert path.stat().st_mode & 0o077 == 0


def test_without_readable_tokens_nothing_is_saved(world: Small) -> None:
    run(world, "erase", "person", person_of(world, NAME))
    tokens.place(world.db).write_text("{")
    with Store.open(world.db) as store:
        store.connection.execute("DELETE FROM cursor")
    place = ["--db", str(world.db), "--sources", str(world.sources)]
    answered = CliRunner().invoke(main, [*place, "collect"])
    assert answered.exit_code != 0
    assert "erased" in answered.output
    assert bytes_on_disk(world, NAME) == {}


MAN = Record(surname="Зоркин", given="Пётр", patronymic="Львович", birth_date="2001-05-06")


@pytest.mark.parametrize(
    ("surname", "given", "patronymic", "birth_date", "known"),
    [
        ("Зоркин", "Пётр", "Львович", "2001-05-06", True),
        ("Зоркин", "Пётр", None, "2001-05-06", True),
        ("Зоркен", "Пётр", "Львович", "2001-05-06", True),
        ("Зорькин", "Петя", "Львович", "2001-05-06", True),
        ("Зоркин", "Пётр", "Львович", None, True),
        ("Зоркин", "Пётр", "Львович", "2001", True),
        ("Зоркин", "Пётр", "Львович", "2001-05-07", False),
        ("Зоркин", "Пётр", "Ильич", "2001-05-07", False),
        ("Зоркин", "Пётр", "Львович", "1999", False),
        ("Зоркин", "Пётр", None, None, False),
        ("Зоркин", None, None, None, False),
        ("Иванов", "Пётр", "Львович", None, False),
    ],
)
def test_who_is_known_again(
    surname: str, given: str | None, patronymic: str | None, birth_date: str | None, known: bool
) -> None:
    record = Record(surname=surname, given=given, patronymic=patronymic, birth_date=birth_date)
    kept = tokens.Tokens(pepper=b"p" * 32).with_men(tokens.shapes([MAN]))
    assert kept.knows(record) is known


def test_strangers_pass() -> None:
    kept = tokens.Tokens(pepper=b"p" * 32).with_men(tokens.shapes([MAN]))
    strangers = [
        read_row(ListRow(source="x", row=n, cells={"name": f"Пискарёв Игорь Олегович {1950 + n}"}),
                 Claim.CAPTURED).records[0]
        for n in range(50)
    ]  # fmt: skip
    assert not any(kept.knows(record) for record in strangers)


def test_nobody_else_is_counted_anew(world: Small) -> None:
    """At a million posts that would take a minute; and the sums are those of who stays."""
    with Store.open(world.db) as store:
        erasure.erase_person(store, person_of(world, NAME), "anna", NOW)
        due = {row[0] for row in store.connection.execute("SELECT person_id FROM standing_due")}
        assert standings.ALL not in due
        with store.writing() as connection:
            standings.refresh(connection)
        kept = summed(store)
        with store.writing() as connection:
            connection.execute("INSERT INTO standing_due VALUES (?)", (standings.ALL,))
            standings.refresh(connection)
        assert summed(store) == kept
        assert kept[0], "somebody is left"


def summed(store: Store) -> list[list[tuple[object, ...]]]:
    return [
        sorted(map(tuple, store.connection.execute(f"SELECT * FROM {table}")))  # noqa: S608
        for table in sums.TABLES
    ]
