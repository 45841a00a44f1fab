"""An editor's day in a real browser: Chromium, driven by its keys. `make test-browser` runs it."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from doubts import PASSWORDS, doubtful, served, unclear
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from published import many_men, publish, shown
from small import Small

from store import Store, settling

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
STRAY_LINKS = """[...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))
    .filter(href => !/^https?:$/.test(new URL(href, location).protocol)
      || new URL(href, location).host !== location.host)"""
CUT_OFF = """[...document.querySelectorAll('.table-wrapper')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).length"""
WHOLE = (  # pages whose tables fit their screen
    "/", "/rollcall/person", "/rollcall/source", "/rollcall/source_health", "/rollcall/counted_men",
    "/rollcall/review_queue", "/rollcall/doubtful_rows", "/rollcall/tally", "/rollcall/decision",
)  # fmt: skip
HOP_BY_HOP = {"connection", "proxy-connection", "content-length", "transfer-encoding",
              "content-encoding", "accept-encoding", "keep-alive"}  # fmt: skip
PLAIN = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
CHROMIUMS_OWN = re.compile(r"^(http://)?[\w.-]+\.(google|googleapis|gstatic|gvt1)\.com[:/]")
QUIET = [  # fewer calls home of Chromium's own; not the pages'
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-features=OptimizationHints,MediaRouter,Translate",
]  # fmt: skip
pytestmark = [pytest.mark.browser]
PAYLOADS = (
    "<script>document.title='HIT'</script>",
    "<img src=x onerror=\"document.title='HIT'\">",
    "\"><svg onload=document.title='HIT'>",
    "'><iframe srcdoc=\"<script>parent.document.title='HIT'</script>\">",
    "</title></textarea></script><script>document.title='HIT'</script>",
    "<a href=\"javascript:document.title='HIT'\">go</a>",
    "javascript:document.title='HIT'",
    "{{ ''.__class__ }}{% print(7*191) %}",
    "<details open ontoggle=document.title='HIT'>",
    "\u2028<math><mtext></form><form><mglyph><style><img src=x onerror=document.title='HIT'>",
    "<style>@import '//127.0.0.1:9/x'</style><base href=//127.0.0.1:9/>",
)


@pytest.fixture(scope="module")
def play() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def browser(play: Playwright) -> Iterator[Browser]:
    found = play.chromium.launch(executable_path=CHROMIUM, args=PLAIN)
    yield found
    found.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return doubtful(tmp_path_factory.mktemp("browser") / "world")


@pytest.fixture(scope="module")
def full(world: Small, tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Something of everything a page can show."""
    return unclear(world.copy(tmp_path_factory.mktemp("full") / "world"))


@pytest.fixture
def room(world: Small, tmp_path: Path) -> Iterator[tuple[str, Small]]:
    own = world.copy(tmp_path / "own")
    with served(own) as url:
        yield url, own


def enter(browser: Browser, url: str, name: str, **context: object) -> Page:
    page = browser.new_context(base_url=url, locale="en-GB", **context).new_page()  # type: ignore[arg-type]
    page.goto("/")
    expect(page).to_have_url(f"{url}/-/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORDS[name])
    page.press("input[name=password]", "Enter")
    expect(page.locator(".me")).to_contain_text(name)
    page.wait_for_load_state()
    return page


def test_an_editors_day(browser: Browser, room: tuple[str, Small]) -> None:
    url, small = room
    page = enter(browser, url, "anna")
    before = int(page.locator(".card.total strong").inner_text())
    # search in another case form, open the person
    page.keyboard.press("/")
    page.keyboard.type("Крутицыну Луке")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Крутицын Лука Ильич").click()
    expect(page.locator("h1")).to_have_text("Крутицын Лука Ильич")
    expect(page.locator("mark.birth_date").first).to_be_visible()
    # five pairs by keyboard, one with a note
    page.goto("/-/review")
    for n in range(5):
        page.wait_for_load_state()
        shown = page.url
        if n == 1:
            page.keyboard.press("n")
            page.keyboard.type("the aunt's post, the year is hers")
            page.keyboard.press("Escape")
        page.keyboard.press("s")
        expect(page.locator(".message").first).to_contain_text("the same man")
        expect(page).not_to_have_url(shown)
    applied = page.locator(".applied[data-now=applied]")
    expect(applied).to_be_visible(timeout=60_000)
    expect(page.locator("[data-count=total]")).to_have_text(str(before - 5), timeout=60_000)
    # undo one, see it back and the count move
    page.wait_for_load_state()
    undone = page.url
    page.keyboard.press("z")
    expect(page.locator(".message").first).to_contain_text("taken back")
    expect(page).not_to_have_url(undone)
    expect(page.locator("[data-count=total]")).to_have_text(str(before - 4), timeout=60_000)
    page.goto("/")
    assert int(page.locator(".card.total strong").inner_text()) == before - 4
    with Store.open(small.db, read_only=True) as store:
        rows = store.connection.execute(
            "SELECT judgement, decided_by, note, undoes FROM decision WHERE is_human = 1"
        ).fetchall()
    assert [row["judgement"] for row in rows] == ["same"] * 5 + ["unsure"]
    assert [row["note"] for row in rows][1] == "the aunt's post, the year is hers"
    assert rows[-1]["undoes"] is not None
    assert small.rollcall("doctor", "--audit").returncode == 0


def test_two_editors_confirm_a_claim(browser: Browser, room: tuple[str, Small]) -> None:
    url, small = room
    for name in ("anna", "boris"):
        page = enter(browser, url, name)
        page.goto("/-/review/claims")
        expect(page.locator(".vouch.asked")).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator(".message").first).to_contain_text("approval is kept")
    with Store.open(small.db, read_only=True) as store:
        approved = store.connection.execute("SELECT record_id, editor FROM approval").fetchall()
        assert {row["editor"] for row in approved} == {"anna", "boris"}
        assert len({row["record_id"] for row in approved}) == 1
    page.goto("/rollcall/review_queue")
    for _ in range(120):
        with Store.open(small.db, read_only=True) as store:
            (confirmed,) = store.connection.execute(
                "SELECT count(*) FROM status_event WHERE evidence = 'confirmed' "
                "AND known_until IS NULL"
            ).fetchone()
        if confirmed:
            break
        page.wait_for_timeout(500)
    assert confirmed


def test_two_editors_never_get_one_pair(browser: Browser, room: tuple[str, Small]) -> None:
    url, small = room
    anna, boris = enter(browser, url, "anna"), enter(browser, url, "boris")
    anna.goto("/-/review")
    boris.goto("/-/review")
    assert anna.url != boris.url
    # he opens hers by its address all the same; she decides first
    boris.goto(anna.url)
    expect(boris.locator(".fault")).to_contain_text("anna")
    anna.keyboard.press("d")
    expect(anna.locator(".message").first).to_contain_text("different men")
    boris.keyboard.press("s")
    expect(boris.locator(".message").first).to_contain_text("anna came first")
    with Store.open(small.db, read_only=True) as store:
        (count,) = store.connection.execute(
            "SELECT count(*) FROM decision WHERE is_human = 1"
        ).fetchone()
    assert count == 1


def test_doubtful_rows_by_keys(browser: Browser, room: tuple[str, Small]) -> None:
    """Put one off, settle two, with a note, take the last back; another editor is told."""
    url, small = room
    unclear(small)
    anna, boris = enter(browser, url, "anna"), enter(browser, url, "boris")
    anna.get_by_role("link", name="Unclear rows", exact=True).click()
    expect(anna.locator("main > .text")).to_contain_text("Ветошкин Тихон Савельевич")
    expect(anna.locator("tr.this")).to_have_attribute("aria-current", "true")
    boris.goto(anna.url)  # hers by its address all the same
    expect(boris.locator(".fault")).to_contain_text("anna has this row open")
    first = anna.url
    anna.wait_for_load_state()
    anna.keyboard.press("p")
    expect(anna.locator("main > .text")).to_contain_text("Пробный")
    anna.wait_for_load_state()
    anna.keyboard.press("n")
    anna.keyboard.type("asked the list's keeper")
    anna.keyboard.press("Escape")
    for key, said in (("c", "in captivity"), ("x", "no man of ours")):
        shown = anna.url
        anna.keyboard.press(key)
        expect(anna.locator(".message").first).to_contain_text(said)
        expect(anna).not_to_have_url(shown)
        anna.wait_for_load_state()
    expect(anna).to_have_url(first)  # what she put off comes after the rest
    expect(anna.locator("[data-count=rows]")).to_have_text("1")
    expect(anna.locator(".applied[data-now=applied]")).to_be_visible(timeout=60_000)
    anna.wait_for_load_state()
    anna.keyboard.press("z")
    expect(anna.locator("main > .text")).to_contain_text("Дальний")
    expect(anna.locator(".message").first).to_contain_text("it waits again")
    boris.keyboard.press("e")
    expect(boris.locator(".message").first).to_contain_text("exchanged")
    boris.goto(anna.url)
    boris.wait_for_load_state()
    boris.keyboard.press("d")
    expect(boris.locator(".message").first).to_contain_text("dead")
    anna.wait_for_load_state()
    anna.keyboard.press("u")
    expect(anna.locator(".message").first).to_contain_text("boris came first with “dead”")
    with Store.open(small.db, read_only=True) as store:
        words = store.connection.execute("SELECT editor, verdict, note FROM row_word").fetchall()
    assert [tuple(word) for word in words] == [
        ("anna", "captured", "asked the list's keeper"), ("anna", "nobody", None),
        ("anna", "open", None), ("boris", "released", None), ("boris", "deceased", None),
    ]  # fmt: skip
    assert small.rollcall("doctor", "--audit").returncode == 0


def test_an_analyst_reads_and_decides_nothing(browser: Browser, room: tuple[str, Small]) -> None:
    url, _ = room
    page = enter(browser, url, "vera")
    page.goto("/rollcall/review_queue")
    page.locator("td.col-review_id a").first.click()
    expect(page.locator(".versus")).to_be_visible()
    expect(page.locator("form.decide")).to_have_count(0)
    answer = page.goto("/-/review")
    assert answer is not None
    assert answer.status == 403
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{url}/-/login")
    page.go_back()
    expect(page.locator(".door, .fault").first).to_be_visible()


PAGES = (
    "/", "/rollcall/person", "/rollcall/post?_all=1", "/rollcall/record?_all=1",
    "/rollcall/person?_all=1", "/rollcall/review_queue", "/rollcall/review/1",
    "/rollcall/doubtful_rows", "/-/review/rows", "/rollcall/doubtful_row?_all=1",
    "/rollcall/status_changes?from_day=2024-01-01",
    "/rollcall/tally_by_region", "/rollcall/tally_by_unit", "/rollcall/source_health",
    "/rollcall/source?_all=1", "/rollcall/list_row?_all=1", "/rollcall/fetch?_all=1",
    "/rollcall/audit", "/rollcall/decision?_all=1", "/rollcall/data_dictionary",
    "/rollcall/contradicting",
    "/rollcall/newly_missing?from_day=2024-01-01", "/rollcall/list_only", "/rollcall", "/nowhere",
)  # fmt: skip


def poison(db: Path, payload: str) -> list[str]:
    """The payload in every text of every table; the pages of what it then stands in."""
    with sqlite3.connect(db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        fields = {
            "person": ("name", "names", "surname", "given", "patronymic", "unit", "home_place",
                       "home_region", "birth_date"),
            "record": ("surname", "given", "patronymic", "birth_date", "unit", "rank", "call_sign",
                       "home_region", "home_place", "last_contact", "last_seen_place"),
            "post": ("text", "url", "forwarded_from", "reply_to"),
            "list_row": ("text", "external_id"), "doubtful_row": ("why",),
            "row_word": ("editor", "note"),
            "decision": ("note", "decided_by"), "review": ("note",),
            "source": ("url", "owner", "last_error"),
            "fetch": ("url", "error", "etag"), "audit": ("actor", "action", "subject"),
            "post_version": ("text",), "row_version": ("text",),
        }  # fmt: skip
        for table, columns in fields.items():
            for column in columns:
                connection.execute(f"UPDATE {table} SET {column} = ?", (payload,))  # noqa: S608
        pages = [
            f"/rollcall/{table}/{row[0]}"
            for table, key in (("person", "person_id"), ("post", "post_id"), ("list_row", "row_id"),
                               ("source", "name"), ("fetch", "fetch_id"))
            for row in connection.execute(f"SELECT {key} FROM {table} LIMIT 1")  # noqa: S608
        ]  # fmt: skip
    connection.close()
    return pages


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_payload_runs(browser: Browser, full: Small, tmp_path: Path, payload: str) -> None:
    own = full.copy(tmp_path / "own")
    with Store.open(own.db) as store:
        store.audit("anna", "note", datetime.now(UTC))
        for row in settling.listing(store.connection)[:1]:
            seen = settling.as_seen(store.connection, str(row["row_id"]), "unsure", "boris")
            settling.settle(store, seen, datetime.now(UTC))
    with served(own) as url:
        pages = poison(own.db, payload)
        page = enter(browser, url, "anna")
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for path in (*PAGES, *pages, f"/rollcall/person?_search={payload}"):
            page.goto(path)
            assert page.title() != "HIT", path
            assert "1337" not in page.content(), path
            assert page.evaluate(STRAY_LINKS) == [], path
            scripts = page.evaluate(
                "[...document.querySelectorAll('script')].filter(s => !s.src || "
                "new URL(s.src).host !== location.host).length"
            )
            assert scripts == 0, path
            handlers = page.evaluate(
                "[...document.querySelectorAll('*')].filter(e => [...e.attributes]"
                ".some(a => a.name.startsWith('on'))).length"
            )
            assert handlers == 0, path
        assert dialogs == []


class Sink(http.server.BaseHTTPRequestHandler):
    """The only way out of the browser: passes on what is for our host, keeps the rest."""

    ours = ""
    asked: list[str] = []  # noqa: RUF012  emptied by its test

    def pass_on(self) -> None:
        if not self.path.startswith(f"{self.ours}/"):
            self.asked.append(self.path)
            self.send_error(502)
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        answer = httpx.request(self.command, self.path, content=body, headers=headers, timeout=60)
        self.send_response(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_HEAD = do_CONNECT = pass_on

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_leaves_the_host_and_nothing_is_wider_than_the_screen(
    play: Playwright, full: Small, tmp_path: Path, width: int
) -> None:
    """Every request of the browser passes a sink, which is asked for no other host."""
    small = full.copy(tmp_path / "own")
    with served(small) as url:
        every_page(play, url, small, width)


def every_page(play: Playwright, url: str, small: Small, width: int) -> None:
    with Store.open(small.db, read_only=True) as store:
        (person_id,) = store.connection.execute("SELECT person_id FROM person LIMIT 1").fetchone()
        (post_id,) = store.connection.execute("SELECT post_id FROM post LIMIT 1").fetchone()
    Sink.asked.clear()
    Sink.ours = url
    sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    try:
        browser = play.chromium.launch(
            executable_path=CHROMIUM,
            args=[*PLAIN, *QUIET],
            proxy={"server": f"http://127.0.0.1:{sink.server_port}", "bypass": "<-loopback>"},
        )
        page = enter(browser, url, "anna", viewport={"width": width, "height": 900})
        for path in WHOLE if width > 1000 else WHOLE[:1]:
            page.goto(path)
            assert page.evaluate(CUT_OFF) == 0, f"a table of {path} is cut off at {width}"
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        for path in (*PAGES, f"/rollcall/person/{person_id}", f"/rollcall/post/{post_id}"):
            page.goto(path, wait_until="networkidle" if path == "/" else "load")
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{path} is {wide} px wider than {width}"
        assert [path for path in Sink.asked if not CHROMIUMS_OWN.search(path)] == []
        assert {urlsplit(request).netloc for request in requests} == {urlsplit(url).netloc}
        page.context.new_page().goto("http://sink.example/")  # the sink does hear
        assert "http://sink.example/" in Sink.asked
        browser.close()
    finally:
        sink.shutdown()
        sink.server_close()


def test_a_page_speaks_the_browsers_language(browser: Browser, room: tuple[str, Small]) -> None:
    url, _ = room
    page = browser.new_context(base_url=url, locale="ru-RU").new_page()
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Вход")
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", "wrong password")
    page.press("input[name=password]", "Enter")
    expect(page.locator(".fault")).to_contain_text("не подходят")


@pytest.mark.parametrize("width", [1280, 390])
def test_publish_and_view(browser: Browser, tmp_path: Path, width: int) -> None:
    many_men(tmp_path / "r.db")
    publish(tmp_path / "r.db", tmp_path / "public.db")
    with shown(tmp_path / "public.db") as url:
        context = browser.new_context(
            base_url=url, locale="en-GB", viewport={"width": width, "height": 900}
        )
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.goto("/")
        expect(page.locator("h1")).to_have_text("As of 23 August 2024: 120 sought men")
        expect(page.locator(".card.missing strong")).to_have_text("72")
        expect(page.get_by_title("hidden")).to_have_count(4)
        page.get_by_role("link", name="Русский").click()
        expect(page.locator("h1")).to_contain_text("в розыске: 120")
        page.get_by_role("link", name="По региону проживания").first.click()
        expect(page.locator("h1")).to_contain_text("По региону проживания")
        for path in ("/", "/public", "/public/by_region", "/public?sql=select+*+from+by_status"):
            page.goto(path)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{path} is {wide} px wider than {width}"
            assert page.evaluate(STRAY_LINKS) == [], path
            assert path != "/" or page.evaluate(CUT_OFF) == 0, f"a table is cut off at {width}"
        assert faults == []
        context.close()
