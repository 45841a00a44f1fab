"""Why a row is doubtful, as the rules of reading say it → the same in the language of the request.

The rules speak English; `labels.tsv` holds their sentences in the group `doubt`, with {places}.
"""

from __future__ import annotations

import re
from functools import cache

from store.datasette.labels import has, keys, label


@cache
def _sentences() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence of the rules: its key, and what finds it with its places."""
    return tuple((key, _pattern(label(key))) for key in keys("doubt."))


def _pattern(sentence: str) -> re.Pattern[str]:
    named = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(sentence))
    return re.compile(named, re.DOTALL)


def why_in_words(why: str, language: str) -> str:
    """A sentence of the rules in a language; one that the table does not know as it is."""
    for key, pattern in _sentences():
        if found := pattern.fullmatch(why):
            return label(
                key, language, **{n: _word(s, language) for n, s in found.groupdict().items()}
            )
    return why


def _word(said: str, language: str) -> str:
    """The name of a claim as a word; what stood in the row as it stood there."""
    return label(f"claim.{said}", language) if has(f"claim.{said}") else said
