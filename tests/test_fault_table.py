"""Each fault of docs/faults.md names tests, and each test and case it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import test_content_faults
import test_wire_faults
from test_threat_model import existing

PAGE = (Path(__file__).parent.parent / "docs" / "faults.md").read_text(encoding="utf-8")
CASES = {
    "test_faults_of_the_wire": test_wire_faults.FAULTS,
    "test_faults_of_content": test_content_faults.FAULTS,
}


def absent(page: str) -> list[str]:
    """The tests and cases a page names that are not there."""
    found, tests = [], existing()
    for name, case in re.findall(r"`(test_\w+)(?:\[([^\]]+)\])?`", page):
        cases = {f"{fault.kind}: {fault.name}" for fault in CASES.get(name, ())}
        if name not in tests or (case and case not in cases):
            found.append(f"{name}[{case}]")
    return found


def test_every_test_and_case_it_names_is_there() -> None:
    assert absent(PAGE) == []


@pytest.mark.parametrize("name", ["test_of_no_name", "test_faults_of_the_wire[rss: no such fault]"])
def test_what_is_not_there_is_noticed(name: str) -> None:
    assert absent(f"| x | `{name}` |")


def test_every_fault_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(rows) > 50
    assert [row for row in rows if "`test_" not in row] == []
