"""Compiled rules: read as their sources do, never older than them, and not needed."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
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


def mangled(lines: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Posts with letters and words lost, doubled, moved, of other alphabets and cases."""
    chance = random.Random(seed)  # noqa: S311
    for line in lines:
        post = json.loads(line)
        words = post["text"].split(" ")
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(words))
            words[at] = chance.choice(FAULTS)(words[at])
            other = chance.randrange(len(words))
            if at % 3 == 0:
                words[at], words[other] = words[other], words[at]
        yield json.dumps({**post, "text": " ".join(words)}).encode() + b"\n"


FAULTS: tuple[Callable[[str], str], ...] = (
    str.upper, str.lower, str.title, lambda w: w[1:], lambda w: w[:-1], lambda w: f"{w} {w}",
    lambda w: f"{w}\n", lambda w: f"({w}", lambda w: w.replace("о", "o"),
    lambda w: w.replace("и", "і"), lambda w: "".join(f"{letter} " for letter in w),
    lambda w: f"{w}\u0301", lambda w: f"{w}, 45 лет,", lambda _: "\U0001f56f", lambda _: "",
    lambda w: w.translate({ord("1"): "l", ord("0"): "О"}),
)  # fmt: skip


@BUILT
def test_the_build_reads_as_its_sources_do() -> None:
    worlds = [ROOT / "benchmarks" / "worlds" / name for name in ("third", "ninth", "twelfth")]
    lines = [
        line for world in worlds for line in (world / "posts.jsonl").read_bytes().splitlines(True)
    ]
    text = b"".join([*lines, *mangled(lines[::2], seed=6)])
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


def test_where_there_is_no_compiler_one_line_says_so(copy: Path) -> None:
    source = copy / "extract" / "peek.py"
    before = source.read_text("utf-8")
    source.write_text(f"{before}\n", "utf-8")
    told = run("-m", "compiled", root=copy, env={"PATH": ""})
    source.write_text(before, "utf-8")
    assert told.startswith("extraction will be interpreted: no C compiler")
    assert told.count("\n") == 1
    assert not list(copy.glob("build/compiled/tmp*"))


# Of few modules: all would take a minute.
BUILD = """
from pathlib import Path
import compiled, compiled.__main__ as building
every = compiled.sources()
few = ("extract.peek", "extract.text", "russian.months", "russian.moscow")
compiled.sources = lambda: {name: every[name] for name in few}
building._build(Path("work"), Path("made"))
"""
LOADED = """
import extract.peek, extract.text, russian.months, russian.moscow, sys
ours = [one for one in sys.modules.values() if one.__name__.startswith(("extract", "russian"))]
print(*[one.__name__ for one in ours if "compiled._Loader" in repr(one.__spec__)])
"""


@BUILT
def test_a_module_that_cannot_be_compiled_is_interpreted_among_the_others(copy: Path) -> None:
    faults = {
        "extract/peek.py": ("def f(a: str) -> bool: return a in (*['a'], 'b')", "internal mypyc"),
        "extract/text.py": ("from functools import cached_property", "cached_property is not"),
        "russian/moscow.py": ("broken: int = ''", "Incompatible types"),
    }
    before = {path: (copy / path).read_text("utf-8") for path in faults}
    for path, (fault, _) in faults.items():
        (copy / path).write_text(f"{before[path]}\n{fault}\n", "utf-8")
    told = run("-c", BUILD, root=copy)
    loaded = run("-c", LOADED, root=copy, env={compiled.SETTING: str(copy / "made")})
    for path in faults:
        (copy / path).write_text(before[path], "utf-8")
    for path, (_, why) in faults.items():
        assert any(path in line and why in line for line in told.splitlines()), told
    assert loaded == "russian.months\n"


@BUILT
def test_every_rule_is_compiled() -> None:
    """One that mypyc refuses slows all reading; `python -m compiled` names its line."""
    files = {path.name for path in compiled.place().iterdir()}
    assert [name for name in compiled.sources() if compiled.file_of(name) not in files] == []


def test_what_is_compiled() -> None:
    """The rules; not the packages' own files, which bring them in."""
    assert "extract.reading" in compiled.sources()
    assert {"extract", "russian", "extract.version"}.isdisjoint(compiled.sources())
    assert all(path.is_file() for path in compiled.sources().values())
