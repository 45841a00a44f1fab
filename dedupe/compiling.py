"""Python functions → machine code, kept between runs.

numba keeps compiled code by the file a function stands in and does not see when a function it
calls, in another file, has changed. So the kept code is filed under a digest of all our kernels.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., object])

THREADS = os.cpu_count() or 1
_HERE = Path(__file__).parent
KERNELS = (
    "columns",
    "comparisons",
    "scorer",
    "rules",
    "slips",
    "blocking",
    "between",
    "clusters",
    "classes",
    "candidates",
)


def _digest() -> str:
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for name in KERNELS:
        digest.update((_HERE / f"{name}.py").read_bytes())
    return digest.hexdigest()[:12]


def _cache_directory() -> Path:
    """Where NUMBA_CACHE_DIR says, else beside the code, else in the user's own cache folder."""
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(named) / f"kernels-{_digest()}"
    if os.access(_HERE, os.W_OK):
        return _HERE / "__pycache__" / f"kernels-{_digest()}"
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "rollcall" / f"kernels-{_digest()}"


numba.config.CACHE_DIR = str(_cache_directory())  # type: ignore[attr-defined]


def compiled(function: Function) -> Function:
    """Compile on first call (about 20 s for all of them), from the kept code afterwards."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """The same for a small function of an inner loop: it becomes part of each caller."""
    return cast(Function, numba.njit(cache=True, nogil=True, forceinline=True)(function))
