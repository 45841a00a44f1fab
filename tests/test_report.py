"""The report as a reader opens it: nothing fetched, nobody named, every figure the store's own."""

from __future__ import annotations

import csv
import html
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, sync_playwright
from small import PHONE, Small

from model import UnusableInput
from report import write_report
from report.figures import Figures, figures
from report.page import page, state
from report.tables import write_tables
from store import Store
from store.formulas import harmless

NOW = datetime(2024, 9, 20, 12, tzinfo=UTC)
DAY = "2024-09-15"
CHROMIUM = Path("/usr/bin/chromium")
FILES = {
    "tally.csv", "curve.csv", "regions.csv", "flows.csv", "estimates.csv", "coverage.csv",
    "sources.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def found(counted: Small) -> Figures:
    with Store.open(counted.db, read_only=True) as store:
        return figures(store, as_of=DAY, known_at=None, made_at=NOW)


@pytest.fixture(scope="module", params=["en", "ru"])
def written(
    counted: Small, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    folder = tmp_path_factory.mktemp(f"report-{request.param}") / "of" / "today"
    with Store.open(counted.db, read_only=True) as store:
        made = write_report(
            store, folder, as_of=DAY, known_at=None, language=request.param, made_at=NOW
        )
    assert made == folder / "index.html"
    return folder


def foreign(text: str) -> list[str]:
    """Everything in a page that would make a browser ask for something else."""
    soup = BeautifulSoup(text, "lxml")
    asked = [tag.name for tag in soup.find_all(["script", "link", "img", "iframe", "object"])]
    asked += [tag.name for tag in soup.find_all(["embed", "video", "audio", "base", "form"])]
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            local = name == "href" and (value.startswith("#") or value in FILES)
            if name in {"src", "srcset", "href", "xlink:href", "data", "action"} and not local:
                asked.append(f"{tag.name} {name}={value}")
            if name.startswith("on") or "url(" in str(value).replace("url(#", ""):
                asked.append(f"{tag.name} {name}={value}")
    styles = " ".join(tag.get_text() for tag in soup.find_all("style"))
    return asked + re.findall(r"@import[^;]*|url\((?!#)[^)]*\)", styles)


def test_the_page_asks_for_nothing(written: Path) -> None:
    text = (written / "index.html").read_text(encoding="utf-8")
    assert foreign(text) == []
    assert "default-src 'none'" in text
    assert len(text) < 600_000


@pytest.mark.parametrize(
    "planted",
    [
        "<script src='https://cdn.example/vega.js'></script>",
        "<link rel=stylesheet href='https://fonts.example/x.css'>",
        "<svg><image href='https://tiles.example/1.png'/></svg>",
        "<p style='background: url(https://x.example/a.png)'>",
        "<style>@import 'https://x.example/a.css';</style>",
        "<a href='https://t.example/channel'>",
        "<p onclick='x()'>",
    ],
)
def test_a_planted_request_is_seen(planted: str) -> None:
    assert foreign(f"<html><body>{planted}</body></html>")


@contextmanager
def sink() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy on loopback that keeps the first bytes of every request and answers none."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(1)
                    try:
                        heard.append(connection.recv(200))
                    except TimeoutError:
                        heard.append(b"")

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        finally:
            over.set()
            thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[tuple[Browser, list[bytes]]]:
    """Chromium behind the sink, and what the sink hears."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    with sink() as (proxy, heard), sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"],
            proxy={"server": proxy},
        )  # fmt: skip
        yield opened, heard
        opened.close()


def of_the_page(heard: list[bytes]) -> list[bytes]:
    """Without the browser's own errands, which it runs on an empty page too."""
    return [each for each in heard if b".google" not in each and b"googleapis" not in each]


def test_a_browser_asks_for_the_page_alone(
    written: Path, browser: tuple[Browser, list[bytes]]
) -> None:
    chromium, heard = browser
    address = (written / "index.html").as_uri()
    before = len(of_the_page(heard))
    for width in (1280, 390):
        opened = chromium.new_page(viewport={"width": width, "height": 900})
        asked: list[str] = []
        faults: list[str] = []
        opened.on("request", lambda request, asked=asked: asked.append(request.url))
        opened.on("console", lambda message, faults=faults: faults.append(message.text))
        opened.goto(address)
        assert asked == [address]
        assert faults == []  # its own policy forbids nothing it needs
        assert opened.evaluate("document.documentElement.scrollWidth") == width
        shown = opened.locator("figure svg:visible").count()
        assert shown == opened.locator("figure").count() >= 4
        assert len(of_the_page(heard)) == before
        opened.close()


def test_the_sink_hears_a_page_that_does_ask(browser: tuple[Browser, list[bytes]]) -> None:
    chromium, heard = browser
    opened = chromium.new_page()
    opened.set_content("<img src='http://planted.example/x.png'>")
    opened.wait_for_timeout(500)
    opened.close()
    assert any(b"planted.example" in each for each in of_the_page(heard))


def test_the_page_says_what_it_is(written: Path, found: Figures) -> None:
    text = (written / "index.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "lxml")
    assert soup.html is not None
    russian = soup.html["lang"] == "ru"
    words = " ".join(soup.get_text(" ").split())
    assert ("Для внутреннего пользования" if russian else "For internal use") in words
    headline = (
        "По состоянию на 15 сентября 2024 года пропавшими числятся не менее 1"
        if russian
        else "As of 15 September 2024 at least 1 soldier is missing"
    )
    assert headline in words
    known = str(found.tally["known_at"])
    assert known[:16].replace("T", " ") in words
    assert f"--as-of {DAY} --known-at {known}" in words


def test_every_chart_has_words_and_a_table(written: Path) -> None:
    soup = BeautifulSoup((written / "index.html").read_text(encoding="utf-8"), "lxml")
    for figure in soup.find_all("figure"):
        assert figure["role"] == "img"
        assert len(str(figure["aria-label"])) > 20
        section = figure.find_parent("section")
        assert section is not None
        assert section.find("table") is not None
    headings = [tag.name for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    for table in soup.find_all("table"):
        assert table.find_all("th", scope=True)


def test_nobody_is_named(written: Path) -> None:
    names = ("Крутицын", "Сухоруков", "Ветошкин", "Запольский", "Пелагея", PHONE, "s1")
    for path in written.iterdir():
        text = html.unescape(path.read_text(encoding="utf-8"))
        assert [name for name in names if re.search(rf"\b{name}", text)] == []


def test_the_csv_files_hold_the_store_s_figures(written: Path, counted: Small) -> None:
    assert {path.name for path in written.iterdir()} == FILES | {"index.html"}
    with (written / "tally.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with Store.open(counted.db, read_only=True) as store:
        tally = store.tally(DAY)
    said = {
        row["status"]: int(row["persons"])
        for row in rows
        if row["dimension"] == "all" and row["evidence"] == "reported"
    }
    assert said.pop("total") == tally["total"]
    assert said == tally["by_status"]


def test_the_curve_has_both_dates(found: Figures) -> None:
    last = found.curve[-1]
    assert last["day"] == DAY
    assert last["total"] == found.tally["total"]
    # rollcall knew nothing until it collected, long after
    assert {point["total_then"] for point in found.curve} == {None}
    days = [point["day"] for point in found.curve]
    assert days == sorted(set(days))


def test_flows_follow_each_man(found: Figures) -> None:
    moves = {(move["from"], move["to"]): move["persons"] for move in found.flows}
    assert moves == {
        ("first", "missing"): 3, ("missing", "captured"): 1, ("missing", "deceased"): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "healthy"),
        ({"failures": 3}, "failing"),
        ({"held": True}, "held"),
        ({"last_ok_at": None}, "never"),
        ({"enabled": 0, "last_ok_at": None}, "disabled"),
        ({"last_ok_at": "2024-09-14T20:00:00.000000Z"}, "stale"),
    ],
)
def test_a_zero_is_told_from_a_failed_collector(change: dict[str, object], expected: str) -> None:
    source = {
        "enabled": 1,
        "failures": 0,
        "held": False,
        "last_ok_at": "2024-09-15T08:00:00.000000Z",
    }
    assert state(source | change, DAY) == expected


def test_a_failing_source_is_said_on_the_page(found: Figures) -> None:
    failing = replace(found, sources=[{**row, "failures": 2} for row in found.sources])
    text = page(failing, "en", [])
    assert "3 of 3 sources fail" in text
    assert "3 of 3 sources fail" not in page(found, "en", [])


def test_a_list_that_waits_for_an_editor_is_said(own: Small) -> None:
    rows = "".join(f"Придуманный Иван Ильич,{1960 + i},2024-09-12\n" for i in range(40))
    (own.folder / "deceased.csv").write_text(f"name,born,added\n{rows}", encoding="utf-8")
    done = own.rollcall("collect", "deceased")
    assert done.returncode == 0, done.stderr
    with Store.open(own.db, read_only=True) as store:
        found = figures(store, as_of=DAY, known_at=None, made_at=NOW)
    held = {row["name"]: row["held"] for row in found.sources}
    assert held == {"captured": False, "channel": False, "deceased": True}
    assert "a list waits for an editor" in page(found, "en", [])


def test_a_source_cannot_write_into_the_page(found: Figures, tmp_path: Path) -> None:
    """A source's name, owner and a list's name come from files others may write."""
    evil = "=HYPERLINK('x')<script>alert(1)</script>"
    planted = replace(
        found,
        sources=[{**row, "name": evil, "owner": evil} for row in found.sources],
        tally={**found.tally, "overlaps": {evil: 1}},
    )
    assert foreign(page(planted, "en", [])) == []
    write_tables(planted, tmp_path)
    assert "\n'=HYPERLINK" in (tmp_path / "sources.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+7", "'+7"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"),
        ("＝1", "'＝1"), (" =1", "' =1"), ("RU-TY", "RU-TY"), (-1, -1), (None, None),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(value: object, cell: object) -> None:
    assert harmless(value) == cell


def test_an_empty_store_gives_a_report_too(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty.db", create=True).close()
    with Store.open(tmp_path / "empty.db", read_only=True) as store:
        made = write_report(
            store, tmp_path / "out", as_of=DAY, known_at=None, language="en", made_at=NOW
        )
    assert "nobody is being sought" in made.read_text(encoding="utf-8")


def test_the_command_prints_the_path(counted: Small, tmp_path: Path) -> None:
    done = counted.rollcall("report", str(tmp_path / "out"), "--as-of", DAY, "--lang", "ru")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "out" / "index.html")


def test_a_folder_that_cannot_be_written_is_one_line(counted: Small, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with (
        Store.open(counted.db, read_only=True) as store,
        pytest.raises(UnusableInput, match="the report can't be written"),
    ):
        write_report(
            store, tmp_path / "file" / "out", as_of=DAY, known_at=None, language="en", made_at=NOW
        )


def test_the_same_times_give_the_same_page(counted: Small, found: Figures) -> None:
    with Store.open(counted.db, read_only=True) as store:
        again = figures(store, as_of=DAY, known_at=str(found.tally["known_at"]), made_at=NOW)
    assert page(again, "en", []) == page(found, "en", [])


@pytest.mark.slow
def test_it_prints(written: Path, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    out = tmp_path / "report.pdf"
    subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}",
         (written / "index.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert out.read_bytes().startswith(b"%PDF")
