"""What stands in deploy/ fits the program: metrics, commands, sandbox, ports."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import monitor
from cli import COMMANDS, main

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
_METRIC = re.compile(r"\brollcall_\w+")
SCORES = {"rollcall.service": 1.1, "rollcall-room.service": 0.9, "rollcall-backup.service": 0.5}


def exported() -> set[str]:
    """Every name under which a value is given out."""
    found = set()
    for family in monitor.Metrics().registry.collect():
        found |= {family.name, *(sample.name for sample in family.samples)}
        if family.type == "counter":
            found.add(f"{family.name}_total")
    return found


def test_every_metric_of_alerts_and_dashboard_is_given_out() -> None:
    for name in ("alerts.yml", "grafana.json"):
        asked = set(_METRIC.findall((DEPLOY / name).read_text(encoding="utf-8")))
        assert len(asked) > 10
        assert asked - exported() == set(), name


def test_the_four_alarms_an_operator_needs_are_there_and_explained() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0][
        "rules"
    ]
    names = [rule["alert"] for rule in rules]
    assert {
        "RollcallSourceStale", "RollcallDiskNearlyFull", "RollcallListHeld", "RollcallNoTick"
    } <= set(names)  # fmt: skip
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in page] == []
    assert all(rule["labels"]["severity"] in {"page", "ticket"} for rule in rules)


def test_the_dashboard_asks_one_datasource_and_no_panel_twice() -> None:
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${datasource}"}
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_a_command_there_is_and_may_write_little(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    parsed = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    service = parsed["Service"]
    words = re.sub(r".*bin/rollcall", "", service["ExecStart"]).strip("'").split()
    command = next(word for word in words if word in COMMANDS)
    options = [word for word in words[words.index(command) :] if word.startswith("--")]
    told = CliRunner().invoke(main, [command, "--help"]).output
    assert all(option in told for option in options)
    assert service["User"] == "rollcall"
    assert service["UMask"] == "0077"
    assert service["LimitCORE"] == "0"
    assert service["MemorySwapMax"] == "0"
    assert service["ProtectSystem"] == "strict"
    assert "--host" not in text  # everything listens on 127.0.0.1


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd")
@pytest.mark.parametrize("unit", [*UNITS, *DEPLOY.glob("*.timer")], ids=lambda path: path.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    """But for the program, which is not installed where it will be."""
    for one in (*UNITS, *DEPLOY.glob("*.timer")):
        shutil.copy(one, tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if "rollcall" in line]
    assert [line for line in told if "is not executable: No such file" not in line] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_the_sandbox_scores_what_the_page_says(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=100", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"systemd-analyze cannot tell: {done.stderr.strip()}")
    assert float(found[1]) <= SCORES[unit.name] + 0.2  # other versions weigh a little otherwise
    assert f"{SCORES[unit.name]}" in (DEPLOY / "README.md").read_text(encoding="utf-8")


def test_the_image_runs_as_nobody_special_and_copies_every_room() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    (user,) = re.findall(r"^USER (\d+)$", text, re.MULTILINE)
    assert int(user) > 0
    assert not re.search(r"https?://(?!127\.0\.0\.1)", text)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"python:3.11-slim-bookworm"}
    listed = re.search(r"^packages = \[(.*)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert listed is not None
    rooms = {name.split(".")[0] for name in re.findall(r'"([\w.]+)"', listed[1])}
    assert rooms - set(re.findall(r"^COPY (\w+) \w+$", text, re.MULTILINE)) == set()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert all(f"!{room}\n" in ignored for room in rooms)
