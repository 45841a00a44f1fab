"""«моб.», «контр.» among tokens → is it the clipped word for how he serves?"""

from __future__ import annotations

from collections.abc import Sequence

from extract.names.words import kind_of
from extract.tokens import NUMBER, Token
from russian.months import month

_OLDEST, _NEWEST = "1950", "2010"


def is_clipped(tokens: Sequence[Token], start: int, end: int) -> bool:
    """«моб.», «моб,», «контр.»: a clipped word, not the English or a mobile phone."""
    after = tokens[end].text if end < len(tokens) else "\n"
    before = tokens[start - 1].text if start else "\n"
    if after == ".":
        follows = tokens[end + 1] if end + 1 < len(tokens) else None
        phone = follows is not None and follows.key.startswith(("тел", "ном"))
        hers = follows is not None and _of_kin(follows)  # «моб. матери 8 900 …»
        number = follows is not None and follows.kind is NUMBER and not _is_year(follows.text)
        return follows is None or not (number or phone or hers)
    since = end + 1 < len(tokens) and (
        tokens[end + 1].kind is NUMBER or month(tokens[end + 1].key) is not None
    )
    if after == "с" and since:
        return True  # «моб с 22 года»
    return after in ",;)\n|/—–•┃│" or before in ",;(|/—–•┃│"


def _is_year(text: str) -> bool:
    """«Мобил. 1990.»: a year of birth, no telephone."""
    return len(text) == len(_OLDEST) and _OLDEST <= text <= _NEWEST


def _of_kin(token: Token) -> bool:
    cases = {one.case for one in token.word.parses if one.known and one.number == "sing"}
    return "gent" in cases and "nomn" not in cases and kind_of(token.text) == "kin"
