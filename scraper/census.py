"""What the items of each page are made of → names never met before, and names that every item had.

Items are messages, entries, rows, objects; names are their classes and elements, or their keys.
Markup that is about to change is seen here before a field empties. Nothing here is anybody's text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_LEARNT = 20  # pages after which a name is known or new
_FEW = 4  # of fewer items, half say nothing
_MOST = 400  # names remembered
_TOLD = 3  # names in a message
_LONGEST = 60  # letters of a name in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one page's items are made of: name → how many of them bear it."""

    items: int
    names: Mapping[str, int]


def count(items: Iterable[Iterable[str]]) -> Made:
    """The census of one page: of each item its names, each counted once."""
    found, number = Counter[str](), 0
    for names in items:
        found.update(set(names))
        number += 1
    return Made(items=number, names=dict(found))


@dataclass(slots=True)
class Census:
    """What is known of a source's pages; mutable while a round runs."""

    pages: int = 0
    names: dict[str, int] = field(default_factory=dict)  # name → the page it was first met on
    steady: set[str] | None = None  # borne by every item so far; None: no page yet

    @classmethod
    def of(cls, kept: object) -> Census:
        """The state in a cursor; nothing is known where it is damaged."""
        if not isinstance(kept, Mapping):
            return cls()
        pages, names, steady = (kept.get(key) for key in ("pages", "names", "steady"))
        if not isinstance(pages, int) or not isinstance(names, Mapping):
            return cls()
        met = {str(name): at for name, at in names.items() if isinstance(at, int)}
        return cls(pages, met, set(map(str, steady)) if isinstance(steady, list) else None)

    def kept(self) -> dict[str, object]:
        """The state as JSON values."""
        steady = None if self.steady is None else sorted(self.steady)
        return {"pages": self.pages, "names": self.names, "steady": steady}

    def look(self, page: Made) -> list[str]:
        """What is odd about a page, a clause each; and remember it.

        A name that half of the items bear and none did on `_LEARNT` pages before; a name that
        every item bore on all of them, and now less than half do.
        """
        if page.items < _FEW:
            return []
        learnt = self.pages >= _LEARNT
        new = [name for name in page.names if name not in self.names]
        steady = self.steady if self.steady is not None else set(page.names)
        strange = sorted(name for name in new if page.names[name] * 2 >= page.items)
        gone = sorted(name for name in steady if page.names.get(name, 0) * 2 < page.items)
        self.pages += 1
        if len(self.names) < _MOST:
            self.names |= dict.fromkeys(new, self.pages)
        self.steady = {name for name in steady if page.names.get(name) == page.items}
        told = []
        if learnt and strange:
            told.append(f"markup never seen before on most items: {_listed(strange)}")
        if learnt and gone:
            told.append(f"markup that every item had is gone from most: {_listed(gone)}")
        return told


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(name[:_LONGEST] for name in names[:_TOLD]) + more
