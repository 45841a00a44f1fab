"""Compiled rules: read as their sources do, never older than them, and not needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import compiled

ROOT = Path(__file__).parent.parent
BUILT = pytest.mark.skipif(
    not compiled.place().is_dir(), reason="needs `make install` with a C compiler"
)
USED = "import compiled, extract.reading as r; print(compiled.use(), '|', r.__loader__)"


def run(
    *command: str, root: Path = ROOT, env: Mapping[str, str] | None = None, text: bytes = b""
) -> str:
    """What Python says of it in a process that nothing traces."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    plain.pop(compiled.SETTING, None)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=root, env={**plain, "PYTHONHASHSEED": "0", **(env or {})}, input=text,
        capture_output=True, check=False,
    )  # fmt: skip
    return (done.stdout + done.stderr).decode()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the rules and what was built of them, in another place."""
    root = tmp_path_factory.mktemp("copy")
    for room in ("extract", "russian", "compiled", "build/compiled"):
        if (ROOT / room).is_dir():
            shutil.copytree(ROOT / room, root / room)
    shutil.copy(ROOT / "model.py", root)
    return root


@BUILT
def test_the_build_reads_as_its_sources_do() -> None:
    worlds = [ROOT / "benchmarks" / "worlds" / name for name in ("third", "ninth", "twelfth")]
    text = b"".join((world / "posts.jsonl").read_bytes() for world in worlds)
    read = [
        run("-m", "cli", "extract", env=env, text=text)
        for env in ({}, {compiled.SETTING: "no"})
    ]  # fmt: skip
    assert read[0].count("\n") == text.count(b"\n")
    assert read[0] == read[1]


@BUILT
def test_a_build_is_used_until_a_source_changes(copy: Path) -> None:
    said = run("-c", USED, root=copy)
    assert said.startswith("compiled | ")
    assert "ExtensionFileLoader" in said
    for changed in ("extract/people/kinship.py", "model.py"):
        path = copy / changed
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        said = run("-c", USED, root=copy)
        assert said.startswith("interpreted: these sources are not built")
        assert "SourceFileLoader" in said
        path.write_bytes(before)
    assert run("-c", USED, root=copy).startswith("compiled")


@BUILT
@pytest.mark.parametrize(
    ("before", "env", "said"),
    [
        ("", {compiled.SETTING: "no"}, "interpreted, as ROLLCALL_COMPILED=no asks"),
        ("import sys; sys.settrace(lambda *_: None); ", {}, "interpreted, for a debugger"),
    ],
)
def test_rules_are_interpreted_where_that_is_wanted(
    before: str, env: dict[str, str], said: str
) -> None:
    assert run("-c", before + USED, env=env).startswith(said)


@BUILT
def test_a_build_that_cannot_be_loaded_is_not_used(copy: Path) -> None:
    (library,) = (copy / "build" / "compiled").glob("*/rollcall__mypyc*")
    whole = library.read_bytes()
    library.write_bytes(b"of another machine")
    assert run("-c", USED, root=copy).startswith("interpreted: the build cannot be loaded")
    library.write_bytes(whole)


@pytest.mark.parametrize(
    ("added", "path", "said"),
    [
        ("", "", "no C compiler"),
        ("from functools import cached_property\n", os.environ["PATH"], "cached_property"),
        ("broken: int = ''\n", os.environ["PATH"], "Incompatible types"),
    ],
)
def test_what_cannot_be_built_is_told_in_a_line(
    copy: Path, added: str, path: str, said: str
) -> None:
    source = copy / "extract" / "peek.py"
    before = source.read_text("utf-8")
    source.write_text(f"{before}\n{added}", "utf-8")
    told = run("-m", "compiled", root=copy, env={"PATH": path})
    source.write_text(before, "utf-8")
    assert told.startswith("extraction will be interpreted: ")
    assert said in told
    assert told.count("\n") == 1
    assert not list(copy.glob("build/compiled/tmp*"))


def test_what_is_compiled() -> None:
    """The rules; not the packages' own files, which bring them in."""
    assert "extract.reading" in compiled.sources()
    assert {"extract", "russian", "extract.version"}.isdisjoint(compiled.sources())
    assert all(path.is_file() for path in compiled.sources().values())
