"""Saved pages with what they say → posts right and wrong by kind and field, through the collectors.

    python -m benchmarks.pages [FOLDER] [-v]

A folder holds pages, `NAME.gold.json` beside each, and `sources/NAME.toml` for those that an
operator must describe. Each page is served on 127.0.0.1 and collected by the production client.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from model import CollectFailed, Post
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.preview import read_page
from scraper.sources import load_one

FOLDER = Path(__file__).parent.parent / "tests" / "pages" / "captured"
FIELDS = ("found", "url", "time", "text", "edited", "reply", "forward")
_GOLD = ".gold.json"
_NOTHING = b'<div class="tme_no_messages_found">No posts found</div></html>'
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(slots=True, kw_only=True)
class Case:
    """One page: what it says, and what the collector made of it."""

    name: str
    gold: Mapping[str, Any]
    posts: dict[str, Post] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)  # marked as edited without a time
    deleted: list[str] = field(default_factory=list)
    error: str | None = None
    wrong: list[tuple[str, str, object, object]] = field(default_factory=list)  # field, id, …

    @property
    def kind(self) -> str:
        """The kind of page."""
        return str(self.gold["kind"])


def cases(folder: Path) -> list[Case]:
    """Every page of a folder, collected and compared."""
    found = [
        Case(name=path.name.removesuffix(_GOLD), gold=json.loads(path.read_text("utf-8")))
        for path in sorted(folder.glob(f"*{_GOLD}"))
    ]
    for case in found:
        with tempfile.TemporaryDirectory() as place:
            asyncio.run(_collect(case, folder, Path(place)))
        case.wrong = list(_compare(case))
    return found


def tally(found: list[Case]) -> dict[str, Counter[str]]:
    """By kind: how many posts there are, and in how many each field is right."""
    sums: dict[str, Counter[str]] = {}
    for case in found:
        total = sums.setdefault(case.kind, Counter())
        posts = [post for post in case.gold["posts"] if _owed(case, post)]
        total["posts"] += len(posts)
        wrong = {(what, which) for what, which, *_ in case.wrong}
        for post in posts:
            bad = {what for what, which in wrong if which == post["id"]}
            total["right"] += not bad
            total.update(what for what in FIELDS if not bad & {what, "found"})
        total["extra"] += sum(what == "extra" for what, _ in wrong)
        total["pages"] += 1
        total["pages right"] += not wrong
        total["errors told"] += bool(case.gold["errors_expected"]) and ("error", "") not in wrong
        total["errors owed"] += bool(case.gold["errors_expected"])
    return sums


async def _collect(case: Case, folder: Path, place: Path) -> None:
    page = (folder / case.gold["file"]).read_bytes()
    if "getById" in case.gold["base_url"]:  # a method that is not collected: its items as a wall's
        page = page.replace(b'"response": {', b'"response": {"count": 2, ', 1)
    with _Served(case, page) as base:
        told = _toml(case, folder).replace("{base}", base)
        (place / f"{case.name}.toml").write_text(told, "utf-8")
        now = datetime.fromisoformat(case.gold["fetched_at"])
        settings = ClientSettings(
            allow_loopback=True, attempts=2, backoff=0.01, clock=lambda: now, contact="a@b.example"
        )
        async with Client(settings) as client:
            try:
                source = load_one(place / f"{case.name}.toml")
                async for batch in collect(source, client, {}):
                    case.posts |= {_number(case, post.external_id): post for post in batch.posts}
                    case.deleted += batch.deleted
                    suspects = [one.error for one in batch.fetches if one.outcome == "suspect"]
                    case.error = case.error or next(iter(suspects), None)
            except CollectFailed as failed:
                case.error = str(failed).replace(base, "")
    if case.kind == "telegram" and not case.error:  # whether, not when: that is for later rounds
        messages = read_page(page, case.name, UTC, now).messages
        case.edited = {str(message.number) for message in messages if message.edited}
    host = "{0.scheme}://{0.netloc}".format(urlsplit(case.gold["base_url"]))
    case.posts = {
        name: replace(post, url=post.url and post.url.replace(base, host))
        for name, post in case.posts.items()
    }


def _toml(case: Case, folder: Path) -> str:
    """What an operator would write."""
    written = folder / "sources" / f"{case.name}.toml"
    if written.exists():
        return written.read_text("utf-8")
    parts = urlsplit(case.gold["base_url"])
    zone = f'\ntimezone = "{case.gold["timezone"]}"' if "timezone" in case.gold else ""
    if case.kind == "telegram":
        path = "/s/" + parts.path.strip("/").removeprefix("s/").split("/")[0]
        pages = 2 if "before" in parts.query else 1
        return f'kind = "telegram"\nurl = "{{base}}{path}"\npages = {pages}{zone}'
    if case.kind == "vk_api":
        owner = re.search(r"owner_id=-?\d+", parts.query)
        return f'kind = "vk"\nurl = "{{base}}/method/wall.get?{owner[0] if owner else "domain=x"}"'
    return f'kind = "rss"\nurl = "{{base}}{parts.path}"{zone}'


class _Served:
    """The page at its path, on 127.0.0.1."""

    def __init__(self, case: Case, page: bytes) -> None:
        asked = urlsplit(case.gold["base_url"])
        before = parse_qs(asked.query).get("before", [None])[0]

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                now = parse_qs(parts.query).get("before", [None])[0]
                body = b"" if parts.path == "/robots.txt" else page
                if case.kind == "telegram" and body:
                    body = _telegram(page, now, before, parts.path.rpartition("/")[2])
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _telegram(page: bytes, before: str | None, wanted: str | None, channel: str) -> bytes:
    """The saved page where it was asked for; above it a message that leads there, below nothing."""
    if before == wanted:
        return page
    if before is not None or wanted is None:
        return _NOTHING
    return (
        f'<div class="tgme_widget_message" data-post="{channel}/{wanted}"><a class='
        '"tgme_widget_message_date"><time datetime="2024-08-01T10:00:00+00:00"></time></a></div>'
        "</html>"
    ).encode()


def _compare(case: Case) -> Iterator[tuple[str, str, object, object]]:
    gold = {post["id"]: post for post in case.gold["posts"]}
    asked = parse_qs(urlsplit(case.gold["base_url"]).query).get("before", [""])[0]
    for name, post in case.posts.items():
        whole = name.removesuffix("/copy")
        if name not in gold and whole != asked and not (whole in gold and name != whole):
            yield "extra", name, None, post.text
    for name, told in gold.items():
        post = case.posts.get(name)
        if post is not None:
            yield from _compare_post(case, told, post)
        elif _owed(case, told):
            yield "found", name, told["text"], None
    if case.deleted:
        yield "deleted", "", None, case.deleted
    if bool(case.error) != bool(case.gold["errors_expected"]) and not (
        case.error and case.gold.get("tolerated")
    ):
        yield "error", "", case.gold["errors_expected"], case.error


def _compare_post(
    case: Case, told: Mapping[str, Any], post: Post
) -> Iterator[tuple[str, str, object, object]]:
    name = told["id"]
    if not _same_place(told["url"], post.url):
        yield "url", name, told["url"], post.url
    if not _same_time(case, told, post):
        yield "time", name, told["published_at"], post.posted_at.isoformat()
    text = _plain(post.text)
    titled = _plain(f"{told.get('title', '')}\n{told['text']}")
    also = [told["text"], told.get("forwarded_text") or told["text"], *told.get("also", ())]
    if text not in {titled, *map(_plain, also)}:
        yield "text", name, told["text"], post.text
    edited = post.edited_at is not None or name in case.edited
    timeless = case.kind in ("forum", "vk_html") and not told.get("edited_at")
    if edited != told["edited"] and not (timeless and not edited):
        yield "edited", name, told.get("edited_at", told["edited"]), post.edited_at
    elif told.get("edited_at") and post.edited_at is not None:
        apart = post.edited_at - datetime.fromisoformat(told["edited_at"])
        if abs(apart) >= timedelta(minutes=1):
            yield "edited", name, told["edited_at"], post.edited_at.isoformat()
    reply = _reply(case, post.reply_to) if post.reply_to else None
    if reply != (_reply(case, told["reply_to"]) if told["reply_to"] else None):
        yield "reply", name, told["reply_to"], post.reply_to
    forward = None if told.get("forwarded_from_is_private_person") else told["forwarded_from"]
    if case.kind != "vk_api" and post.forwarded_from != forward:
        yield "forward", name, forward, post.forwarded_from


def _owed(case: Case, told: Mapping[str, Any]) -> bool:
    """Must this post be found? One without words may be left out, and what stands on a bad page."""
    return bool(told["text"] or told.get("title")) and not case.gold["errors_expected"]


def _same_place(told: str | None, ours: str | None) -> bool:
    """Do both lead to one post? Forms differ; a session is never kept."""
    if told is None or ours is None:
        return ours is None
    same_host = urlsplit(told).netloc == urlsplit(ours).netloc.removeprefix("m.")
    number = re.findall(r"\d+", told)[-1:]
    led = not number or number[0] in ours or told.partition("#")[0] == ours
    return same_host and led and not re.search(r"[?&;](?:sid|s|PHPSESSID)=", ours)


def _same_time(case: Case, told: Mapping[str, Any], post: Post) -> bool:
    if told["published_at"] is not None:
        apart = post.posted_at - datetime.fromisoformat(told["published_at"])
        return abs(apart) < timedelta(minutes=1)
    if "published_on" in told:
        return post.posted_at.date().isoformat() == str(told["published_on"])
    # a page without a time: it counts from when it was first seen
    seen = datetime.fromisoformat(case.gold["fetched_at"])
    return abs(
        post.posted_at - datetime.fromisoformat(told.get("updated_at", seen.isoformat()))
    ) < (timedelta(hours=1))


def _number(case: Case, name: str) -> str:
    """A post's id without what stands before its number; a feed's own ids are taken whole."""
    if case.kind == "rss":
        return name
    if name.startswith("wall_"):  # a person's wall: his number is not kept
        return next((post["id"] for post in case.gold["posts"] if post["id"][0] != "-"), name)
    found = re.search(r"-?\d+_\d+(?:/copy)?$" if "vk" in case.kind else r"\d+$", name)
    return found[0] if found else name


def _reply(case: Case, name: str) -> str:
    return name.rpartition("/")[2] if case.kind == "telegram" else _number(case, name)


def _plain(text: str) -> str:
    """Words as they are compared: no invisible letters, one kind of space, no empty lines."""
    shown = re.sub(r"[^\S\n]+", " ", text.translate(_INVISIBLE))
    return re.sub(r" ?\n\s*", "\n", shown).strip()


def main(folder: Path, *, verbose: bool) -> None:
    """Print the table, and with -v each difference."""
    found = cases(folder)
    for case in found if verbose else ():
        for what, which, told, ours in case.wrong:
            print(f"{case.name} {which} {what}\n    gold {told!r}\n    ours {ours!r}")
        if case.error:
            print(f"{case.name} said: {case.error}")
    columns = (
        "pages",
        "pages right",
        "errors owed",
        "errors told",
        "posts",
        "right",
        *FIELDS,
        "extra",
    )
    print("kind", *columns, sep="\t")
    sums = tally(found)
    sums["all"] = sum(sums.values(), Counter())
    for kind, total in sums.items():
        print(kind, *(total[column] for column in columns), sep="\t")


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "-v"]
    main(Path(given[0]) if given else FOLDER, verbose="-v" in sys.argv)
