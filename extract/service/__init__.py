"""Tokens → how and where a man serves: category, в/ч number, rank, call sign."""

from __future__ import annotations

from collections.abc import Sequence

from extract.service.clips import is_clipped
from extract.service.denials import offered, unsigned
from extract.service.spans import ServiceSpan
from extract.service.spelt_units import UNIT_DIGITS, spelt
from extract.service.which_unit import in_turn, latest, named_behind
from extract.tokens import MARK, NEWLINE, NUMBER, WORD, Token, word
from model import Category
from russian.phrases import Hit, phrases, word_class
from russian.ranks import Rank, may_begin, rank
from russian.remembered import remembered
from russian.words import kinds

_ALL = word_class("pointers", "all")
_THROUGH = frozenset(("через", "с", "со"))  # «контракт через Минобороны»
_SAME = frozenset(("той", "та", "ту", "тою"))
_OUT_OF = frozenset(("в", "с", "из", "со"))
_OPENING, _CLOSING = frozenset("«\"“„'‘*"), frozenset("»\"”“'’*")


def find_service(tokens: Sequence[Token], told: Sequence[Hit] | None = None) -> list[ServiceSpan]:
    """Every category, unit, rank and call sign in order of start.

    `told`: hits of `russian/categories.tsv`, where they have been looked for with other phrases.
    """
    found = [*_categories(tokens, phrases("categories").find(tokens) if told is None else told)]
    past = 0
    for at, token in enumerate(tokens):
        what = _trigger(token.text)
        if what == "" or at < past:
            continue
        span = _READERS[what](tokens, at)
        if span is None and what == "unit":
            span = _same_unit(tokens, at, found)
        if span is not None:
            found.append(in_turn(tokens, span) if span.field == "unit" else span)
            past = span.last
    found.sort(key=lambda span: span.start)
    return found


def choose_category(spans: Sequence[ServiceSpan], segment: tuple[int, int]) -> ServiceSpan | None:
    """The category of the person whose text is `segment`: what he is now, by the family's word."""
    start, end = segment
    said = [
        span
        for span in spans
        if span.field == "category" and start <= span.start < end and not span.denied
    ]
    for level in (
        [s for s in said if s.sure and not s.past and not s.plural],
        [s for s in said if not s.past and (s.sure or not s.plural)],
    ):
        if level:
            values = [s.value for s in level]
            if "conscript" in values and "contract" in values:
                return level[values.index("contract")]
            return level[-1]
    return None


def choose(
    spans: Sequence[ServiceSpan], field: str, segment: tuple[int, int]
) -> ServiceSpan | None:
    """The unit, rank or call sign of `segment` (offsets): the first sure one, else the first."""
    start, end = segment
    said = [s for s in spans if s.field == field and start <= s.start < end and not s.denied]
    if field == "unit" and (now := latest(said)):
        return now
    sure = [span for span in said if span.sure]
    return next(iter(sure or said), None)


def _categories(tokens: Sequence[Token], told: Sequence[Hit]) -> list[ServiceSpan]:
    found: list[ServiceSpan] = []
    for hit in told:
        inside = bool(found) and hit.start < found[-1].last
        if inside and (hit.end <= found[-1].last or hit.value == found[-1].value):
            continue
        if hit.note == "upper" and tokens[hit.start].word.shape != "upper":
            continue
        if hit.note == "short" and not is_clipped(tokens, hit.start, hit.end):
            continue
        found.append(
            ServiceSpan(
                start=tokens[hit.start].start,
                end=tokens[hit.end - 1].end,
                first=hit.start,
                last=hit.end,
                field="category",
                value=Category(hit.value).value,
                sure=hit.note == "short"
                or (hit.note != "weak" and not _loose(tokens, hit.start, hit.end)),
                denied=_denied(tokens, hit.start, hit.end)
                or (hit.value == "contract" and unsigned(tokens, hit.start, hit.end)),
                past=(_past(tokens, hit.start) or _served(tokens, hit.end))
                and not _before_call_up(tokens, hit.start, hit.value),
                plural=hit.note != "short"
                and hit.end - hit.start == 1
                and _plural(tokens[hit.start])
                and not _of_them_all(tokens, hit.start),
                rule=hit.phrase,
            )
        )
    found = [span for span in found if _truly(tokens, span.first)] or found
    offers = offered([(one.first, one.last, one.value) for one in found], tokens)
    return [span for at, span in enumerate(found) if at not in offers]


def _class(name: str, key: str) -> bool:
    return name in kinds("service_words", key)


def _denied(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Denied of him, or said by the papers against the family's word."""
    for step in range(1, 7):
        place = start - step
        if place < 0 or tokens[place].text in ".!?\n;":
            break
        key = tokens[place].key
        if key == "а" and tokens[place - 1].text == ",":
            break  # «контрактник он на бумаге, а служит срочником»
        if key == "не" and step == 1:
            return True
        if step <= 4 and _class("confused", key):
            return True
        through = place > 0 and tokens[place - 1].key in _THROUGH
        through = through or tokens[place + 1].key == "на"  # «бумага на контракт»
        if _class("paper", key) and not through:
            return True
    for place in range(end, min(end + 4, len(tokens))):
        if tokens[place].text in ".!?\n;":
            break
        if _class("backdated", tokens[place].key):
            return True
    return False


def _past(tokens: Sequence[Token], start: int) -> bool:
    if "VERB" in tokens[start].word.tags:
        return False  # «сразу после школы подписал контракт»
    for step in range(1, 4):
        place = start - step
        if place < 0 or tokens[place].text in ".!?\n;," or _class("then", tokens[place].key):
            return False
        if _class("past", tokens[place].key):
            return True
    return False


def _served(tokens: Sequence[Token], end: int) -> bool:
    """«срочку отслужил, сразу контракт»"""
    return end < len(tokens) and _class("served", tokens[end].key)


def _before_call_up(tokens: Sequence[Token], start: int, value: str) -> bool:
    """«до мобилизации работал на элеваторе», «до контракта отслужил»: he has signed since."""
    since = value in (Category.MOBILISED, Category.CONTRACT)
    return since and start > 0 and tokens[start - 1].key == "до"


def _truly(tokens: Sequence[Token], start: int) -> bool:
    """«на бумаге он контрактник, а по правде срочник»: a relative's word against the paper."""
    before = [token.key for token in tokens[max(0, start - 4) : start]]
    return any(_class("truly", key) for key in before)


def _plural(token: Token) -> bool:
    parses = token.word.parses
    if not parses or not parses[0].known:
        return False
    return parses[0].number == "plur" and parses[0].pos == "NOUN"


def _of_them_all(tokens: Sequence[Token], at: int) -> bool:
    """«двое срочников», «контракты у обоих»: how those named serve."""
    near = tokens[max(0, at - 2) : at + 3]
    return any(token.key in _ALL for token in near)


def _loose(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Said of all, or in quotation marks: the words of a paper or of the other side."""
    for place in range(start - 1, max(-1, start - 9), -1):
        if tokens[place].text in "»\n":
            break
        if tokens[place].text == "«":
            return True
    return _general(tokens, start, end)


def _general(tokens: Sequence[Token], start: int, end: int) -> bool:
    """«срочников туда не посылают» speaks of all; «срочники», «ищем срочников» for its men."""
    opens = start == 1 or (start > 1 and tokens[start - 2].kind is NEWLINE)
    if start and (
        _class("gather", tokens[start - 1].key) or (opens and tokens[start - 1].key == "по")
    ):
        return False
    if end - start > 1 or not _plural(tokens[start]) or _of_them_all(tokens, start):
        return False
    return tokens[start].word.parses[0].case != "nomn"


@remembered
def _trigger(text: str) -> str:
    key = text.lower().replace("ё", "е")
    if text.isdecimal():
        return "number" if len(text) == UNIT_DIGITS else "pieces" if len(text) == 2 else ""
    if key in ("в", "v", "п") or _class("unit", key):
        return "unit"
    if key.startswith(("позывн", "позивн", "callsign", "pozyvn")) or key == "п-ной":
        return "call_sign"
    if key == "ср":
        return "clipped"
    return "rank" if may_begin(word(text)) else ""


def _read_clipped(tokens: Sequence[Token], at: int) -> ServiceSpan | None:
    """«ср. служба», «ср. сл.»: срочная служба."""
    dotted = at + 2 < len(tokens) and tokens[at + 1].text == "."
    if not dotted or not tokens[at + 2].key.startswith(("служб", "сл")):
        return None
    return _span(tokens, at, at + 3, "category", Category.CONSCRIPT.value)


def _read_unit(tokens: Sequence[Token], at: int) -> ServiceSpan | None:
    """в/ч 97734, в.ч.98244, вч № 12345, войсковая часть, часть 97150, v/ch 92719, п/п 01234."""
    place = at + 1
    key = tokens[at].key
    if key in ("в", "v", "п"):
        if place + 1 >= len(tokens) or tokens[place].text not in "/.\\-|":
            return _read_rank(tokens, at) if key == "п" else None
        if tokens[place + 1].key not in ("ч", "ч-ть", "ch", "части", "часть", "п", "частина"):
            return _read_rank(tokens, at) if key == "п" else None
        place += 2
    elif key.startswith(("войсков", "військов", "воинск")):
        if place >= len(tokens) or not tokens[place].key.startswith("част"):
            return None
        place += 1
    return _unit_number(tokens, at, place)


def _same_unit(
    tokens: Sequence[Token], at: int, found: Sequence[ServiceSpan]
) -> ServiceSpan | None:
    """«разведвзвод той же части», «часть та же»: the number told before it."""
    end = at + 3 if tokens[at].key in ("в", "v") else at + 1
    near = ([one.key for one in tokens[place : place + 2]] for place in (at - 2, end))
    if not any(two[1:] == ["же"] and two[0] in _SAME for two in near):
        return None
    told = [span for span in found if span.field == "unit"]
    return _span(tokens, at, at + 1, "unit", told[-1].value) if told else None


def _unit_number(tokens: Sequence[Token], at: int, place: int) -> ServiceSpan | None:
    for step in range(min(7, len(tokens) - place)):
        token = tokens[place + step]
        if token.kind is NEWLINE:
            return None
        if token.kind is NUMBER and len(token.text) == UNIT_DIGITS:
            return _span(tokens, at, place + step + 1, "unit", token.text)
        if end := spelt(tokens, place + step):
            return _span(tokens, at, end[0], "unit", end[1])
        if token.kind is WORD and not _class("between", token.key):
            return None
    return None


def _read_number(tokens: Sequence[Token], at: int) -> ServiceSpan | None:
    """A bare five-digit number that stands for a unit: «из 98244», «Срочник 97734.»."""
    text = tokens[at].text
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if text.endswith("000") or text.startswith("000"):
        return None
    apart = before is not None and before.text in "/-" and before.end < tokens[at].start
    labelled = at > 1 and tokens[at - 1].text == ":" and _class("unit", tokens[at - 2].key)
    labelled = labelled or named_behind(tokens, at + 1)
    joined = before is not None and (before.kind is NUMBER or before.text in "+-№/_@₽:")
    if joined and not (apart or labelled):
        return None
    closed = after is not None and after.text in "/-" and tokens[at].end < after.start
    if after is not None and not closed and (after.kind is NUMBER or after.text in "-/_₽@%"):
        glued = after.start == tokens[at].end
        letter = at + 2 < len(tokens) and tokens[at + 2].kind is WORD
        if after.kind is NUMBER or not (after.text == "-" and glued and letter):
            return None
    if after is not None and _class("counted", after.key):
        return None
    if before is not None and before.kind is WORD and _class("money", before.key):
        return None
    bare = _span(tokens, at, at + 1, "unit", text)
    return bare._replace(sure=False, rule="bare number")


def _read_pieces(tokens: Sequence[Token], at: int) -> ServiceSpan | None:
    """«служил в 98 245», «кто с 94 016»"""
    if at + 1 >= len(tokens):
        return None
    if (not at or tokens[at - 1].key not in _OUT_OF) and not named_behind(tokens, at + 2):
        return None
    digits, after = tokens[at + 1], tokens[at + 2] if at + 2 < len(tokens) else None
    if digits.kind is not NUMBER or len(digits.text) != UNIT_DIGITS - 2:
        return None
    if digits.text == "000" or (after and (after.kind is NUMBER or _class("counted", after.key))):
        return None
    found = _span(tokens, at, at + 2, "unit", tokens[at].text + digits.text)
    return found._replace(sure=False, rule="bare number")


def _read_rank(tokens: Sequence[Token], at: int) -> ServiceSpan | None:
    found: Rank | None = rank(tokens, at)
    if found is None:
        return None
    after = tokens[found.end].key if found.end < len(tokens) else ""
    if _class("notrank", after):
        return None
    span = _span(tokens, at, found.end, "rank", found.name)
    return span._replace(denied=_superior(tokens, at))


def _superior(tokens: Sequence[Token], at: int) -> bool:
    """Is it the rank of a commander, or of the one who writes?"""
    if at and _class("whose", tokens[at - 1].key):
        return True
    for step in range(1, 5):
        place = at - step
        if place < 0 or tokens[place].text in ".!?\n;,":
            return False
        if _class("superior", tokens[place].key):
            return True
    return False


def _read_call_sign(tokens: Sequence[Token], at: int) -> ServiceSpan | None:
    """позывной Конь, позывной “Степь”, с позывным «Белый Лис»."""
    loud = tokens[at].word.shape == "upper"
    for place in range(at + 1, min(at + 5, len(tokens))):
        token = tokens[place]
        if token.text in _OPENING:
            return _quoted(tokens, place + 1)
        gap = _class("callgap", token.key)
        named = token.kind is WORD and token.word.shape != "lower"
        if named and not (loud and gap):
            return _span(tokens, place, place + 1, "call_sign", token.text)
        if not gap and (token.kind is not MARK or token.text in ".!?;,"):
            return None
    return None


def _quoted(tokens: Sequence[Token], start: int) -> ServiceSpan | None:
    for end in range(start, min(start + 6, len(tokens))):
        if tokens[end].text in _CLOSING:
            if end == start:
                return None
            value = " ".join(token.text for token in tokens[start:end])
            return _span(tokens, start, end, "call_sign", value)
    return None


def _span(tokens: Sequence[Token], first: int, last: int, field: str, value: str) -> ServiceSpan:
    return ServiceSpan(
        start=tokens[first].start,
        end=tokens[last - 1].end,
        first=first,
        last=last,
        field=field,
        value=value,
        rule=field,
    )


_READERS = {
    "number": _read_number,
    "pieces": _read_pieces,
    "unit": _read_unit,
    "call_sign": _read_call_sign,
    "clipped": _read_clipped,
    "rank": _read_rank,
}
