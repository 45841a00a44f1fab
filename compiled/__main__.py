"""The sources of the rules → machine code, kept if it reads the practice world as they do.

    python -m compiled        # a minute's work of one processor; nothing, where it is done already

A module written as mypyc cannot compile it is left out, and interpreted; one line names it. Where
there is no C compiler, or the build reads otherwise, one line says so and nothing is kept.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

import compiled

_OPTIONS = (
    "--config-file=",
    f"--cache-dir={os.devnull}",
    "--follow-imports=skip",  # only our own: others' types would take a minute to read
    "--ignore-missing-imports",
)
_FLAGS = (
    *("-O1", "-g0", "-w", "-fPIC", "-fwrapv", "-DNDEBUG"),
    *("-fvisibility=hidden", "-fno-semantic-interposition", "-fno-plt"),  # calls go straight
)
_REFUSED = re.compile(r"^(.+?\.py):(\d+: (?:error|note): .*)", re.MULTILINE)
_FUTURE = "from __future__ import annotations"
# A name for good. Not of a tuple: mypyc lays it out anew at each use, and mistakes some for unset.
_CONSTANT = re.compile(r"^(_?[A-Z][A-Z0-9_]+)(?:: (.+?))? = (?!TypeVar|ParamSpec|\()", re.MULTILINE)
_MOST_LEFT_OUT = 5  # modules: each costs another try


class NotBuilt(Exception):
    """Why there is no build of these sources."""


class _Extension(Protocol):
    """What setuptools would build, and we build on all processors."""

    name: str
    sources: list[str]
    include_dirs: list[str]


def main() -> int:
    """Build, if these sources are not built yet; 1 where that cannot be."""
    target = compiled.place()
    if target.is_dir():
        return 0
    try:
        compiled.BUILDS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=compiled.BUILDS) as work:
            made = Path(work) / "made"
            _build(Path(work), made)
            _check(made)
            made.rename(target)
    except (NotBuilt, OSError) as error:
        print(f"extraction will be interpreted: {error}", file=sys.stderr)
        return 1
    for old in compiled.BUILDS.iterdir():
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    print("extraction is compiled")
    return 0


def _build(work: Path, made: Path) -> None:
    """All compiled modules, each a file in `made`."""
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")
    headers = sysconfig.get_path("include")
    if shutil.which(compiler[0]) is None or not Path(headers, "Python.h").is_file():
        raise NotBuilt(f"no C compiler ({compiler[0]}) or no headers of Python")
    _mirror(work / "src")
    c = (work / "c").absolute()
    with chdir(work / "src"):  # for a traceback to name a module as it stands here
        library, *shims = _translated(c, _misread())
    include = [f"-I{folder}" for folder in (*library.include_dirs, headers)]
    compile_one = partial(_compile, [*compiler, *_FLAGS, *include])
    linker = shlex.split(sysconfig.get_config_var("LDSHARED"))
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        parts = pool.map(compile_one, (part for one in (library, *shims) for part in one.sources))
        objects = list(parts)
        made.mkdir()
        whole = objects[: len(library.sources)]
        single = ([one] for one in objects[len(library.sources) :])
        names = [one.name.removesuffix(".__init__") for one in (library, *shims)]
        targets = (made / compiled.file_of(name) for name in names)
        list(pool.map(partial(_link, linker), (whole, *single), targets))


def _mirror(folder: Path) -> None:
    """All that is compiled, and what it stands in or takes types from, with constants marked."""
    beside = (
        path for room in compiled.ROOMS for path in (compiled.ROOT / room).rglob("__init__.py")
    )
    for path in {*compiled.sources().values(), *compiled.SEEN, *beside}:
        target = folder / path.relative_to(compiled.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_marked(path.read_text(encoding="utf-8")), encoding="utf-8")


def _marked(source: str) -> str:
    """The source, line for line, its constants final: mypyc need not look such names up."""
    names = Counter(match[1] for match in _CONSTANT.finditer(source))

    def final(match: re.Match[str]) -> str:
        name, told = match[1], match[2]
        changed = names[name] > 1 or re.search(rf"^ *{name} [-+|&]= ", source, re.MULTILINE)
        if changed or f"global {name}" in source:
            return match[0]
        return f"{name}: _Final[{told}] = " if told else f"{name}: _Final = "

    if _FUTURE not in source:
        return source
    typed = f"{_FUTURE}; from typing import Final as _Final"
    return _CONSTANT.sub(final, source).replace(_FUTURE, typed, 1)


def _misread() -> dict[Path, str]:
    """What mypyc compiles without a word to something else: it makes every such field anew."""
    return {
        path: "cached_property is not cached"
        for path in map(_named, compiled.sources().values())
        if "cached_property" in path.read_text(encoding="utf-8")
    }


def _named(source: Path) -> Path:
    """As mypyc is told of it and names it: as it stands in the mirror."""
    return source.relative_to(compiled.ROOT)


def _translated(folder: Path, left_out: Mapping[Path, str]) -> Sequence[_Extension]:
    """The sources as C in `folder`: the library of all, and for each module what finds it there.

    `left_out`: why some are not; those that mypyc refuses join them, and the rest is tried again.
    """
    try:
        made = _try(folder, left_out)
    except NotBuilt as error:
        refused = {Path(match[1]): match[2] for match in _REFUSED.finditer(str(error))}
        more = {**left_out, **refused}
        if more == left_out or len(more) > _MOST_LEFT_OUT:
            raise NotBuilt(_last_line(str(error))) from error
        return _translated(folder, more)
    for path, why in left_out.items():
        print(f"{path} will be interpreted: {why}", file=sys.stderr)
    return made


def _try(folder: Path, left_out: Mapping[Path, str]) -> Sequence[_Extension]:
    try:
        from mypyc.build import mypycify  # noqa: PLC0415  # of the tools, and heavy
    except ImportError as error:
        raise NotBuilt(f"mypy is not installed ({error})") from error
    said = StringIO()
    sources = map(_named, compiled.sources().values())
    paths = [str(path) for path in sources if path not in left_out]
    typed = (path for path, why in left_out.items() if "error: " not in why)
    known = [str(path) for path in (*map(_named, compiled.SEEN), *typed)]  # by their types alone
    try:
        with redirect_stdout(said):
            made = mypycify(
                [*_OPTIONS, *known, *paths],
                only_compile_paths=paths,
                multi_file=True,
                target_dir=str(folder),
                group_name=compiled.GROUP,
            )
    except SystemExit as error:  # how mypyc tells of what it cannot compile
        raise NotBuilt(said.getvalue() or f"mypyc: {error}") from error
    return made


def _compile(command: Sequence[str], source: str) -> str:
    target = f"{source}.o"
    _run([*command, "-c", source, "-o", target])
    return target


def _link(command: Sequence[str], objects: Sequence[str], target: Path) -> None:
    _run([*command, *objects, "-o", str(target)])


def _run(command: Sequence[str], **how: Any) -> bytes:
    done: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603  # ours alone
        command, capture_output=True, check=False, **how
    )
    if done.returncode:
        said = _last_line(done.stderr.decode(errors="replace"))
        raise NotBuilt(f"{command[0]} failed: {said or done.returncode}")
    return done.stdout


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def _check(made: Path) -> None:
    """The build must read the practice world to the byte as its sources do."""
    use = _run([sys.executable, "-c", "import compiled; print(compiled.use())"], **_with(made))
    if use.strip() != b"compiled":
        raise NotBuilt(use.decode())
    if _read_practice(str(made)) != _read_practice("no"):
        raise NotBuilt("compiled rules read the practice world otherwise than their sources do")


def _read_practice(build: str) -> bytes:
    with (compiled.ROOT / "practice" / "data" / "posts.jsonl").open("rb") as posts:
        return _run([sys.executable, "-m", "cli", "extract"], stdin=posts, **_with(build))


def _with(build: Path | str) -> dict[str, Any]:
    told = {compiled.SETTING: str(build), "PYTHONHASHSEED": "0"}  # sets in one order
    return {"cwd": compiled.ROOT, "env": {**os.environ, **told}}


if __name__ == "__main__":
    sys.exit(main())
