"""The users' file ↔ who may see the private file and who may decide; passwords as hashes.

A file of its own, mode 600, beside the database: a copy of the database holds no password.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from model import UnusableInput
from store.durable import put
from store.times import stamp

SHORTEST = 10  # letters of a password
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_OURS = frozenset({"service", "resolution"})  # what rollcall itself does stands under these


class Role(StrEnum):
    """An analyst reads; an editor also decides and approves."""

    ANALYST = "analyst"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One who may enter. `password` is a hash as datasette-auth-passwords writes it."""

    name: str
    role: Role
    password: str
    since: str

    @property
    def proof(self) -> str:
        """Changes with the password and the role: an older session's proof fits no more."""
        told = f"{self.name}\n{self.role}\n{self.password}"
        return hashlib.sha256(told.encode()).hexdigest()[:20]


def users_file(db: Path) -> Path:
    """The users' file of a database, where no other is named."""
    return db.with_name(f"{db.name}.users.json")


class Users:
    """The file at `path`; read anew when it changes, so that a removed user is out at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._held: dict[str, User] = {}
        self._secret = ""

    def get(self, name: str) -> User | None:
        """The user of this name."""
        self._read()
        return self._held.get(name)

    def all(self) -> list[User]:
        """Every user, by name."""
        self._read()
        return [self._held[name] for name in sorted(self._held)]

    @property
    def secret(self) -> str:
        """What sessions are signed with; a file without users has none."""
        self._read()
        return self._secret

    def add(self, name: str, role: Role, password: str, now: datetime) -> User:
        """Add a user, or give him a new role and password. Raises UnusableInput for a poor one."""
        if not _NAME.fullmatch(name) or name in _OURS:
            raise UnusableInput(f"{name!r} is no user name: a–z, 0–9 and . _ - up to 32 letters")
        if len(password) < SHORTEST:
            raise UnusableInput(f"the password is shorter than {SHORTEST} letters")
        user = User(name=name, role=role, password=hashed(password), since=stamp(now))
        self._write([*(held for held in self.all() if held.name != name), user])
        return user

    def remove(self, name: str) -> None:
        """Take a user out; his sessions end. Raises UnusableInput if there is none."""
        if self.get(name) is None:
            raise UnusableInput(f"no user {name!r} in {self.path}")
        self._write(held for held in self.all() if held.name != name)

    def _read(self) -> None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._seen, self._held, self._secret = None, {}, ""
            return
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen == self._seen:
            return
        if found.st_mode & 0o077:
            raise UnusableInput(f"{self.path}: others can read it; chmod 600 it")
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            users = [User(**{**entry, "role": Role(entry["role"])}) for entry in content["users"]]
            self._secret = str(content["secret"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnusableInput(f"{self.path}: no users' file ({type(error).__name__})") from error
        self._held, self._seen = {user.name: user for user in users}, seen

    def _write(self, users: Iterable[User]) -> None:
        content = {
            "secret": self._secret or secrets.token_hex(32),
            "users": [asdict(user) for user in users],
        }
        try:
            put(self.path, json.dumps(content, indent=1).encode())
        except OSError as error:
            raise UnusableInput(f"{self.path}: {error.strerror}") from error


def hashed(password: str) -> str:
    """PBKDF2 with a salt, as datasette-auth-passwords keeps it; about 0.2 s on purpose."""
    from datasette_auth_passwords.utils import hash_password  # noqa: PLC0415  imports Datasette

    return str(hash_password(password))


def fits(password: str, user: User | None) -> bool:
    """Is it his password? Takes as long for a name nobody has."""
    from datasette_auth_passwords.utils import verify_password  # noqa: PLC0415

    held = user.password if user is not None else _NOBODY
    return bool(verify_password(password, held)) and user is not None


# The cost of a real hash, of no password.
_NOBODY = "pbkdf2_sha256$480000$00000000000000000000000000000000$" + "A" * 43 + "="
