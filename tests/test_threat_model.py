"""Each control of the threat model names tests, and each named test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def named(page: str) -> list[str]:
    """Every test the page names."""
    return re.findall(r"`(test_\w+)`", page)


def existing() -> set[str]:
    """Every test function there is."""
    return {
        node.name
        for path in (ROOT / "tests").glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_test_it_names_exists() -> None:
    assert [name for name in named(PAGE) if name not in existing()] == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert [name for name in named("`test_nothing_of_this_name`") if name not in existing()]


def test_every_control_names_a_test_and_every_adversary_a_control() -> None:
    table = PAGE.split("## Controls")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if re.match(r"\| [A-Z] \|", line)]
    assert len(rows) > 30
    assert [row for row in rows if not named(row)] == []
    adversaries = set(re.findall(r"^\| ([A-Z]): ", PAGE, re.MULTILINE))
    assert {row[2] for row in rows} == adversaries
