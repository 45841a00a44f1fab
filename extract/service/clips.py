"""«моб.», «контр.» among tokens → is it the clipped word for how he serves?"""

from __future__ import annotations

from collections.abc import Sequence

from extract.names.words import kind_of
from extract.tokens import NUMBER, Token
from russian.months import month


def is_clipped(tokens: Sequence[Token], start: int, end: int) -> bool:
    """«моб.», «моб,», «контр.»: a clipped word, not the English or a mobile phone."""
    after = tokens[end].text if end < len(tokens) else "\n"
    before = tokens[start - 1].text if start else "\n"
    if after == ".":
        follows = tokens[end + 1] if end + 1 < len(tokens) else None
        phone = follows is not None and follows.key.startswith(("тел", "ном"))
        hers = follows is not None and _of_kin(follows)  # «моб. матери 8 900 …»
        return follows is None or (follows.kind is not NUMBER and not phone and not hers)
    since = end + 1 < len(tokens) and (
        tokens[end + 1].kind is NUMBER or month(tokens[end + 1].key) is not None
    )
    if after == "с" and since:
        return True  # «моб с 22 года»
    return after in ",;)\n|/—–•┃│" or before in ",;(|/—–•┃│"


def _of_kin(token: Token) -> bool:
    cases = {parse.case for parse in token.word.parses if parse.known}
    return "gent" in cases and "nomn" not in cases and kind_of(token.text) == "kin"
