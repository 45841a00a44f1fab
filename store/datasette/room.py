"""What the pages of one served store need beyond its file: who may enter, who applies decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from model import UnusableInput
from store.applying import Applier
from store.facade import Store
from store.users import Role, Users

_rooms: WeakKeyDictionary[Any, Room] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One served store. Either `users` may enter, or all who reach it as the editor `open_as`."""

    db: Path
    users: Users | None = None
    open_as: str | None = None
    applier: Applier = field(default_factory=Applier)

    def __post_init__(self) -> None:
        if (self.users is None) == (self.open_as is None):
            raise UnusableInput("either users with passwords, or open to all on this machine")

    def store(self) -> Store:
        """The store to write to; the pages themselves only read."""
        return Store.open(self.db)


def furnish(datasette: Any, room: Room) -> None:
    """Remember which room a Datasette serves."""
    _rooms[datasette] = room


def room_of(datasette: Any) -> Room:
    """The room a Datasette serves."""
    return _rooms[datasette]


def role_of(actor: Any) -> Role | None:
    """The role of whoever asks; None for nobody."""
    return Role(actor["role"]) if actor else None


def is_editor(actor: Any) -> bool:
    """May he decide?"""
    return role_of(actor) is Role.EDITOR
