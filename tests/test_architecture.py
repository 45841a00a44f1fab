"""Imports run one way; every foreign part has its one door. A planted import fails here."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A room may import the rooms named here, and nothing else of ours.
ALLOWED: dict[str, frozenset[str]] = {
    "model": frozenset(),
    "compiled": frozenset(),
    "russian": frozenset({"compiled", "model"}),
    "scraper": frozenset({"russian", "model"}),
    "extract": frozenset({"russian", "model"}),
    "dedupe": frozenset({"russian", "model"}),
    "store": frozenset({"russian", "model"}),
    "estimate": frozenset({"model"}),
    "report": frozenset({"store", "estimate", "model"}),
    "resolution": frozenset({"dedupe", "store", "russian", "model"}),
    "pipeline": frozenset(
        {"resolution", "scraper", "extract", "dedupe", "store", "russian", "model"}
    ),
    "monitor": frozenset({"store", "model"}),
    "scheduler": frozenset({"monitor", "pipeline", "scraper", "store", "model"}),
    "retraining": frozenset({"dedupe", "store", "model"}),
    "practice": frozenset({"pipeline", "scraper", "store", "model"}),
    "cli": frozenset(
        {
            "scheduler",
            "practice",
            "pipeline",
            "retraining",
            "report",
            "estimate",
            "scraper",
            "extract",
            "dedupe",
            "store",
            "compiled",
            "model",
        }
    ),
}
# A foreign package with one door: the only places that may import it.
DOORS: dict[str, tuple[str, ...]] = {
    "httpx": ("scraper/client",),
    "pysqlite3": ("store/",),
    "sqlite_utils": ("store/",),
    "datasette": ("store/",),
    "apscheduler": ("scheduler.py",),
    "click": ("cli/",),
    "rich": ("cli/",),
    "splink": ("dedupe/",),
    "duckdb": ("dedupe/", "store/"),
    "pymorphy3": ("russian/",),
    "bs4": ("scraper/",),
    "pyrage": ("scraper/sealing.py", "store/", "cli/vault.py"),
}
VAGUE = {"utils", "helpers", "core", "common", "util", "helper", "misc"}


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Room and file of every module of ours under `root`."""
    for room in ALLOWED:
        single = root / f"{room}.py"
        if single.is_file():
            yield room, single
        for path in sorted((root / room).rglob("*.py")):
            yield room, path


def imports(path: Path) -> Iterator[str]:
    """Top names of everything a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def trespasses(root: Path) -> list[str]:
    """Every import that the allow-list or a door forbids, as "file imports name"."""
    found = []
    for room, path in modules(root):
        place = path.relative_to(root).as_posix()
        for name in imports(path):
            ours = name in ALLOWED and name != room and name not in ALLOWED[room]
            door = name in DOORS and not place.startswith(DOORS[name])
            if ours or door:
                found.append(f"{place} imports {name}")
    return found


def test_imports_run_one_way() -> None:
    assert trespasses(ROOT) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("extract/people/frames.py", "from store import Store"),
        ("dedupe/blocking.py", "import extract.names"),
        ("store/posts.py", "def f():\n    from dedupe import resolve"),
        ("scraper/collecting.py", "from extract import read"),
        ("russian/months.py", "import pipeline"),
        ("model.py", "import russian"),
        ("scheduler.py", "import cli"),
        ("scraper/kinds/vk.py", "import httpx"),
        ("extract/reading.py", "import sqlite_utils"),
    ],
)
def test_a_planted_import_fails(tmp_path: Path, place: str, line: str) -> None:
    planted = tmp_path / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(f"{line}\n", encoding="utf-8")
    (found,) = trespasses(tmp_path)
    assert found.startswith(f"{place} imports ")


def test_every_top_level_module_has_a_room() -> None:
    named = {path.stem for path in ROOT.glob("*.py")}
    named |= {path.parent.name for path in ROOT.glob("*/__init__.py")}
    outside = {"tests", "benchmarks", "build"}
    assert named - outside <= set(ALLOWED)


def test_no_vague_names() -> None:
    names = {part for _, path in modules(ROOT) for part in (path.stem, path.parent.name)}
    assert not names & VAGUE


def test_foreign_imports_are_declared() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8").lower().replace("-", "_")
    # a package under another name, and parts that come with one we name
    names = {
        "bs4": "beautifulsoup4", "soupsieve": "beautifulsoup4", "httpcore": "httpx",
        "uvicorn": "datasette", "jinja2": "datasette", "markupsafe": "datasette",
        "mypyc": "mypy", "itsdangerous": "datasette",
    }  # fmt: skip
    foreign = {
        name
        for _, path in modules(ROOT)
        for name in imports(path)
        if name not in ALLOWED and name not in sys.stdlib_module_names
    }
    assert {name for name in foreign if names.get(name, name).lower() not in declared} == set()


@pytest.mark.parametrize(
    "path",
    [path for _, path in modules(ROOT)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_file_says_what_it_is_and_reads_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path.name} has no docstring"
    assert len(text.splitlines()) <= 400, f"{path.name} is longer than 400 lines"
