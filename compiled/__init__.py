"""The rules as machine code, built of the very sources that stand here → imported in their place.

`python -m compiled` (`make install`) builds them where there is a C compiler. They lie
under `build/compiled/` in a folder named by a digest of the sources, so what was built of others is
never found: a changed rule is interpreted until it is built anew, and reads the same either way.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
BUILDS = ROOT / "build" / "compiled"
GROUP = "rollcall"
SETTING = "ROLLCALL_COMPILED"  # "no": interpret; a folder: use that build, which is being tried
SUFFIX = EXTENSION_SUFFIXES[0]  # names the interpreter and the machine
_LIBRARY = f"{GROUP}__mypyc"
ROOMS = ("extract", "russian")
# What brings the compiled modules in, runs by itself, or reads its own sources.
_INTERPRETED = frozenset(
    (
        *("extract", "russian", "extract.version"),
        *("russian.__main__", "russian.build_gazetteer", "russian.kept", "russian.remembered"),
    )
)


# What the compiled modules take types from without being compiled with them.
SEEN = tuple(ROOT / name for name in ("model.py", "extract/version.py", "russian/remembered.py"))


@cache
def sources() -> Mapping[str, Path]:
    """Every module that is compiled, with its source."""
    named = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    rows = "extract.rows"  # of lists: read once a list
    return {
        name: path
        for name, path in named.items()
        if name not in _INTERPRETED and not name.startswith(rows)
    }


def place() -> Path:
    """Where the build of these sources lies, or would."""
    digest = hashlib.sha256()
    for path in (*SEEN, Path(__file__).with_name("__main__.py"), *sources().values()):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return BUILDS / digest.hexdigest()[:16]


def file_of(module: str) -> str:
    """The name of a compiled module's file."""
    return f"{module}{SUFFIX}"


@cache
def use() -> str:
    """Import the build of these sources from now on. What is used: compiled, or why interpreted."""
    asked = os.environ.get(SETTING)
    if asked == "no":
        return f"interpreted, as {SETTING}=no asks"
    if sys.gettrace() is not None:
        return "interpreted, for a debugger or a measurement of coverage to follow"
    folder = Path(asked) if asked else place()
    if not (folder / file_of(_LIBRARY)).is_file():
        return "interpreted: these sources are not built (make install)"
    try:
        _load_library(folder)
    except ImportError as error:
        return f"interpreted: the build cannot be loaded ({error})"
    sys.meta_path.insert(0, _Finder(folder))
    return "compiled"


def _load_library(folder: Path) -> None:
    """The one library that all compiled modules are parts of."""
    path = folder / file_of(_LIBRARY)
    spec = spec_from_file_location(_LIBRARY, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    library = module_from_spec(spec)
    # Its modules tell their places by its place: they stand beside their sources and the tables.
    library.__file__ = str(ROOT / path.name)
    sys.modules[_LIBRARY] = library
    spec.loader.exec_module(library)


class _Loader(ExtensionFileLoader):
    """Loads a compiled module, which says that it is its source."""

    def __init__(self, name: str, path: str, source: Path) -> None:
        super().__init__(name, path)
        self.source = source

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = super().create_module(spec)
        module.__file__ = str(self.source)
        return module


class _Finder(MetaPathFinder):
    """Finds the compiled modules, and no others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        source = sources().get(name)
        if source is None:
            return None
        file = self.folder / file_of(name)
        if not file.is_file():
            return None  # left out of the build
        package = [str(source.parent)] if source.name == "__init__.py" else None
        return spec_from_file_location(
            name,
            file,
            loader=_Loader(name, str(file), source),
            submodule_search_locations=package,
        )
