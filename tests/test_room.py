"""Who may enter the room, what nobody can make it do, and files no spreadsheet runs."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sqlite3
import stat
import zipfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pysqlite3
import pytest
from small import Small

from model import UnusableInput
from store.datasette.doors import MOST, WINDOW, Tries
from store.datasette.guarded import authorize
from store.datasette.room import Room
from store.datasette.search import expanded
from store.formulas import harmless
from store.serving import application, serve
from store.users import Role, Users, fits, hashed

NOW = datetime(2024, 8, 23, 12, tzinfo=UTC)
PASSWORD = "seven invented words of no man"  # noqa: S105
EVERY_PAGE = (
    "/", "/rollcall", "/rollcall.json", "/rollcall.db", "/rollcall/person", "/rollcall/person.json",
    "/rollcall/person.csv?_stream=1", "/rollcall/person.xlsx", "/rollcall/review_queue",
    "/rollcall.json?sql=select+1", "/-/review", "/-/review/claims", "/-/review/rows",
    "/-/review/state.json",
    "/-/databases.json", "/-/versions.json", "/-/plugins", "/-/settings.json", "/-/metadata.json",
    "/-/actor.json", "/-/permissions", "/-/allow-debug", "/-/messages", "/-/patterns", "/-/threads",
    "/rollcall/person/x", "/rollcall/post/x.json", "//rollcall/person", "/-/logout", "/nowhere",
)  # fmt: skip


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    found = Users(tmp_path_factory.mktemp("users") / "users.json")
    found.add("anna", Role.EDITOR, PASSWORD, NOW)
    found.add("vera", Role.ANALYST, PASSWORD, NOW)
    return found


@asynccontextmanager
async def client(room: Room, base: str = "http://here") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application(room))
    async with httpx.AsyncClient(transport=transport, base_url=base) as found:
        yield found


async def token(browser: httpx.AsyncClient, path: str = "/-/login") -> str:
    (found, *_) = re.findall(r'name="csrftoken" value="([^"]+)"', (await browser.get(path)).text)
    return str(found)


async def enter(
    browser: httpx.AsyncClient, name: str, password: str = PASSWORD, after: str = "/"
) -> httpx.Response:
    form = {
        "csrftoken": await token(browser), "username": name, "password": password, "next": after,
    }  # fmt: skip
    return await browser.post("/-/login", data=form)


def within(room: Room, act: Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with client(room) as browser:
            await act(browser)

    asyncio.run(run())


# Who may enter


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_stranger_sees_nothing(counted: Small, users: Users, path: str) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        answer = await browser.get(path)
        assert answer.status_code in (302, 401)
        assert "Крутицын" not in answer.text
        if answer.status_code == 302:
            assert answer.headers["location"].startswith("/-/login")
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    within(Room(db=counted.db, users=users), act)


def test_login_leads_on_with_a_hard_cookie(counted: Small, users: Users) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        asked = await browser.get("/rollcall/person?status=missing")
        assert asked.headers["location"] == "/-/login?next=%2Frollcall%2Fperson%3Fstatus%3Dmissing"
        done = await enter(browser, "vera", after="/rollcall/person?status=missing")
        assert (done.status_code, done.headers["location"]) == (
            302, "/rollcall/person?status=missing",
        )  # fmt: skip
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("rollcall_session=")
        assert "; HttpOnly" in cookie
        assert "; SameSite=lax" in cookie
        assert "Secure" not in cookie
        assert "Крутицын" in (await browser.get("/rollcall/person")).text
        out = await browser.post("/-/logout", data={"csrftoken": await token(browser, "/")})
        assert out.headers["location"] == "/-/login"
        assert (await browser.get("/rollcall/person")).status_code == 302

    within(Room(db=counted.db, users=users), act)


def test_behind_https_cookies_are_secure(counted: Small, users: Users) -> None:
    async def run() -> None:
        async with client(Room(db=counted.db, users=users), "https://here") as browser:
            first = await browser.get("/-/login")
            assert "; Secure" in first.headers["set-cookie"]
            assert "; HttpOnly" in first.headers["set-cookie"]
            assert "; Secure" in (await enter(browser, "anna")).headers["set-cookie"]

    asyncio.run(run())


@pytest.mark.parametrize("after", ["//elsewhere.example", "https://elsewhere.example", "/\\e", ""])
def test_login_never_leads_elsewhere(counted: Small, users: Users, after: str) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        assert (await enter(browser, "anna", after=after)).headers["location"] == "/"

    within(Room(db=counted.db, users=users), act)


def test_too_many_tries_are_refused_even_with_the_right_password(
    counted: Small, users: Users
) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        for _ in range(MOST["both"]):
            assert (await enter(browser, "anna", "a wrong password")).status_code == 403
        assert (await enter(browser, "anna")).status_code == 429
        assert (await enter(browser, "nobody", "a wrong password")).status_code == 403
        assert (await enter(browser, "vera")).status_code == 302

    within(Room(db=counted.db, users=users), act)


def test_tries_are_counted_by_address_and_by_name_and_forgotten() -> None:
    now = [0.0]
    tries = Tries(lambda: now[0])
    for n in range(MOST["address"]):
        tries.failed("10.0.0.1", f"name{n}")
    assert tries.wait("10.0.0.1", "another") == WINDOW
    assert tries.wait("10.0.0.2", "another") == 0
    for n in range(MOST["name"]):
        tries.failed(f"10.1.0.{n}", "anna")
    assert tries.wait("10.9.9.9", "anna") == WINDOW
    now[0] = WINDOW + 1
    assert tries.wait("10.0.0.1", "anna") == 0


def test_a_changed_password_or_role_ends_the_sessions(counted: Small, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    for change in (
        lambda: users.add("anna", Role.EDITOR, PASSWORD + "!", NOW),
        lambda: users.add("anna", Role.ANALYST, PASSWORD, NOW),
        lambda: users.remove("anna"),
    ):
        users.add("anna", Role.EDITOR, PASSWORD, NOW)
        users.add("other", Role.EDITOR, PASSWORD, NOW)

        async def act(browser: httpx.AsyncClient, change: Callable[[], object] = change) -> None:
            await enter(browser, "anna")
            assert (await browser.get("/")).status_code == 200
            change()
            assert (await browser.get("/")).status_code == 302

        within(Room(db=counted.db, users=users), act)


@pytest.mark.parametrize("cookie", ["", "x", "eyJpZCI6ImFubmEifQ.AAAA", '"', "a=b; c"])
def test_a_made_up_session_is_none(counted: Small, users: Users, cookie: str) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        answer = await browser.get("/", headers={"cookie": f"rollcall_session={cookie}"})
        assert answer.status_code == 302
        answer = await browser.get("/", headers={"cookie": f"ds_actor={cookie}"})
        assert answer.status_code == 302

    within(Room(db=counted.db, users=users), act)


def test_an_analyst_decides_nothing(own: Small, users: Users) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        await enter(browser, "vera")
        csrf = await token(browser, "/")
        forms = {
            "/-/review/decide": {"pair": "1", "judgement": "same", "seen": "0"},
            "/-/review/undo": {"decision": "1"},
            "/-/review/approve": {"record": "x", "approved": "1"},
        }
        for path, form in forms.items():
            answer = await browser.post(path, data={"csrftoken": csrf, **form})
            assert answer.status_code == 403, path
        for path in ("/-/review", "/-/review/claims", "/-/review/state.json"):
            assert (await browser.get(path)).status_code == 403, path

    within(Room(db=own.db, users=users), act)


@pytest.mark.parametrize("path", ["/-/review/decide", "/-/review/undo", "/-/review/approve",
                                  "/-/review/rows/settle", "/-/review/rows/undo",
                                  "/-/login", "/-/logout", "/rollcall/person"])  # fmt: skip
@pytest.mark.parametrize(
    ("headers", "cookies", "csrf"),
    [
        ({}, False, "none"),  # no token, no cookie: Datasette alone would let it through
        ({}, True, "none"),
        ({}, True, "wrong"),
        ({"origin": "http://elsewhere.example"}, True, "right"),
        ({"sec-fetch-site": "cross-site"}, True, "right"),
    ],
)
def test_a_form_from_elsewhere_is_refused(
    counted: Small, path: str, headers: dict[str, str], cookies: bool, csrf: str
) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        right = await token(browser, "/rollcall/review_queue") if cookies else ""
        form = {} if csrf == "none" else {"csrftoken": right if csrf == "right" else "x"}
        answer = await browser.post(path, data={**form, "pair": "1"}, headers=headers)
        assert answer.status_code == 403

    within(Room(db=counted.db, open_as="editor"), act)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_methods(counted: Small, method: str) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        assert (await browser.request(method, "/")).status_code == 403

    within(Room(db=counted.db, open_as="editor"), act)


def test_open_to_all_only_on_this_machine(counted: Small) -> None:
    with pytest.raises(UnusableInput, match="not this machine alone"):
        serve(Room(db=counted.db, open_as="editor"), "0.0.0.0", 0)  # noqa: S104
    with pytest.raises(UnusableInput, match="either users"):
        Room(db=counted.db)
    done = counted.rollcall("serve")
    assert done.returncode == 2
    assert "no users yet" in done.stderr


# The users' file


def test_the_users_file_is_for_its_owner_and_holds_no_password(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.add("anna", Role.EDITOR, PASSWORD, NOW)
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert PASSWORD not in users.path.read_text(encoding="utf-8")
    assert fits(PASSWORD, users.get("anna"))
    assert not fits("another password", users.get("anna"))
    assert not fits(PASSWORD, users.get("boris"))
    assert [path.name for path in tmp_path.iterdir()] == ["users.json"]
    users.path.chmod(0o644)
    with pytest.raises(UnusableInput, match="others can read it"):
        Users(users.path).all()


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [("Anna", PASSWORD, "no user name"), ("a b", PASSWORD, "no user name"), ("", PASSWORD, "name"),
     ("../x", PASSWORD, "no user name"), ("anna", "short", "shorter")],
)  # fmt: skip
def test_poor_names_and_passwords(tmp_path: Path, name: str, password: str, told: str) -> None:
    with pytest.raises(UnusableInput, match=told):
        Users(tmp_path / "users.json").add(name, Role.EDITOR, password, NOW)


@pytest.mark.parametrize("content", ["", "{}", '{"users": [{"name": 1}], "secret": ""}', "[1]"])
def test_a_broken_users_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(UnusableInput, match="no users' file"):
        Users(path).all()


def test_users_by_command(own: Small) -> None:
    done = own.rollcall("user", "add", "anna", "--role", "editor", "--generate")
    password = done.stdout.split()[-1]
    users = Users(own.db.with_name("count.db.users.json"))
    assert fits(password, users.get("anna"))
    assert '"role": "editor"' in own.rollcall("user", "list", "--json").stdout
    assert own.rollcall("user", "remove", "anna").returncode == 0
    assert own.rollcall("user", "remove", "anna").returncode == 2
    assert users.all() == []
    assert hashed("x") != hashed("x")


# What a query can't do

FORBIDDEN = (
    "ATTACH DATABASE ':memory:' AS x", "ATTACH 'file:/tmp/x?mode=rwc' AS x", "DETACH main",
    "PRAGMA query_only = OFF", "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = ON",
    "PRAGMA user_version = 7", "PRAGMA trusted_schema = ON", "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA optimize", "PRAGMA incremental_vacuum", "PRAGMA temp_store_directory = '/tmp'",
    "VACUUM", "VACUUM INTO '/tmp/x.db'", "REINDEX", "ANALYZE", "DELETE FROM person",
    "UPDATE person SET name = ''", "INSERT INTO person_fts (person_fts) VALUES ('rebuild')",
    "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)", "CREATE TEMP VIEW x AS SELECT 1",
    "DROP TABLE post", "ALTER TABLE post ADD COLUMN x", "SAVEPOINT x",
    "SELECT load_extension('x')", "CREATE VIRTUAL TABLE x USING fts5 (y)",
)  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_query_reads_and_nothing_else(counted: Small, statement: str) -> None:
    """At the door that Datasette keeps, and behind it on the connection itself."""

    async def act(browser: httpx.AsyncClient) -> None:
        answer = await browser.get("/rollcall.json", params={"sql": statement})
        assert answer.status_code == 400

    within(Room(db=counted.db, open_as="editor"), act)
    connection = pysqlite3.connect(f"{counted.db.as_uri()}?mode=ro", uri=True)
    connection.set_authorizer(authorize)
    try:
        with pytest.raises(pysqlite3.DatabaseError, match=r"authoriz|prohibited"):
            connection.execute(statement).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM person", "SELECT * FROM pragma_table_info('person')",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3) SELECT * FROM n",
        "SELECT value FROM json_each('[1]')", "EXPLAIN QUERY PLAN SELECT * FROM person",
        "SELECT name FROM person_fts JOIN person ON person.rowid = person_fts.rowid "  # noqa: S608
        f"WHERE person_fts MATCH '{expanded('Крутицыну')}'",
    ],
)  # fmt: skip
def test_what_analysts_ask_is_answered(counted: Small, statement: str) -> None:
    async def act(browser: httpx.AsyncClient) -> None:
        answer = await browser.get("/rollcall.json", params={"sql": statement})
        assert answer.status_code == 200
        assert answer.json()["rows"]

    within(Room(db=counted.db, open_as="editor"), act)


# Files


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+7", "'+7"), ("-1", "'-1"), ("@x", "'@x"),
        ("\tx", "'\tx"), ("\r=1", "'\r=1"), ("  =1", "'  =1"), ("＝1", "'＝1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("Иванов", "Иванов"), ("a=b", "a=b"), ("", ""), (7, 7), (-5, -5), (None, None),
    ],
)  # fmt: skip
def test_a_formula_is_put_behind_an_apostrophe(cell: object, written: object) -> None:
    assert harmless(cell) == written


def test_no_file_of_the_room_carries_a_formula(own: Small) -> None:
    with sqlite3.connect(own.db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        connection.execute("UPDATE person SET name = '=cmd|calc', home_place = '@SUM(1)'")
        connection.execute("UPDATE post SET text = '+7 =1' || char(10) || '=2'")
    connection.close()

    async def act(browser: httpx.AsyncClient) -> None:
        for path in ("/rollcall/person.csv?_size=max", "/rollcall/person.csv?_stream=1",
                     "/rollcall/post.csv?_stream=1",
                     "/rollcall/newly_missing.csv?from_day=2024-01-01",
                     "/rollcall/record.csv?_labels=on&_stream=1"):  # fmt: skip
            text = (await browser.get(path)).text
            rows = list(csv.reader(io.StringIO(text)))
            assert len(rows) > 1, path
            assert [c for row in rows for c in row if c.startswith(("=", "+", "@"))] == [], path
        book = await browser.get("/rollcall/person.xlsx?_size=max")
        assert book.headers["content-type"].endswith("sheet")
        with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
            sheet = parts.read("xl/worksheets/sheet1.xml").decode()
            strings = parts.read("xl/sharedStrings.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert "'=cmd|calc" in strings
        assert (await browser.get("/rollcall/tally.xlsx?as_of=2024-08-23")).status_code == 200

    within(Room(db=own.db, open_as="editor"), act)


# Faults


def test_a_fault_tells_its_place_and_quotes_nothing(
    counted: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log of a page that fails holds no name, no row, no cookie."""

    def fail(*_: object) -> None:
        secret = "Крутицын Лука Ильич"  # noqa: S105
        raise RuntimeError(f"no room for {secret}")

    monkeypatch.setattr("store.datasette.pages.resolve_id", fail)

    async def act(browser: httpx.AsyncClient) -> None:
        page = await browser.get("/rollcall/person/p1")
        assert (await browser.get("/rollcall/person/pffff")).status_code in (404, 500)
        assert page.status_code in (404, 500)
        (found, *_) = (await browser.get("/rollcall/person.json?_shape=array")).json()
        broken = await browser.get(f"/rollcall/person/{found['person_id']}")
        assert broken.status_code == 500
        assert "This page failed" in broken.text
        assert (await browser.get("/rollcall.json?sql=select+Крутицын")).status_code == 400
        assert (await browser.get("/nowhere")).status_code == 404

    within(Room(db=counted.db, open_as="editor"), act)
    told = "".join(capsys.readouterr())
    assert "a page failed: RuntimeError at test_room.py:" in told
    assert "Крутицын" not in told
    assert "Лука" not in told


def test_a_word_that_cannot_be_kept_is_told_where_it_was_given(
    own: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store held by another writer: no loop of tries, the pair stays in view."""

    def held(*_: object, **__: object) -> None:
        raise UnusableInput("the database is held by another writer")

    monkeypatch.setattr("store.reviewing.decide", held)
    monkeypatch.setattr("store.turns.take", held)

    async def act(browser: httpx.AsyncClient) -> None:
        csrf = await token(browser, "/rollcall/review_queue")
        form = {"csrftoken": csrf, "pair": "7", "judgement": "same", "seen": "0"}
        came = {"referer": "http://here/rollcall/review/7"}
        answer = await browser.post("/-/review/decide", data=form, headers=came)
        assert (answer.status_code, answer.headers["location"]) == (303, "/rollcall/review/7")
        answer = await browser.get("/-/review", headers={"referer": "http://elsewhere.example/x"})
        assert answer.headers["location"] == "/rollcall/review_queue"
        assert "held by another writer" in (await browser.get("/rollcall/review_queue")).text

    within(Room(db=own.db, open_as="editor"), act)
