"""A folder of TOML files → sources, checked: a wrong key names file, key and the nearest right."""

from __future__ import annotations

import codecs
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from model import Claim, Expect, Source, SourceInvalid
from scraper import kinds, proxies
from scraper.fields import ALIASES, CLAIMS, FIELDS
from scraper.nearest import hint

Values = str | tuple[str, ...]

_COMMON = (
    "kind",
    "url",
    "claim",
    "claims",
    "every",
    "every_min",
    "every_max",
    "proxy",
    "encoding",
    "delimiter",
    "columns",
    "where",
    "expect",
    "owner",
    "enabled",
)
_ENCODINGS = ("utf-8", "windows-1251", "koi8-r", "koi8-u", "cp866", "iso-8859-5", "utf-16")
_EXPECT = ("min_rows", "max_shrink", "max_growth")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_INTERVAL = re.compile(r"(?:\d+\s*[smhdw]\s*)+", re.I)
_CALLED = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table { … }",
}
_Typed = TypeVar("_Typed", str, int, float, bool, dict[str, object])


def load(directory: Path) -> list[Source]:
    """Every `*.toml` of the folder, by name. Raises SourceInvalid at the first wrong file."""
    if not directory.is_dir():
        raise SourceInvalid(f"{directory}: no such folder of sources")
    sources: dict[str, Source] = {}
    for path in sorted(directory.glob("*.toml")):
        source = load_one(path)
        if source.name in sources:
            twin = sources[source.name].path
            raise SourceInvalid(f"{path}: the name {source.name!r} is taken by {twin}")
        sources[source.name] = source
    return list(sources.values())


def load_one(path: Path) -> Source:
    """The source one TOML file describes. Raises SourceInvalid with everything wrong in it."""
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SourceInvalid(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceInvalid(f"{path}: not a TOML file in UTF-8: {error}") from error
    return _Reader(path, table).source()


def kind_names() -> list[str]:
    """The kinds there are: the modules of scraper/kinds."""
    return sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))


def kind_module(kind: str) -> ModuleType:
    """The module of a kind: `collect`, and where it has them `KEYS`, `NEEDS` and `faults`.

    KEYS maps the kind's own keys to their types, NEEDS lists the keys it cannot do without, and
    `faults(source)` gives what else is wrong with a source of this kind, a clause each.
    """
    return importlib.import_module(f"{kinds.__name__}.{kind}")


def interval(text: str) -> timedelta:
    """ "6h", "30m", "1d", "1h30m" as a time span. Raises ValueError for anything else, or zero."""
    if not _INTERVAL.fullmatch(text.strip()):
        raise ValueError(text)
    parts = re.findall(r"(\d+)\s*([smhdw])", text.lower())
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= 366 * 86_400:
        raise ValueError(text)
    return timedelta(seconds=seconds)


class _Reader:
    """One file's table on its way to a Source; every fault is kept, then all are told at once."""

    def __init__(self, path: Path, table: dict[str, object]) -> None:
        self.path, self.table = path, table
        self.faults: list[str] = []

    def source(self) -> Source:
        module = self.kind()
        own: Mapping[str, type] = getattr(module, "KEYS", {})
        if module is not None:
            self.unknown(self.table, [*_COMMON, *own], "key")
            self.missing(("url", *getattr(module, "NEEDS", ())))
        name = self.path.name.split(".")[0]
        source = Source(
            name=name,
            kind=str(self.table.get("kind")),
            url=self.typed("url", str, "").strip(),
            path=str(self.path),
            claim=self.claim("claim", self.typed("claim", str, "")),
            claims=self.claims(),
            every=self.every(),
            every_min=self.bound("every_min"),
            every_max=self.bound("every_max"),
            proxy=self.proxy(),
            encoding=self.encoding(),
            delimiter=self.delimiter(),
            columns=self.columns(),
            where={key: self.values("where", key, value) for key, value in self.part("where")},
            options={
                key: self.typed(key, own[key], own[key]()) for key in own if key in self.table
            },
            expect=self.expect(),
            owner=self.typed("owner", str, "").strip() or name,
            enabled=self.typed("enabled", bool, True),
        )
        least, most = source.every_min or source.every, source.every_max or source.every
        if not least <= source.every <= most:
            self.faults.append("every_min ≤ every ≤ every_max must hold")
        if not self.faults:
            self.faults.extend(getattr(module, "faults", lambda _: ())(source))
        if self.faults:
            raise SourceInvalid(f"{self.path}: " + "; ".join(self.faults))
        return source

    def kind(self) -> ModuleType | None:
        known = kind_names()
        if "kind" not in self.table:
            self.faults.append(f"the key 'kind' is missing (one of: {', '.join(known)})")
            return None
        kind = self.table["kind"]
        if kind not in known:
            self.faults.append(f"unknown kind {kind!r}{hint(str(kind), known)}")
            return None
        return kind_module(str(kind))

    def unknown(self, table: Iterable[str], right: Iterable[str], what: str) -> None:
        right = sorted(right)
        for key in table:
            if key not in right:
                self.faults.append(f"unknown {what} {key!r}{hint(key, right)}")

    def missing(self, needed: Iterable[str]) -> None:
        for key in needed:
            if self.table.get(key) in (None, "", {}):
                self.faults.append(f"the key {key!r} is missing")

    def typed(self, key: str, kind: type[_Typed], default: _Typed) -> _Typed:
        return self.of(key, self.table.get(key, default), kind, default)

    def of(self, key: str, value: object, kind: type[_Typed], default: _Typed) -> _Typed:
        """`value` where it is of the kind; an int passes for a float, a date for a text."""
        if kind is float and type(value) is int:
            value = float(value)
        if kind is str and isinstance(value, date):
            value = value.isoformat()  # since = 2024-08-01, unquoted, is a date to TOML
        if type(value) is kind:  # not isinstance: true is no number
            return value
        self.faults.append(f"{key!r} must be {_CALLED[kind]}, not {value!r}")
        return default

    def part(self, key: str) -> list[tuple[str, object]]:
        return list(self.typed(key, dict, {}).items())

    def values(self, part: str, key: str, value: object) -> Values:
        """A text or number as text; a list of them as a tuple."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int):
            return str(value)
        if isinstance(value, list) and value:
            return tuple(str(self.values(part, key, item)) for item in value)
        self.faults.append(f"{part}.{key} must be a text or a list of texts, not {value!r}")
        return ""

    def columns(self) -> dict[str, Values]:
        found: dict[str, Values] = {}
        for key, value in self.part("columns"):
            name = ALIASES.get(key, key)
            if name not in FIELDS and key in _COMMON:
                self.faults.append(f"{key!r} stands inside [columns]: move it above that line")
            elif name not in FIELDS:
                self.unknown([key], FIELDS, "field in columns")
            elif name in found:
                self.faults.append(f"columns names {name!r} twice")
            else:
                found[name] = self.values("columns", key, value)
        return found

    def claims(self) -> dict[str, Claim]:
        told = {word: self.claim(word, str(value)) for word, value in self.part("claims")}
        return {word: claim for word, claim in told.items() if claim is not None}

    def claim(self, key: str, told: str) -> Claim | None:
        word = told.strip().lower()
        word = CLAIMS.get(word, word)
        if not word:
            return None
        right = [claim.value for claim in Claim]
        if word not in right:
            self.faults.append(f"{key}: unknown claim {word!r}{hint(word, right)}")
            return None
        return Claim(word)

    def every(self) -> timedelta:
        text = self.typed("every", str, "6h")
        try:
            return interval(text)
        except ValueError:
            self.faults.append(f'\'every\' must be like "30m", "6h" or "1d", not {text!r}')
            return timedelta(hours=6)

    def bound(self, key: str) -> timedelta | None:
        if key not in self.table:
            return None
        text = self.typed(key, str, "6h")
        try:
            return interval(text)
        except ValueError:
            self.faults.append(f'{key!r} must be like "30m", "6h" or "1d", not {text!r}')
            return None

    def proxy(self) -> str | None:
        text = self.typed("proxy", str, "").strip()
        if text and not proxies.usable(text):
            self.faults.append(
                '\'proxy\' must be like "http://HOST:PORT" or "socks5h://127.0.0.1:9050", '
                "without a password"
            )
        return text or None

    def encoding(self) -> str | None:
        name = self.typed("encoding", str, "")
        try:
            return codecs.lookup(name).name if name else None
        except LookupError:
            self.faults.append(f"unknown encoding {name!r}{hint(name, _ENCODINGS)}")
            return None

    def delimiter(self) -> str | None:
        text = self.typed("delimiter", str, "")
        text = {"tab": "\t", "\\t": "\t"}.get(text, text)
        if len(text) > 1:
            self.faults.append(f"'delimiter' must be one character, not {text!r}")
        return text or None

    def expect(self) -> Expect:
        table = self.typed("expect", dict, {})
        self.unknown(table, _EXPECT, "key in expect")
        default = Expect()
        minimum = self.of("min_rows", table["min_rows"], int, 0) if "min_rows" in table else None
        shrink = self.of("max_shrink", table.get("max_shrink", default.max_shrink), float, 0.0)
        growth = self.of("max_growth", table.get("max_growth", default.max_growth), float, 0.0)
        if (minimum or 0) < 0 or not 0 <= shrink <= 1 or growth < 0:
            self.faults.append("expect: min_rows ≥ 0, max_shrink from 0 to 1, max_growth ≥ 0")
        return Expect(min_rows=minimum, max_shrink=shrink, max_growth=growth)
