"""A place's spelling in Russian, Ukrainian or Latin letters → one that they share."""

from __future__ import annotations

import re

_LATIN = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("tz", "ц"), ("ch", "ч"),
    ("sh", "ш"), ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я"), ("ja", "я"), ("ia", "я"),
    ("yo", "е"), ("jo", "е"), ("io", "е"), ("ye", "е"), ("je", "е"), ("a", "а"), ("b", "б"),
    ("c", "ц"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"), ("i", "и"), ("j", "и"),
    ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("q", "к"), ("r", "р"),
    ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"), ("x", "кс"), ("y", "и"), ("z", "з"),
)  # fmt: skip
_SKELETON = str.maketrans({
    "ы": "и", "і": "и", "ї": "и", "й": "и", "э": "е", "є": "е", "ё": "е", "ґ": "г", "щ": "ш",
    "ь": "", "ъ": "", "'": "", "-": "", " ": "", "я": "а", "ю": "у",
})  # fmt: skip


def skeleton(key: str) -> str:
    """A spelling that Russian, Ukrainian and Latin forms of one name share."""
    if key[:1].isascii():
        for latin, cyrillic in _LATIN:
            key = key.replace(latin, cyrillic)
    plain = key.replace("ьо", "е").replace("йо", "е").replace("їв", "ев").translate(_SKELETON)
    return re.sub(r"(.)\1", r"\1", re.sub("и(?=[аеоу])", "", plain)).replace("цк", "тск")
