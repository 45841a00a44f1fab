"""Words of service among their neighbours → which of them are offered or denied, not said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.tokens import Token
from russian.words import kinds

_OR, _AND = frozenset(("или", "либо", "чи", "або")), frozenset(("и", ",", "/", "та", "й"))
_HIM = frozenset(("него", "нього", "нее", "них", "меня", "мене"))
_REACH = 5  # tokens behind «контракт» in which it may be denied


def offered(spans: Sequence[tuple[int, int, str]], tokens: Sequence[Token]) -> set[int]:
    """Places of categories (first token, one past the last, value) of which none is said.

    «контрактники и мобилизованные» over a list, «строковик чи контракт?».
    """
    found: set[int] = set()
    for at, (one, other) in enumerate(pairwise(spans)):
        between = [token.key for token in tokens[one[1] : other[0]]]
        if one[2] == other[2] or len(between) != 1 or between[0] not in _OR | _AND:
            continue
        after = tokens[other[1]].text if other[1] < len(tokens) else ""
        several = _many(tokens[one[0]]) and _many(tokens[other[0]])
        if several or (between[0] in _OR and after == "?"):
            found |= {at, at + 1}
    return found


def unsigned(tokens: Sequence[Token], start: int, end: int) -> bool:
    """«не подписывал контракт», «контракт не подписывал», «контракт за него подписали»."""
    if start > 1 and _is_signing(tokens[start - 1]) and tokens[start - 2].key == "не":
        return True
    if (start and _is(tokens[start - 1], "without")) or _refused(tokens, start, end):
        return True
    after: list[Token] = []
    for token in tokens[end : end + _REACH]:
        if token.text in ".!?\n;,":
            break
        after.append(token)
    signed = [at for at, token in enumerate(after) if _is_signing(token)]
    by_others = any(one.key == "за" and other.key in _HIM for one, other in pairwise(after))
    return any(at and after[at - 1].key == "не" for at in signed) or bool(signed and by_others)


def _refused(tokens: Sequence[Token], start: int, end: int) -> bool:
    """«контракта не было», «контракта нет», «от контракта отказался»."""
    after = [token.key for token in tokens[end : end + 2]]
    if after[:1] == ["нет"] or (after[:1] == ["не"] and after[1:] in (["было"], ["будет"])):
        return tokens[end - 1].key.endswith("а")
    near = range(max(0, start - 3), min(len(tokens), end + 2))
    return (
        bool(start)
        and tokens[start - 1].key in ("от", "від")
        and any(_is(tokens[at], "refuse") for at in near)
    )


def _is_signing(token: Token) -> bool:
    return _is(token, "sign")


def _is(token: Token, what: str) -> bool:
    return what in kinds("service_words", token.key)


def _many(token: Token) -> bool:
    return bool(token.word.parses) and all(parse.number == "plur" for parse in token.word.parses)
