"""What takes long to make of a dictionary's files → bytes kept between runs.

The bytes are filed under a digest of all they were made from, and begin with a digest of
themselves: another release of a package, a mended table or a damaged file make them anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, wraps
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_HERE = Path(__file__).parent
_DIGEST = 32  # bytes
_ALONE = threading.RLock()  # what is made here is made of others


def kept(
    name: str, build: Callable[[], bytes], package: str = "", tables: Sequence[str] = ()
) -> bytes:
    """What `build` gives: from the kept file of that name, else built and kept.

    `package` is the one whose release it depends on; `tables` are the files of `russian/`, those
    of the code that builds among them. Where nothing can be written, it is built every time.
    """
    made_from = hashlib.sha256(f"{package} {version(package) if package else ''}".encode())
    for table in tables:
        made_from.update((_HERE / table).read_bytes())
    path = _folder() / f"{name}-{made_from.hexdigest()[:12]}.kept"
    with suppress(OSError):
        content = path.read_bytes()
        if content[:_DIGEST] == hashlib.sha256(memoryview(content)[_DIGEST:]).digest():
            return content[_DIGEST:]
    built = build()
    with suppress(OSError):
        _write(path, hashlib.sha256(built).digest() + built)
    return built


def once(make: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """As functools.cache, but threads that ask at the same time wait for one to make it.

    For what is large: six threads that begin to read together would each make a gazetteer.
    """
    made = cache(make)

    @wraps(make)
    def alone(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        with _ALONE:
            return made(*given, **named)  # type: ignore[arg-type]  # hashable, as for any cache

    return cache(alone)  # type: ignore[return-value]  # typed as taking anything hashable


def installed(package: str, file: str) -> Path:
    """A file of an installed package, which is not imported for it: its libraries may be heavy."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(spec.submodule_search_locations[0]) / file


@cache
def _folder() -> Path:
    """Beside the code where that may be written, else in the user's own cache folder."""
    if os.access(_HERE, os.W_OK):
        return _HERE / "__pycache__"
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "rollcall"


def _write(path: Path, content: bytes) -> None:
    """The whole file or none: another process may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    made = Path(file.name)
    made.chmod(0o644)
    made.replace(path)
    for old in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.kept"):
        if old != path:
            old.unlink()
