"""A function of one word → the same function, which works out each word once and remembers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

FORMS = 6_000  # of words, remembered by each who looks at them, and as many of before: 5 KB a form
_Asked = TypeVar("_Asked")
_Told = TypeVar("_Told")


class Remembered(dict[_Asked, _Told]):
    """What was asked → what was told. Past `FORMS` entries the old ones go, but those asked again.

    As lru_cache, which keeps a list beside its dictionary: a third more memory, and slower.
    """

    __slots__ = ("before", "make")

    def __init__(self, make: Callable[[_Asked], _Told]) -> None:
        super().__init__()
        self.make = make
        self.before: dict[_Asked, _Told] = {}

    def __missing__(self, asked: _Asked) -> _Told:
        if len(self) >= FORMS:
            self.before = dict(self)
            self.clear()
        before = self.before
        told = before[asked] if asked in before else self.make(asked)
        self[asked] = told
        return told


def remembered(make: Callable[[_Asked], _Told]) -> Callable[[_Asked], _Told]:
    """Ask `make` once for each of the things it is asked lately."""
    return Remembered(make).__getitem__
