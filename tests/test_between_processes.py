"""What one process does while another waits its turn: the erased stay out, nothing new is lost.

The other holds SQLite's writing lock, as a collection or a resolution does, until the first has
come to wait for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pysqlite3
import pytest
from crash_jobs import first_schema
from histories import NOW, man, new_store, post, resolve, save

from model import StoreUnusable
from store import Store, backup, dictionary, durable, erasure, facade, retention, tokens
from store.connection import connect

LATER = NOW + timedelta(days=90)
IDENTITY = pyrage.x25519.Identity.generate()
KEY, SECRET = str(IDENTITY.to_public()), str(IDENTITY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two men, a post each: Петров and Зимин."""
    with new_store(tmp_path / "r.db") as store:
        save(store, post(1, "2024-08-10"), "Ищу Петрова", man(birth_date="2001-02-03"))
        save(
            store,
            post(2, "2024-08-11"),
            "Ищу Зимина",
            man(surname="Зимин", birth_date="2002-03-04"),
        )
        persons(store)
    return tmp_path / "r.db"


def persons(store: Store) -> None:
    """Each record a person of its own."""
    resolve(store, {f"p{one.record.surname}": [one.record_id] for one in store.stored_records()})


def surnames(path: Path) -> list[str]:
    with Store.open(path) as store:
        return sorted(str(one.record.surname) for one in store.stored_records())


@contextmanager
def waiting(work: Callable[[], Any], held: Any) -> Iterator[Future[Any]]:
    """The work, which has come to wait for the lock that `held` has; it goes on after the block."""
    with ThreadPoolExecutor(1) as pool:
        began = pool.submit(work)
        time.sleep(0.5)
        assert not began.done(), began.result()
        yield began
        held.execute("COMMIT")
        began.exception(30)


@pytest.fixture
def writer(path: Path) -> Iterator[Any]:
    """Another process's connection, in a write transaction."""
    held = connect(path, create=False)
    held.execute("BEGIN IMMEDIATE")
    yield held
    held.close()


def erase(path: Path, person_id: str) -> erasure.Erased:
    with Store.open(path) as store:
        return erasure.erase_person(store, person_id, "anna", NOW)


# ---- erasing


def test_who_is_erased_while_a_collection_waits_stays_out(path: Path, writer: Any) -> None:
    def collected() -> None:
        with Store.open(path) as store:
            again = post(3, "2024-08-12", name="news")
            save(store, again, "Снова он", man(birth_date="2001-02-03"))

    with waiting(collected, writer):  # meanwhile an erasure wrote his token down
        told = tokens.shapes([man(birth_date="2001-02-03")])
        tokens.load_or_new(tokens.place(path)).with_men(told).save(tokens.place(path))
    assert surnames(path) == ["Зимин", "Петров"]  # the one of before, and no other


def test_what_was_collected_and_not_yet_resolved_goes_too(path: Path) -> None:
    with Store.open(path) as store:
        new = post(3, "2024-08-12", name="news")
        save(store, new, "Снова он", man(birth_date="2001-02-03"))
    assert erase(path, "pПетров").records == 2
    assert surnames(path) == ["Зимин"]
    assert "Снова" not in path.read_bytes().decode(errors="ignore")


def test_what_was_collected_while_an_erasure_waits_goes_too(path: Path, writer: Any) -> None:
    with waiting(lambda: erase(path, "pПетров"), writer) as erased:
        writer.execute(
            "INSERT INTO post (post_id, source, external_id, posted_at, posted_on, text, extractor,"
            " versions, learned_at) SELECT 'new', source, '9', posted_at, posted_on, 'Снова он',"
            " extractor, 1, learned_at FROM post WHERE external_id = '1'"
        )
        names = [row[1] for row in writer.execute("PRAGMA table_info(record)")]
        said = ", ".join({"record_id": "'x'", "post_id": "'new'"}.get(n, n) for n in names)
        writer.execute(
            f"INSERT INTO record ({', '.join(names)}) "  # noqa: S608  names of columns
            f"SELECT {said} FROM record WHERE surname = 'Петров'"
        )
    assert erased.result().records == 2
    assert surnames(path) == ["Зимин"]


def test_two_erasures_at_once_are_both_remembered(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(place: Path, content: bytes) -> None:
        time.sleep(0.5)
        kept(place, content)

    kept = durable.put
    monkeypatch.setattr(tokens, "put", slow)
    both = [threading.Thread(target=erase, args=(path, f"p{n}")) for n in ("Петров", "Зимин")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert surnames(path) == []
    known = tokens.Tokens.load(tokens.place(path))
    assert known is not None
    assert known.knows(man(birth_date="2001-02-03"))
    assert known.knows(man(surname="Зимин", birth_date="2002-03-04"))


def test_what_an_author_wrote_while_texts_expire_is_kept(path: Path, writer: Any) -> None:
    def expired() -> int:
        with Store.open(path) as store:
            return retention.expire_texts(store, 30, "service", LATER)

    with waiting(expired, writer) as done:
        writer.execute("UPDATE post SET text = 'Нашёлся', versions = 2 WHERE external_id = '1'")
        writer.execute(
            "INSERT INTO post_version (post_id, version, text, seen_at) "
            "SELECT post_id, 2, 'Нашёлся', ? FROM post WHERE external_id = '1'",
            (LATER.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),),
        )
    assert done.result() == 1
    with Store.open(path, read_only=True) as store:
        texts = [r[0] for r in store.connection.execute("SELECT text FROM post ORDER BY post_id")]
    assert sorted(texts) == ["[…]", "Нашёлся"]


# ---- migrating


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A database of the first schema."""
    (tmp_path / "old").mkdir()
    first_schema(tmp_path / "old")
    return tmp_path / "old" / "r.db"


def test_an_older_program_does_not_take_a_newer_ones_schema_back(first: Path) -> None:
    """Both were started on the old file; the newer one migrates it first."""
    newer = pysqlite3.connect(str(first), isolation_level=None)
    newer.execute("BEGIN IMMEDIATE")
    with waiting(lambda: Store.open(first).close(), newer) as older:
        newer.execute("PRAGMA user_version = 9999")
    with pytest.raises(StoreUnusable, match="newer"):
        older.result()
    assert newer.execute("PRAGMA user_version").fetchone() == (9999,)
    newer.close()


def test_a_backup_while_a_migration_runs_is_of_the_schema_before(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = connect(first, create=False, read_only=True)
    heads = []

    def last(_connection: object) -> None:  # all is migrated, nothing is committed
        heads.append(backup.backup(reader, first.with_name("b.age"), KEY, NOW))

    monkeypatch.setattr(dictionary, "write", last)
    Store.open(first).close()
    reader.close()
    assert [head.schema for head in heads] == [1]
    monkeypatch.undo()
    copy = first.with_name("copy.db")
    backup.restore(first.with_name("b.age"), copy, SECRET)
    with Store.open(copy) as store:  # migrates
        assert store.connection.execute("SELECT text FROM post").fetchone()["text"] == "Ищу"


# ---- restoring


@pytest.fixture
def sealed(path: Path) -> Path:
    with Store.open(path, read_only=True) as store:
        backup.backup(store.connection, path.with_name("b.age"), KEY, NOW)
    return path.with_name("b.age")


@pytest.mark.parametrize("statement", [None, "BEGIN", "BEGIN IMMEDIATE"])
@pytest.mark.parametrize("read_only", [True, False])
def test_what_others_have_open_is_not_replaced(
    path: Path, sealed: Path, read_only: bool, statement: str | None
) -> None:
    with Store.open(path, read_only=read_only) as store:
        if statement and not (read_only and "IMMEDIATE" in statement):
            store.connection.execute(statement)
        assert len(store.stored_records()) == 2
        with pytest.raises(StoreUnusable, match="in use"):
            backup.restore(sealed, path, SECRET)
        assert len(store.stored_records()) == 2


def test_nobody_gets_in_while_it_is_replaced(path: Path, sealed: Path) -> None:
    """Who comes meanwhile is told so, or finds the new one: his word is never lost."""
    said: list[str] = []

    def write(number: int) -> None:
        with suppress(StoreUnusable), Store.open(path) as store:
            save(store, post(number, "2024-08-12"), "Потом", man(surname=f"Новый{number}"))
            said.append(f"Новый{number}")

    def meanwhile(_half: Path) -> None:
        for number in range(10, 14):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            time.sleep(0.2)

    threads: list[threading.Thread] = []
    backup.restore(sealed, path, SECRET, meanwhile)
    for thread in threads:
        thread.join()
    write(20)
    assert "Новый20" in said
    assert set(surnames(path)) == {"Зимин", "Петров", *said}
    with Store.open(path) as store:
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_who_is_erased_while_a_backup_is_restored_stays_out(path: Path, sealed: Path) -> None:
    """The erasure waits or is refused; if it was acknowledged, he is not in what took its place."""
    erased: list[str] = []

    def meanwhile(half: Path) -> None:
        with Store.open(half) as store:
            erasure.erase_again(store, "anna", NOW)
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(erase, path, "pПетров")
            if done.exception(30) is None:
                erased.append("Петров")

    backup.restore(sealed, path, SECRET, meanwhile)
    assert not set(erased) & set(surnames(path))


def test_what_was_made_ready_is_whole_before_it_is_moved(
    path: Path, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its WAL could not be emptied, as where a disk is full: the database of before stands."""
    held = []

    def readying(half: Path) -> None:
        held.append(pysqlite3.connect(str(half), isolation_level=None))
        held[0].execute("PRAGMA journal_mode = WAL")
        held[0].execute("PRAGMA wal_autocheckpoint = 0")
        held[0].execute("UPDATE post SET text = 'made ready'")

    with pytest.raises(StoreUnusable, match="in use"):
        backup.restore(sealed, path, SECRET, readying)
    held[0].close()
    assert surnames(path) == ["Зимин", "Петров"]


def test_a_file_replaced_while_it_is_opened_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced(place: Path, **words: bool) -> Any:
        opened = connect(place, **words)
        place.with_name("other.db").replace(place)
        return opened

    path.with_name("other.db").write_bytes(path.read_bytes())
    monkeypatch.setattr(facade, "connect", replaced)
    with pytest.raises(StoreUnusable, match="replaced"):
        Store.open(path)
