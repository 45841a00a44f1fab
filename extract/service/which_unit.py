"""Units among their words → which of several he is in: «был в 34219, перевели в 15507»."""

from __future__ import annotations

from collections.abc import Sequence

from extract.service.spans import ServiceSpan
from extract.tokens import Token
from russian.words import kinds

_ENDS = frozenset(".!?\n;")
_REACH = 4  # tokens between «перевели» and the number
_INTO = frozenset(("в", "во", "—", "–", ":", "-"))
_NOW, _BEFORE = "he is there now", "he was there before"


def in_turn(tokens: Sequence[Token], span: ServiceSpan) -> ServiceSpan:
    """The unit, marked as denied, as his now or as his before by the words ahead of it."""
    before = [token.key for token in tokens[max(0, span.first - _REACH) : span.first]]
    for at in range(len(before) - 1, -1, -1):
        if before[at] in _ENDS:
            before = before[at + 1 :]
            break
    if before[-1:] == ["не"] or (before[-2:-1] == ["не"] and before[-1] in ("в", "из", "с")):
        return span._replace(denied=True)  # «служит не в 88312, а в 60158»
    if any("former" in kinds("service_words", key) for key in before):
        return span._replace(rule=_BEFORE)
    into = before[-1:] and (before[-1] in _INTO or "moved" in kinds("service_words", before[-1]))
    into = into or tokens[span.first].key in _INTO  # «перевели в в/ч 15507»
    if into and any("moved" in kinds("service_words", key) for key in before):
        return span._replace(rule=_NOW)
    return span


def latest(said: Sequence[ServiceSpan]) -> ServiceSpan | None:
    """The unit he was moved to last, or the first he did not leave; None: no word on it."""
    now = [span for span in said if span.rule == _NOW]
    if now:
        return now[-1]
    still = [span for span in said if span.rule != _BEFORE]
    return still[0] if still and len(still) < len(said) else None


def named_behind(tokens: Sequence[Token], at: int) -> bool:
    """«51627. Это часть моего мужа», «94 906 номер части»: is the number before called a unit's?"""
    keys = [token.key for token in tokens[at : at + _REACH]]
    said = any(key in ("это", "номер") for key in keys)
    return said and any("unit" in kinds("service_words", key) for key in keys)
