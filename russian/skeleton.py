"""A name → its sound skeleton: what is left when spelling habits are taken away."""

from __future__ import annotations

import re
from functools import cache

from model import Sex
from russian.given import known
from russian.transliterate import ukrainian_names

# Order matters: clusters before single letters. Each line is one habit of spelling: Ukrainian,
# Latin and army clerks' renderings of one name differ by these and by little else.
_CLUSTERS = (
    (re.compile("(?<=[а-я])[йь]о"), "е"),
    (re.compile("[ъь'’`]"), ""),
    (re.compile("ё"), "е"),
    (re.compile("сч|зч|жч"), "щ"),
    (re.compile("тс|дс"), "ц"),
    (re.compile("дж"), "ж"),
    (re.compile("[йы]"), "и"),
    (re.compile("иа"), "я"),
    (re.compile("иу"), "ю"),
    (re.compile("[еэ]"), "и"),
    (re.compile("ия|я"), "а"),
    (re.compile("ию|ю"), "у"),
    (re.compile("ио|о"), "а"),
    (re.compile(r"(.)\1+"), r"\1"),
)
_FEMININE = re.compile(r"(?<=[оеёиы][вн])а$|(?<=[сц]к)ая$")
_MASCULINE_ENDING = re.compile(r"(?<=[сц]к)[иоы]й$")
_PATRONYMIC_ENDING = re.compile(
    r"(?:[оеи]?вич|[оеи]?вна|[иь]?ич|инична|ична|[\s-]*(?:огл[ыуи]|угли|улы|[кг][ыи]з[ыи]|уулу))$"
)

# Letters of the root of a Ukrainian name that is surely not another's; fewer where it begins
# otherwise than the Russian one (Хома is Фома).
_SHORTEST_FATHER = 5


@cache
def sound(name: str) -> str:
    """Letters of a name with vowels, signs and doubled letters folded; "" for none."""
    text = name.lower()
    for pattern, replacement in _CLUSTERS:
        text = pattern.sub(replacement, text)
    return re.sub(r"[^а-яa-z]", "", text)


@cache
def surname_skeleton(name: str) -> str:
    """Sound skeleton of a surname, the same for a man's and a woman's form."""
    text = _FEMININE.sub("", name.lower().strip())
    return sound(_MASCULINE_ENDING.sub("", text))


@cache
def patronymic_root(name: str) -> str:
    """Sound skeleton of the father's name inside a patronymic of any ending or people."""
    text = name.lower().strip(" .").replace("ё", "е")
    stem = _PATRONYMIC_ENDING.sub("", text)
    root = _father(stem if len(stem) >= 2 else text)
    return _ukrainian_fathers().get(root, root)


def _father(name: str) -> str:
    root = sound(name)
    return root.rstrip("иа") or root


@cache
def _ukrainian_fathers() -> dict[str, str]:
    """The root of a Ukrainian father's name → of the Russian one: Миколайович is Николаевич."""
    letters = str.maketrans("іїєґ", "ииег")
    names = [(of, to) for of, to in ukrainian_names().items() if _is_mans(to)]
    pairs = [(_father(of.translate(letters)), _father(to)) for of, to in names]
    return {of: to for of, to in pairs if len(of) >= _SHORTEST_FATHER or of[0] != to[0]}


def _is_mans(name: str) -> bool:
    said = known(name)
    return said is not None and said.sex is Sex.MALE


def surname_parts(name: str) -> tuple[str, ...]:
    """Skeletons of the halves of a double surname; empty for a single one."""
    halves = [half for half in re.split(r"[\s\-–—]+", name.strip()) if len(half) > 2]
    return tuple(surname_skeleton(half) for half in halves) if len(halves) > 1 else ()
