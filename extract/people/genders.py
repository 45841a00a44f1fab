"""A short form that may be a man's or a woman's, and the words around → the full name.

«Ищу просто Сашку … ему 31» is Александр; «Женька наша вернулась … она единственная» is Евгения.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.people.mentions import Surroundings
from extract.people.person import Person
from model import Sex
from russian.given import full_names, write_out
from russian.phrases import word_class

_HE = word_class("pointers", "he")
_BROTHERS = frozenset(("братья", "братьев", "братьям"))
_SHE = word_class("pointers", "she")


def tell_genders(chosen: Sequence[Person], around: Surroundings) -> None:
    """Write the given name out where the text is about one man or woman and tells which."""
    open_ = [p for p in chosen if p.given and p.sex is None and len(full_names(p.given)) > 1]
    if not open_:
        return
    keys = [token.key for token in around.tokens]
    he = sum(key in _HE for key in keys)
    she = sum(key in _SHE for key in keys)
    brothers = len(chosen) > 1 and not _BROTHERS.isdisjoint(keys)
    if he == she or (len(chosen) > 1 and not brothers):
        return
    sex = Sex.MALE if he > she or brothers else Sex.FEMALE
    for person in open_:
        person.sex = sex
        person.given = write_out(person.given or "", sex)
