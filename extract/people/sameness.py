"""Are two names one in two spellings? Slips of one letter, halves of double names, short forms."""

from __future__ import annotations

from itertools import takewhile

from russian.given import full_names, known
from russian.remembered import remembered
from russian.variants import one_spelling

_ROOT = 3  # letters a short form shares with the full name


def same_surname(left: str, right: str, *, alone: bool = False) -> bool:
    """One surname in two spellings, or a half of a double one? `alone`: no given name is said."""
    one, two = plain(left), plain(right)
    if one == two:
        return True
    if one in two.split("-") or two in one.split("-"):
        return True
    if min(len(one), len(two)) < 4:
        return False
    return slips(one, two) <= (2 if alone and min(len(one), len(two)) > 6 else 1)


def agree(left: str | None, right: str | None, *, loose: bool = True) -> bool:
    """May two given names or patronymics be one man's? `loose`: an initial agrees with a name."""
    if left is None or right is None:
        return True
    one, two = plain(left), plain(right)
    if one.endswith(".") or two.endswith("."):
        return one == two or (loose and one[:1] == two[:1])
    doubled = "-" in one and "-" in two  # Саид-Хасан and Саид-Хусейн are two men
    if (not doubled and set(one.split("-")) & set(two.split("-"))) or _full(left) & _full(right):
        return True
    if min(map(len, (one, two))) >= _ROOT and one[:_ROOT] == two[:_ROOT] and _is_short(one, two):
        return True
    if known(left) and known(right):  # Алан and Аслан are two names, Дмитрий and Димитрий one
        return one_spelling(one) == one_spelling(two)
    return min(len(one), len(two)) > 3 and slips(one, two) <= 1


def _is_short(one: str, two: str) -> bool:
    """«Витя» of Виталий: one is short, and the other begins like it."""
    facts = known(min(one, two, key=len))
    return facts is not None and facts.short and len(one) != len(two)


@remembered
def _full(name: str) -> frozenset[str]:
    return frozenset([plain(one) for one in full_names(name)])


def fuller(old: str | None, new: str | None) -> str | None:
    """The one that says more: a name before an initial, a full name before an open short form."""
    if old is None or new is None:
        return old or new
    if old.endswith(".") and not new.endswith("."):
        return new
    if len(full_names(old)) > 1 and len(full_names(new)) == 1 and not new.endswith("."):
        return new
    return old


def plain(name: str) -> str:
    """Lower case, ё as е."""
    return name.lower().replace("ё", "е")


def slips(one: str, two: str) -> int:
    """Letters added, left out, changed, or changed places with the next: optimal string alignment.

    What begins and ends both is left out first, so that of two names little remains. A library
    that does the same takes 4 MB of every process that reads.
    """
    same = _begun_alike(one, two)
    one, two = one[same:], two[same:]
    same = _begun_alike(one[::-1], two[::-1])
    one, two = one[: len(one) - same], two[: len(two) - same]
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, left in enumerate(one):
        now = [row + 1]
        for at, right in enumerate(two):
            cost = min(now[at] + 1, last[at + 1] + 1, last[at] + (left != right))
            if row and at and left == two[at - 1] and right == one[row - 1]:
                cost = min(cost, before[at - 1] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


def _begun_alike(one: str, two: str) -> int:
    """How many letters begin both."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))
