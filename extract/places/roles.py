"""A place among its words → how it is spoken of: home, born there, seen there, other."""

from __future__ import annotations

from collections.abc import Sequence

from extract.peek import key_at
from extract.places.spans import PlaceSpan
from extract.tokens import NUMBER, WORD, Token
from russian.remembered import remembered
from russian.words import kinds, lookup, table

_MARKS = frozenset(("town", "village", "region", "district"))
_STOPS = frozenset("!?…;\n")
_FAR, _NEAR, _BEHIND = 9.0, 5.0, 2.0  # tokens a word may stand away; how much later words lack
_NEXT = 1.5  # tokens within which a word makes a place of fighting a home
_BESIDE = 2.5  # tokens within which «госпиталь» makes a place no home
_BORDER = frozenset(("RU-KRS", "RU-BEL", "RU-BRY"))
_BEFORE_ONLY = ("origin", "born", "lives")  # words that stand before their place
_GROWN = 2010  # a year before it is one of birth
_SOUGHT_WITHIN = 10  # tokens from a place to the verb that says he is sought there
_AHEAD = 3  # a word behind the place costs as much at least
_LIVING = ("home", "origin", "born")
_SAID = (*_LIVING, "buried", "other")
_SENT_WITHIN = 5  # tokens from «отзвонился» to the place
_OTHERS = frozenset(("он", "сам", "сын"))
_BROUGHT = ("привез", "везут", "доставил")
_ORIGIN = frozenset(("сам", "сама", "родом"))
_TOWNSHIP = 5_000  # inhabitants of a town near the border that men are from
_PASSING = ("до", "через")


def role_of(tokens: Sequence[Token], span: PlaceSpan) -> str:
    """home, from, office, origin, born, buried, seen, other, or "" where nothing tells."""
    if span.kind in ("direction", "office"):
        return "seen" if span.kind == "direction" else "office"
    cue, cost = _nearest_cue(tokens, span)
    war = at_war(span)
    prepositions = kinds("place_words", span.preposition)
    whence = span.preposition == "из-под" and not war
    if "near" in prepositions and span.preposition not in _PASSING and not whence:
        return "seen" if war or not span.regions else cue if cue in _LIVING else "other"
    if span.preposition in _PASSING or _hospital_follows(tokens, span):
        return "other"
    if "from" in prepositions or whence:
        return _whence(tokens, span, cue, cost)
    if "at" in prepositions:
        return _at(tokens, span, (cue, cost), war=war)
    return _bare(tokens, span, (cue, cost), war=war)


def _at(tokens: Sequence[Token], span: PlaceSpan, told: tuple[str, float], *, war: bool) -> str:
    """«жил в Тотьме», «привезли в Сарапул»; without a word for it he fought there, or no home."""
    cue, cost = told
    if cue == "home" and _of_the_family(tokens, span):
        return "family"
    if not war and cue != "home":
        if _since(tokens, span):
            cue = "home"
        elif _of_us(tokens, span) or _sought_there(tokens, span):
            cue = "origin"
        elif cue == "other" and _brought_to(tokens, span):
            cue = "buried"
    said = cue in _SAID and (cost < _NEAR or not war)
    return cue if said else "seen" if war else "other"


def _hospital_follows(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«Курск, травматология», «из Ростова, военный госпиталь»."""
    at = span.last
    if at >= len(tokens) or tokens[at].text not in ",(":
        return False
    words = [token for token in tokens[at + 1 : at + 3] if token.kind is WORD]
    for which, token in enumerate(words):
        if "hospital" in kinds("place_words", token.key):
            return True
        if which or "ADJF" not in token.word.tags:
            return False
    return False


def _sought_there(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«В Сургуте ищут срочника», «В селе Баянгол … третий месяц ищут земляка»: opens the text."""
    at = span.first - 1
    while at >= 0 and tokens[at].key != span.preposition:
        at -= 1
    if at > 0 and tokens[at - 1].text not in _STOPS and tokens[at - 1].text != ".":
        return False
    for token in tokens[span.last : span.last + _SOUGHT_WITHIN]:
        if token.text in _STOPS or token.text == ".":
            return False
        if "hunted" in kinds("place_words", token.key):
            return True
    return False


def _of_the_family(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«Мама живёт в Твери, а он …»"""
    if not any(t.key in _OTHERS for t in tokens[span.last : span.last + 4]):
        return False
    before = tokens[max(0, span.first - _SENT_WITHIN) : span.first]
    return any("family" in kinds("place_words", token.key) for token in before)


def _since(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«с пяти лет в Саратове», «с детства в Орске»"""
    if key_at(tokens, span.first - 1) not in ("в", "во"):
        return False
    before = [token.key for token in tokens[max(0, span.first - 4) : span.first - 1]]
    return bool(before) and before[-1] in ("лет", "детства") and "с" in before


def _brought_to(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«Воейкова привезли в Сарапул вчера, прощание в 11»"""
    before = tokens[max(0, span.first - _SENT_WITHIN) : span.first]
    if not any(token.key.startswith(_BROUGHT) for token in before):
        return False
    for token in tokens[span.last : span.last + _SOUGHT_WITHIN]:
        if token.text in _STOPS:
            return False
        if _cue(token.text)[0] == "buried":
            return True
    return False


def _of_us(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«Мы в Гусь-Хрустальном», «привезли к нам в Косиху»."""
    at = span.first - 1
    while at > 0 and (tokens[at].text == "." or is_mark(tokens[at].key)):
        at -= 1
    if at <= 0:
        return False
    near = tokens[at - 2].key if at > 1 else ""
    return tokens[at - 1].key == "мы" or (tokens[at - 1].key in ("нам", "нас") and near in "ку")


def of_dossier(
    tokens: Sequence[Token], chain: Sequence[PlaceSpan], *, foreign: bool = False
) -> bool:
    """«44 года, Льгов (Курская обл.)»: an address right behind a name, a birth date, an age.

    `foreign`: in the other side's lists a region alone is home as well.
    """
    named_so = len(chain) > 1 and any(span.kind == "region" and span.marked for span in chain)
    alone = foreign and chain[0].kind == "region"
    border = len(chain) == 1 and _of_the_border(chain[0])
    if not (named_so or alone or border) or any(span.preposition for span in chain):
        return False
    at = chain[0].first - 1
    while at >= 0 and (tokens[at].text in ",.(|/—–" or is_mark(tokens[at].key)):
        if tokens[at].key in ("г", "р") and tokens[at - 1].text.isdecimal():
            break
        at -= 1
    if at < 0:
        return False
    token = tokens[at]
    year = token.text.isdecimal() and len(token.text) == 4 and int(token.text) < _GROWN
    named = token.word.shape != "lower" and not token.word.tags.isdisjoint(("Name", "Patr", "Surn"))
    known = kinds("place_words", token.key)
    lives = any(span.kind == "town" and span.marked for span in chain)
    served = "fellow" in known and lives and not any(s.front for s in chain if s.kind == "town")
    return year or named or "dossier" in known or served


def _of_the_border(span: PlaceSpan) -> bool:
    """A Russian town near the front that is no known place of fighting: «1996, Грайворон»."""
    people = max((e.population for e in span.entries if e.region == span.region), default=0)
    lived_in = span.region in ("RU-BEL", "RU-BRY") and people > _TOWNSHIP
    fought_over = any(entry.listed for entry in span.entries) and not lived_in
    return span.kind == "town" and span.region in _BORDER and not fought_over


def _whence(tokens: Sequence[Token], span: PlaceSpan, cue: str, cost: float) -> str:
    """«из Златоуста», «с Магадана»; «из Покровска не выходит на связь»."""
    war = at_war(span)
    if span.preposition in ("с", "со") and span.case in ("ablt",):
        return "other"
    sent = _sent_from(tokens, span)
    if sent:
        return "seen" if war and sent == "called" else "other"
    if cue in ("born", "origin"):
        return cue
    if war and cue in ("seen", "other"):
        return "from" if span.region in _BORDER and _aged_before(tokens, span.first) else cue
    if cue == "home" and cost < _NEAR + 1:
        return "home"
    return "other" if cue == "other" and cost < _AHEAD else "from"


def _sent_from(tokens: Sequence[Token], span: PlaceSpan) -> str:
    """«отзвонился из Питера», «зять из Самары клянётся»: called; «видео из Волчанска»: filmed."""
    if "called" in kinds("place_words", key_at(tokens, span.last)):
        return "called"
    for step, token in enumerate(reversed(tokens[max(0, span.first - _SENT_WITHIN) : span.first])):
        if token.text in _STOPS or token.text in ".,–—":
            return ""
        found = kinds("place_words", token.key)
        if "called" in found:
            return "called"
        if "filmed" in found and step == 1:
            return "filmed"
        if token.key in _ORIGIN or "dweller" in found:
            return ""
    return ""


def _aged_before(tokens: Sequence[Token], at: int) -> bool:
    """«20 лет, с Валуек»: an age right before, so it is he who comes from there."""
    before = [token.key for token in tokens[max(0, at - 3) : at]]
    return len(before) > 2 and before[1] == "," and "dossier" in kinds("place_words", before[0])


def _bare(tokens: Sequence[Token], span: PlaceSpan, told: tuple[str, float], *, war: bool) -> str:
    """Without a preposition only a near word tells."""
    cue, cost = told
    if cue == "other" and cost <= _BESIDE:
        return "seen" if war and span.hashtag else "other"
    if war:
        if span.hashtag:
            return "seen"
        lone = span.kind == "region" and (not span.marked or span.region not in _BORDER)
        if cue == "seen" and cost < _FAR:
            return "seen"
        fought_over = any(e.listed and span.region in (None, e.region) for e in span.entries)
        near = _NEXT if fought_over and not span.marked else _NEAR
        if cue in _LIVING and cost < near and not (cost <= 1 and _a_town(tokens, span)):
            return cue
        return "seen" if lone else ""
    return cue if cue in _LIVING and cue != "born" and cost < _NEAR else ""


def _a_town(tokens: Sequence[Token], span: PlaceSpan) -> bool:
    """«Город Суджа стояли на КПП»: the word for a town alone tells of no home at the front."""
    marked = span.first > 0 and "town" in kinds("place_words", tokens[span.first - 1].key)
    return marked and span.region != "RU-BEL"


def _nearest_cue(tokens: Sequence[Token], span: PlaceSpan) -> tuple[str, float]:
    best = (_FAR, "")
    for step in (-1, 1):
        cost = 0.0 if step < 0 else _BEHIND
        place = span.first - 1 if step < 0 else span.last
        while 0 <= place < len(tokens) and cost < best[0]:
            token = tokens[place]
            text = token.text
            if text in _STOPS or (text == "." and _ends_sentence(tokens, place)):
                break
            mark = token.kind is not WORD
            cost += 0.3 if text.isdecimal() or text in ".:" else 0.7 if mark else 1.0
            role, far = _cue(text)
            if role == "other" and _lived_too(tokens, place):
                role = "lives"
            if role == "greets":
                role = "origin" if "from" in kinds("place_words", span.preposition) else "other"
            if role == "returned":
                role = "home" if "at" in kinds("place_words", span.preposition) else ""
            if role and cost + far < best[0] and (step < 0 or role not in _BEFORE_ONLY):
                best = (cost + far, "home" if role == "lives" else role)
            place += step
    return best[1], best[0]


def _lived_too(tokens: Sequence[Token], at: int) -> bool:
    """«жил и работал в Челябинске»"""
    return at > 1 and tokens[at - 1].key == "и" and _cue(tokens[at - 2].text)[0] == "lives"


def _ends_sentence(tokens: Sequence[Token], at: int) -> bool:
    if at + 1 >= len(tokens):
        return True
    after = tokens[at + 1]
    if after.kind is NUMBER and after.start == tokens[at].end:
        return False
    before = tokens[at - 1] if at else after
    if before.kind is WORD and at and (len(before.text) == 1 or is_mark(before.key)):
        return False
    return after.kind is not WORD or after.word.shape != "lower"


@remembered
def _cue(text: str) -> tuple[str, float]:
    found = lookup(table("place_roles"), text.lower().replace("ё", "е"))
    if found is None:
        return "", 0.0
    return found[0], 3.0 if len(found) > 1 and found[1] == "weak" else 0.0


def common_role(chain: Sequence[PlaceSpan], each: Sequence[str]) -> str:
    """What is said of one name of an address holds for the rest of it."""
    roles = [role for role in each if role]
    role = next((role for role in ("home", "from") if role in roles), roles[0] if roles else "")
    if not role and all(at_war(span) for span in chain):
        whole = all(span.kind == "region" for span in chain)
        role = "seen" if any(span.front for span in chain) and not whole else ""
    if role in ("home", "from") and "seen" in roles and not any(s.preposition for s in chain):
        role = roles[0]
    return role


def at_war(span: PlaceSpan) -> bool:
    """At the front, or in a region that has one."""
    return span.front or (
        bool(span.regions) and (all(region in _BORDER for region in span.regions))
    )


def is_mark(key: str) -> bool:
    """Is it «г», «село», «обл», «район» and their like?"""
    return not _MARKS.isdisjoint(kinds("place_words", key))
