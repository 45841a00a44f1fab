"""One server with a healthy source of each kind, and a store that collected them → a place to
break one of them, and to see that nothing else broke and that nothing was lost or doubled."""

from __future__ import annotations

import asyncio
import html
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from server import Scripted, Server, answer

import pipeline
from model import Claim, Source
from scraper.client import Client, ClientSettings

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
POSTS = range(1, 9)  # what every source holds before the fault
LATER = range(1, 10)  # and after it


def text(number: int) -> str:
    return f"Ищу сына, пост {number}. Пропал в Курске, служит срочную. Связи нет."


def day(number: int) -> datetime:
    return NOW - timedelta(days=20 - number)


def preview(numbers: range = POSTS, extra: str = "") -> bytes:
    blocks = "".join(block(number) for number in numbers)
    return f"<html><body><section>{blocks}{extra}</section></body></html>".encode()


def block(number: int, said: str | None = None, at: str | None = None) -> str:
    return (
        f'<div class="tgme_widget_message" data-post="kanal/{number}"><div class="js-message_text">'
        f"{html.escape(text(number) if said is None else said)}</div>"
        '<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date">'
        f'<time datetime="{at or day(number).isoformat()}"></time></a></span></div>'
    )


def feed(numbers: range = POSTS, extra: str = "") -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>n{n}</guid><pubDate>{format_datetime(day(n))}</pubDate>"
        f"<description>{text(n)}</description></item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Вести</title>'
        f"{items}{extra}</channel></rss>"
    ).encode()


def item(number: int, **given: object) -> dict[str, object]:
    at = int(day(number).timestamp())
    return {"id": number, "owner_id": -7, "from_id": -7, "date": at, "text": text(number)} | given


def wall(numbers: range = POSTS, extra: tuple[object, ...] = ()) -> bytes:
    items = [*extra, *(item(number) for number in reversed(numbers))]
    return json.dumps({"response": {"count": len(items), "items": items}}).encode()


def table(numbers: range = POSTS) -> bytes:
    lines = [f"{n};Пробный {_NAMES[n]} Ильич;200{n % 6}-05-0{n}" for n in numbers]
    return "\n".join(["id;name;birth", *lines, ""]).encode()


def rows(numbers: range = POSTS) -> bytes:
    listed = [
        {"id": str(n), "name": f"Пробный {_NAMES[n]} Ильич", "birth": f"200{n % 6}-05-0{n}"}
        for n in numbers
    ]
    return json.dumps({"men": listed}).encode()


def register(numbers: range = POSTS) -> bytes:
    men = "".join(
        f"<pfif:person><pfif:person_record_id>x/{n}</pfif:person_record_id>"
        f"<pfif:full_name>Пробный {_NAMES[n]} Ильич</pfif:full_name></pfif:person>"
        for n in numbers
    )
    space = 'xmlns:pfif="http://zesty.ca/pfif/1.4"'
    return f'<?xml version="1.0"?><pfif:pfif {space}>{men}</pfif:pfif>'.encode()


def board(numbers: range = POSTS) -> bytes:
    lines = "".join(
        f'<article id="p{n}"><time datetime="{day(n).isoformat()}"></time>'
        f"<p>{text(n)}</p></article>"
        for n in reversed(numbers)
    )
    return f"<html><body>{lines}</body></html>".encode()


_GIVEN = ("Пётр", "Семён", "Лука", "Иван", "Глеб", "Олег", "Фёдор", "Егор", "Марк", "Демид")
_NAMES = dict(enumerate(_GIVEN, start=1))
# kind → where it is served, its healthy page, and what its TOML file would say beside
KINDS: Mapping[str, tuple[str, object, dict[str, object]]] = {
    "telegram": ("/s/kanal", preview, {}),
    "rss": ("/feed", feed, {}),
    "vk": ("/method/wall.get", wall, {}),
    "csv": ("/list.csv", table, {"claim": Claim.CAPTURED, "columns": {
        "external_id": "id", "name": "name", "birth_date": "birth"}}),
    "json": ("/list.json", rows, {"claim": Claim.CAPTURED, "columns": {
        "external_id": "id", "name": "name", "birth_date": "birth"}}),
    "pfif": ("/pfif.xml", register, {"claim": Claim.CAPTURED}),
    "html": ("/board", board, {
        "columns": {"external_id": "@id", "text": "p", "posted_at": "time@datetime"},
        "options": {"rows": "article"}}),
}  # fmt: skip


@dataclass(slots=True)
class World:
    """The server, its script, and the store in which all is well."""

    server: Server
    script: dict[str, Scripted]
    healthy: Path
    sources: dict[str, Source] = field(default_factory=dict)

    def settings(self, **given: object) -> ClientSettings:
        plain = ClientSettings(
            allow_loopback=True, attempts=2, backoff=0.01, clock=lambda: NOW, deadline=1.0,
            read_timeout=0.4, connect_timeout=0.4, max_bytes=2_000_000, longest_wait=0.05,
            contact="mail@site.example",
        )  # fmt: skip
        return replace(plain, **given)  # type: ignore[arg-type]

    def round(
        self, db: Path, *names: str, forced: tuple[str, ...] = (), **given: object
    ) -> dict[str, pipeline.Collected]:
        async def go() -> list[pipeline.Collected]:
            async with Client(self.settings(**given)) as client:
                listed = [self.sources[name] for name in names]
                clock = client.settings.clock
                return await pipeline.collect_round(listed, db, client, clock, forced=forced)

        return {ended.source: ended for ended in asyncio.run(go())}


def build(server: Server, script: dict[str, Scripted], folder: Path) -> World:
    """Collect every source once, in health."""
    world = World(server, script, folder / "healthy.db")
    for kind, (path, page, told) in KINDS.items():
        query = "?owner_id=-7" if kind == "vk" else ""
        world.sources[kind] = Source(
            name=kind, kind=kind, url=f"{server.url}{path}{query}",
            path=str(folder / f"{kind}.toml"), **told,  # type: ignore[arg-type]
        )  # fmt: skip
        script[path] = answer(page())  # type: ignore[operator]
    elsewhere = server.url.replace("127.0.0.1", "localhost")  # another host: holds are a host's
    world.sources["good"] = replace(world.sources["rss"], name="good", url=f"{elsewhere}/good")
    script["/good"] = answer(feed())
    pipeline.register(world.healthy, list(world.sources.values()))
    ended = world.round(world.healthy, *world.sources, deadline=30.0, read_timeout=30.0)
    assert not [one.error for one in ended.values() if one.error]
    return world


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of one kind of source. `cause` None: it is no failure, and nothing is lost."""

    name: str
    kind: str
    sent: Scripted
    cause: str | None
    path: str = ""  # what is broken; the kind's own page if empty


def held(db: Path, source: str) -> dict[str, tuple[object, ...]]:
    """What the store holds of a source: id → its text, versions, and whether it is gone."""
    with sqlite3.connect(db) as connection:
        found = connection.execute(
            "SELECT external_id, text, versions, deleted_at IS NOT NULL FROM post WHERE source = ?1"
            " UNION ALL SELECT external_id, text, versions, gone_at IS NOT NULL FROM list_row"
            " WHERE source = ?1",
            (source,),
        ).fetchall()
    connection.close()
    ids = [row[0] for row in found]
    assert len(ids) == len(set(ids)), f"doubled: {ids}"
    return {row[0]: row[1:] for row in found}


def cursor(db: Path, source: str) -> str:
    with sqlite3.connect(db) as connection:
        (value,) = connection.execute(
            "SELECT value FROM cursor WHERE source = ?", (source,)
        ).fetchone()
    connection.close()
    return str(value)


def check(world: World, fault: Fault, folder: Path, **given: object) -> None:
    """Break, collect, mend, collect: nothing is lost, doubled or called deleted on the way."""
    db = folder / "rollcall.db"
    shutil.copy(world.healthy, db)
    before, stood = held(db, fault.kind), cursor(db, fault.kind)
    path, page, _ = KINDS[fault.kind]
    whole = {path: world.script[path], "/good": world.script["/good"]}
    try:
        world.script[fault.path or path] = fault.sent
        world.script["/good"] = answer(feed(LATER))
        began = time.monotonic()
        ended = world.round(db, fault.kind, "good", **given)
        assert time.monotonic() - began < 15
        _check_error(fault, ended[fault.kind].error)
        during = held(db, fault.kind)
        assert before.items() <= during.items(), "lost, changed or called deleted"
        if fault.cause is not None:
            assert during == before, "half a round was kept"
            assert cursor(db, fault.kind) == stood, "the cursor moved"
        assert ended["good"].error is None
        assert len(held(db, "good")) == len(LATER), "another source was affected"
        world.script[path] = answer(page(LATER))  # type: ignore[operator]
        later = NOW + timedelta(hours=25 if fault.kind == "vk" else 7)  # holds are over
        again = world.round(db, fault.kind, deadline=30.0, read_timeout=30.0, clock=lambda: later)
        assert again[fault.kind].error is None
        after = held(db, fault.kind)
        assert before.items() <= after.items(), after
        assert len(after) >= len(LATER), after
    finally:
        world.script.update(whole)
        if fault.path and fault.path not in whole:
            world.script.pop(fault.path, None)


def _check_error(fault: Fault, error: str | None) -> None:
    if fault.cause is None:
        assert error is None, error
        return
    assert error is not None, "the fault went unnoticed"
    assert error.startswith(f"{fault.kind}: "), error
    assert "\n" not in error
    assert len(error) < 400
    assert re.search(fault.cause, error), error
