"""What the analysts' pages can't be made to do."""

from __future__ import annotations

import asyncio
import json
import sqlite3

import httpx
import pytest
from small import Get, Small

from store import Store
from store.datasette.queries import canned_queries
from store.datasette.room import Room
from store.serving import application, only_hosts


def test_headers_keep_a_page_to_its_host(get: Get) -> None:
    policy = get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "https" not in policy
    assert get("/rollcall/person.json").headers["x-content-type-options"] == "nosniff"


def test_the_file_cannot_be_written_or_taken(get: Get, counted: Small) -> None:
    assert get("/rollcall.db").status_code == 403
    for statement in ("DELETE FROM person", "UPDATE post SET text = ''", "DROP TABLE post"):
        answer = get(f"/rollcall.json?sql={statement}")
        assert answer.status_code == 400
    with Store.open(counted.db, read_only=True) as store:
        assert store.connection.execute("SELECT count(*) FROM person").fetchone()[0] == 4


@pytest.mark.parametrize(
    "payload",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:x"],
)
def test_text_of_a_post_is_text(own: Small, payload: str) -> None:
    with sqlite3.connect(own.db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        connection.execute("UPDATE post SET text = ?, url = ? WHERE external_id = 's1'",
                           (f"{payload} Крутицын", payload))  # fmt: skip
        connection.execute("UPDATE person SET names = names || ?, name = name || ?", (payload,) * 2)
        (post_id,) = connection.execute(
            "SELECT post_id FROM post WHERE external_id = 's1'"
        ).fetchone()
        (person,) = connection.execute("SELECT person_id FROM person LIMIT 1").fetchone()
    connection.close()
    app = application(Room(db=own.db, open_as="editor"))

    async def pages() -> list[str]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            paths = (f"/rollcall/post/{post_id}", f"/rollcall/person/{person}", "/rollcall/person",
                     "/rollcall/post?_all=1", f"/rollcall/person?_search={payload}")  # fmt: skip
            return [(await client.get(path)).text for path in paths]

    for page in asyncio.run(pages()):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49 Крутицын" not in page
        assert 'href="javascript:' not in page


def test_another_hosts_name_is_refused(counted: Small) -> None:
    app = only_hosts(application(Room(db=counted.db, open_as="editor")), {"127.0.0.1", "localhost"})

    async def ask(base: str) -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return (await client.get("/")).status_code

    assert asyncio.run(ask("http://127.0.0.1:8001")) == 200
    assert asyncio.run(ask("http://rebound.example:8001")) == 421


def test_canned_queries_keep_their_parameters() -> None:
    assert canned_queries()["tally"]["params"] == ["as_of", "known_at", "evidence"]
    assert canned_queries()["newly_missing"]["params"] == ["from_day", "to_day", "page"]
    assert json.dumps(canned_queries())
