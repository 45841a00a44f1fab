"""Raw text → clean text (what is kept, once redacted) and a folded twin of the same length.

`clean` drops invisible characters and compatibility forms. `fold` then undoes look-alikes
(С0ЛДАТ, Исл@м, З1.О5.2ОО5) letter by letter, so that offsets into one are offsets into the other.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 65_536  # characters; what lies beyond is cut, not read and not kept

_KEEP_COMPATIBLE = set("№…™«»")
_SPACES = re.compile(r"[^\S\n]")
_RUN = re.compile(r"[\w@|]+")
_LATIN_AS_CYRILLIC = str.maketrans(
    "ABCEHKMOPTXYaceopxyukmnrtbhi@0346", "АВСЕНКМОРТХУасеорхуикмпгтьниаозчб"
)
_LETTERS_AS_DIGITS = str.maketrans("OoОоЗзlI|Ббч", "000033111664")
_NUMERIC = re.compile(r"[0-9OoОоЗзlI|Ббч]*[0-9][0-9OoОоЗзlI|Ббч]*")


def clean(raw: str) -> str:
    """The text without format characters, stray combining marks and compatibility forms."""
    text = unicodedata.normalize("NFC", raw[: LIMIT * 2].replace("\r\n", "\n").replace("\r", "\n"))
    if text.isascii():
        return _SPACES.sub(" ", text)[:LIMIT]
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char == "\n" or (char.isalpha() and char < "\u0590"):
            kept.append(char)
        elif category in ("Cf", "Cc", "Cs", "Mn", "Me", "Co", "Cn"):
            kept.append(" " if char == "\t" else "")
        elif category.startswith("Z"):
            kept.append(" ")
        elif char in _KEEP_COMPATIBLE:
            kept.append(char)
        else:
            kept.append(unicodedata.normalize("NFKC", char))
    return "".join(kept)[:LIMIT]


def fold(text: str) -> str:
    """The same text, same length, with look-alike letters and digits read as meant."""
    return _RUN.sub(lambda run: _folded_run(run.group()), text)


def _folded_run(run: str) -> str:
    if run.isalpha() and (run.isascii() or not any(char.isascii() for char in run)):
        return run
    if run.isdecimal():
        return run
    if _NUMERIC.fullmatch(run) and sum(char.isdecimal() for char in run) * 2 >= len(run):
        return run.translate(_LETTERS_AS_DIGITS)
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in run)
    if cyrillic == 0 or run[0] == "@" or run[0].isdecimal():
        return run
    if cyrillic * 2 < sum(char.isalpha() for char in run):
        return run
    return run.translate(_LATIN_AS_CYRILLIC) if not run[-1].isdecimal() or run.isupper() else run
