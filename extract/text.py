"""Raw text → clean text (what is kept, once redacted) and a folded twin of the same length.

`clean` drops invisible characters and compatibility forms. `fold` then undoes look-alikes
(С0ЛДАТ, Исл@м, З1.О5.2ОО5) letter by letter, so that offsets into one are offsets into the other.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 16_384  # characters, the longest post of any network; the rest is neither read nor kept

_ROUNDS = 4
_DROPPED = frozenset(("Cf", "Cc", "Cs", "Mn", "Me", "Co", "Cn"))
_KEEP_COMPATIBLE = set("№…™«»")
_ODD = re.compile(r"[^\n -~\u0400-\u0482\u048a-\u052f№…™«»–—„“”•]+")
_TOUCHING = re.compile(  # what every mixed run holds: two alphabets or a letter like a digit
    r"[A-Za-z0-9@|](?:(?=[\u0400-\u04ff])|(?<=[\u0400-\u04ff].)|(?<=[0-9])(?=[OolI|])"
    r"|(?<=[OolI|])(?=[0-9]))"
)
_MIXED = re.compile(
    r"(?<![\w@|])(?!\w{1,64}@\w{1,64}\.\w)(?=[\w@|]*?(?:[\u0400-\u04ff][A-Za-z0-9@|]|[A-Za-z0-9@|][\u0400-\u04ff]"
    r"|[0-9][OolI|]|[OolI|][0-9]))[\w@|]+"
)
_LATIN_AS_CYRILLIC = str.maketrans(
    "ABCEHKMOPTXYaceopxyukmnrtbhi@0346", "АВСЕНКМОРТХУасеорхуикмпгтьниаозчб"
)
_LATIN_LETTERS_ALIKE = frozenset("ABCEHKMOPTXYaceopxy")
_LETTERS_OF_DIGITS = 3  # digits of a word at most, read as letters
_LETTERS_AS_DIGITS = str.maketrans("OoОоЗзlI|Бб", "00003311166")
# Look-alikes that stand alone among digits («8 9OO OOO З1») or before a month («б августа»).
_LONE = re.compile(
    r"(?<=\d[ \-.()])(?:[OО]{2,4}|[oо]{2,4}|[lI]{2})(?=[ \-.()]{1,2}[\dOОoоЗ])"
    r"|(?<!\w)[бЗзБ](?= (?:январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр"
    r"|декабр)\w)",
    re.IGNORECASE,
)
_LONE_SIGNS = re.compile(r"\d[ \-.()][OОoоlILiıİ]|[бЗзБ] \w")  # what each of these holds
_ZEROS = re.compile(r"[0-9OoОо]*[0-9][OoОо]+[0-9OoОо]*")
_NUMERIC = re.compile(r"[0-9OoОоЗзlI|Бб]*[0-9][0-9OoОоЗзlI|Бб]*")


def clean(raw: str) -> str:
    """The text without format characters, stray combining marks and compatibility forms."""
    text = raw[: LIMIT * 2].replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(_ROUNDS):  # what is left of one character may make another with the next
        if text.isascii():
            before = text
        else:
            before = text = unicodedata.normalize("NFC", text)
        text = _ODD.sub(lambda run: "".join(map(_cleaned, run.group())), text)
        if text == before:
            break
    return text[:LIMIT]


def _cleaned(char: str) -> str:
    category = unicodedata.category(char)
    if category in _DROPPED:
        return " " if char == "\t" else ""
    if category.startswith("Z"):
        return " "
    if char in _KEEP_COMPATIBLE:
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain == char else "".join(map(_cleaned, plain))


def fold(text: str) -> str:
    """The same text, same length, with look-alike letters and digits read as meant."""
    folded = text
    if _TOUCHING.search(text):
        folded = _MIXED.sub(lambda run: _folded_run(run.group()), text)
    if not _LONE_SIGNS.search(folded):
        return folded
    return _LONE.sub(lambda run: run.group().translate(_LETTERS_AS_DIGITS), folded)


def _folded_run(run: str) -> str:
    """A word or number read as meant, by what most of its characters are."""
    digits = sum(char.isdecimal() for char in run)
    if _ZEROS.fullmatch(run) or (_NUMERIC.fullmatch(run) and digits * 2 >= len(run)):
        return run.translate(_LETTERS_AS_DIGITS)
    letters = sum(char.isalpha() for char in run)
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in run)
    alike = sum(char in _LATIN_LETTERS_ALIKE for char in run)
    few = (
        cyrillic * 2 < letters and cyrillic + alike < letters
    )  # «Taмapa» is all Cyrillic to the eye
    foreign = cyrillic == 0 or few or cyrillic == len(run)
    numbered = digits * 2 >= len(run) or (run[-1].isdecimal() and not run.isupper())
    tagged = "|" in run and digits > _LETTERS_OF_DIGITS  # «id000000078|Татьяна»
    if foreign or numbered or tagged or run[0] == "@" or run[0].isdecimal():
        return run
    read = run.translate(_LATIN_AS_CYRILLIC)
    return read.upper() if run.isupper() and len(read.upper()) == len(run) else read
