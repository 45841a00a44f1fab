"""Who was erased → tokens that recognise him when he comes again, and tell a thief next to nothing.

A token has 24 bits: 10 of a keyed hash, which lets nearly every stranger pass at once, and 14 of
scrypt, which makes a dictionary of names expensive. One in sixteen million strangers meets a given
token by chance, so that nobody can prove from the file who was erased. It lies beside the database
(`rollcall.db.erased`), so that a restored backup meets it too.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from model import Record, StoreUnusable
from russian.given import full_names
from russian.skeleton import patronymic_root, surname_skeleton
from store.durable import put

_FAST_BITS, _SLOW_BITS = 10, 14
_SCRYPT = {"n": 2**13, "r": 8, "p": 1}  # about 20 ms, 8 MiB


def _births(record: Record) -> tuple[str | None, str | None]:
    """Full birth date and year, as far as the record says."""
    said = record.birth_date
    if not said:
        return None, None
    return (said if len(said) == 10 else None), said[:4]


def _given(record: Record) -> Iterator[str]:
    """The full names a given name may stand for."""
    if record.given:
        yield from sorted(full_names(record.given) or {record.given})


def shapes(records: Iterable[Record]) -> frozenset[str]:
    """Descriptions under which a man told by these records shall be known again."""
    found, told = set[str](), list(records)
    undated = not any(_births(record)[1] for record in told)
    for record in told:
        surname = surname_skeleton(record.surname or "")
        father = patronymic_root(record.patronymic or "")
        full, year = _births(record)
        for given in _given(record):
            found.update(_dated(surname, given, father, full, year))
            if father:
                found.add(f"fathers name|{surname}|{given}|{father}")
                if undated:
                    found.add(f"undated|{surname}|{given}|{father}")
            elif not year:
                found.add(f"bare|{surname}|{given}")
    return frozenset(found)


def _dated(
    surname: str, given: str, father: str, full: str | None, year: str | None
) -> Iterator[str]:
    if full:
        yield f"date|{surname}|{given}|{full}"
        if father:  # the surname may be misspelt
            yield f"date of|{given}|{father}|{full}"
    if year:
        yield f"year|{surname}|{given}|{father}|{year}"


def questions(record: Record) -> frozenset[str]:
    """Descriptions under which a record that comes in could be an erased man's.

    A record that says more is asked by more: another birth date is another man.
    """
    surname = surname_skeleton(record.surname or "")
    father = patronymic_root(record.patronymic or "")
    full, year = _births(record)
    found = set[str]()
    for given in _given(record):
        found.update(_dated(surname, given, father, full, None if full else year))
        if father:
            found.add(f"undated|{surname}|{given}|{father}")
            if not year:
                found.add(f"fathers name|{surname}|{given}|{father}")
        elif not year:
            found.add(f"bare|{surname}|{given}")
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The file of tokens: a pepper, and for men and posts their numbers."""

    pepper: bytes
    men: frozenset[int] = frozenset()
    posts: frozenset[int] = frozenset()
    fast: frozenset[int] = field(init=False, compare=False)  # the men's first bits

    def __post_init__(self) -> None:
        object.__setattr__(self, "fast", frozenset(number >> _SLOW_BITS for number in self.men))

    @classmethod
    def load(cls, path: Path) -> Tokens | None:
        """The file's tokens; None where nothing was ever erased. Raises StoreUnusable."""
        try:
            told = json.loads(path.read_text(encoding="ascii"))
            men = frozenset(int(number) for number in told["men"])
            posts = frozenset(int(number) for number in told["posts"])
            pepper = bytes.fromhex(told["pepper"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreUnusable(
                f"{path}: the list of what was erased cannot be read; nothing is saved without it"
            ) from error
        return cls(pepper=pepper, men=men, posts=posts)

    def with_men(self, told: Iterable[str]) -> Tokens:
        """With a token for each description."""
        added = {_token(self.pepper, one) for one in told}
        return Tokens(pepper=self.pepper, men=self.men | added, posts=self.posts)

    def with_posts(self, names: Iterable[tuple[str, str]]) -> Tokens:
        """With a token for each post, named by source and external id."""
        added = {_post_token(self.pepper, *name) for name in names}
        return Tokens(pepper=self.pepper, men=self.men, posts=self.posts | added)

    def knows(self, record: Record) -> bool:
        """Is this a record of a man who was erased?"""
        return any(
            _fast(self.pepper, one) in self.fast and _token(self.pepper, one) in self.men
            for one in questions(record)
        )

    def knows_post(self, source: str, external_id: str) -> bool:
        """Is this a post that was erased?"""
        return bool(self.posts) and _post_token(self.pepper, source, external_id) in self.posts

    def save(self, path: Path) -> None:
        """Replace the file, durably."""
        told = {
            "pepper": self.pepper.hex(), "men": sorted(self.men), "posts": sorted(self.posts),
        }  # fmt: skip
        try:
            put(path, json.dumps(told).encode("ascii"))
        except OSError as error:
            raise StoreUnusable(f"{path}: {error.strerror or error}; nothing is erased") from error


def place(database: Path) -> Path:
    """Where the tokens of a database lie."""
    return database.with_name(f"{database.name}.erased")


def load_or_new(path: Path) -> Tokens:
    """The file's tokens, or an empty set with a new pepper."""
    return Tokens.load(path) or Tokens(pepper=secrets.token_bytes(32))


def _fast(pepper: bytes, told: str) -> int:
    digest = hashlib.blake2b(told.encode(), key=pepper, digest_size=4).digest()
    return int.from_bytes(digest) >> (32 - _FAST_BITS)


@lru_cache(maxsize=4096)
def _token(pepper: bytes, told: str) -> int:
    slow = hashlib.scrypt(told.encode(), salt=pepper, dklen=4, maxmem=2**26, **_SCRYPT)
    return _fast(pepper, told) << _SLOW_BITS | int.from_bytes(slow) >> (32 - _SLOW_BITS)


def _post_token(pepper: bytes, source: str, external_id: str) -> int:
    told = f"{source}\x1f{external_id}".encode()
    return int.from_bytes(hashlib.blake2b(told, key=pepper, digest_size=5).digest())
