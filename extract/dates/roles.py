"""A date among its words → what it is the date of: birth, contact, call-up, death, an event."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.dates.feasts import is_feast
from extract.dates.parts import Form, is_word
from extract.dates.tellers import (
    another_speaks,
    asked_of_others,
    came_from_him,
    rumour,
    to_an_office,
)
from extract.peek import key_at
from extract.tokens import NEWLINE, NUMBER, WORD, Token
from russian.months import month
from russian.numerals import numeral
from russian.remembered import remembered
from russian.words import lookup, table

_BESIDE = 2.0
_FAR = 14  # tokens a word may stand away and still tell the role
_WEIGHTS = {"faint": 6.0, "weak": 5.0, "strong": -1.5}
_ENDS = frozenset("!?…;\n")
_HALTS = frozenset(",—–-:(")
_DASHES = frozenset("-–—")
_PROMISED = frozenset(
    (
        *("должен", "должна", "должны", "обещал", "обещала", "обещались", "собирались"),
        *("планировали", "хотели", "договорились", "ждали", "ждала"),
    )
)
_SILENT = (["гудки"], ["нет"], ["не"], ["вне"], ["недоступен"], ["молчит"], ["молчал"], ["тишина"])
_OTHERS = frozenset(
    (
        *("мой", "мое", "моем", "моего", "мамин", "наш", "папин", "мне", "жены", "дочери", "дочки"),
        *("мамы", "матери", "отца", "папы", "сестры", "внучки", "бабушки", "тещи", "невесты"),
    )
)
_IN = frozenset(("в", "на"))
_HOUR_WITHIN = 9  # tokens from a day to what he said then
_HOUR_WORDS = frozenset(("в", "во", "часу", "около", "утром", "вечером", "ночью", "днем"))
_BREAKS = frozenset(",.!?…;\n:")
_CELLS = frozenset("/|•\n")
_FAINT = frozenset(("был", "была", "были", "Был", "Была"))
_WAS = (["был"], ["было"])
_STOOD = frozenset(("был", "была", "были", "стоял", "стояли", "вышел", "вышли", "находился"))
_WENT = frozenset(("пошел", "пошла", "вышел", "вышла", "пошли"))
_SILENT_WITHIN = 6  # tokens between «после 4 ноября» and «не видел»
_LATELY = (0, -1, -2, 1)  # a day told by «сегодня», «вчера», «позавчера», «завтра»


def still_to_come(tokens: Sequence[Token], shape: Form) -> bool:
    """Does the sentence speak of a day to come?"""
    for place in range(max(0, shape.first - 8), min(len(tokens), shape.last + 5)):
        key = tokens[place].key
        if key != "было" and is_word("future", key):
            return True
    return False


def taken_back(tokens: Sequence[Token], shape: Form) -> bool:
    """«не с 7-го», «сегодня уже третье ноября», «сегодня ровно две недели»."""
    before = [tokens[at].key for at in range(max(0, shape.first - 3), shape.first)]
    night = before[-2:-1] in (["ночь"], ["ночи"])
    aimed = before[-1:] == ["к"] or (before[-1:] == ["после"] and not _silent_after(tokens, shape))
    if aimed or (before[-1:] == ["на"] and not (night or is_feast(shape))):
        return True  # «обещал к 20 августа», «нашли после 4 октября», «сверка на 06.09»
    after = [tokens[at].key for at in range(shape.last, min(shape.last + 6, len(tokens)))]
    gone = before[-1:] in (["кто-то"], ["некто"])  # «кто-то вчера написал в комментариях»
    since = before[-1:] in (["с"], ["со"])
    said = [key for key in after if key not in ("только", "одни")]
    silent = said[1:2] in _SILENT if after[:1] == ["уже"] else after[:1] in _SILENT
    gone = gone or (silent and not since and (shape.shift == 0 or after[:1] == ["уже"]))
    promised = after[:2] if after[:1] != [","] else []
    if gone or _to_do(tokens, shape.first) or not _PROMISED.isdisjoint((*promised, *before)):
        return True  # «а 7 апреля уже нет», «позавчера должен был выйти на связь»
    if before[-1:] == ["не"] or before[-2:] in (["не", "с"], ["не", "со"]):
        return True
    if _corrected(after) or any(
        tokens[at].key == "бы" for at in range(shape.last, min(shape.last + 3, len(tokens)))
    ):
        return True
    if shape.shift in _LATELY and shape.weekday is None and not shape.span:
        return _counted_from(tokens, shape, before, after)
    return shape.shift is None and "сегодня" in before


def _corrected(after: Sequence[str]) -> bool:
    """«последний выход 23-го?? нет, 20-го», «двадцать третьего мы его поздравить не смогли»"""
    asked = list(after[:1]) == ["?"] and "нет" in after[:4]
    return asked or any(one == "не" and is_word("failed", two) for one, two in pairwise(after))


def _silent_after(tokens: Sequence[Token], shape: Form) -> bool:
    """«после 4 ноября никто его не видел», «после Троицы тишина»: that day he was heard of."""
    for token in tokens[shape.last : shape.last + _SILENT_WITHIN]:
        if token.text in _ENDS or token.text == ".":
            return False
        if token.key in ("не", "никто", "ни", "нет") or is_word("silent", token.key):
            return True
    return False


def _to_do(tokens: Sequence[Token], at: int) -> bool:
    """«обещал маякнуть из Авдеевки 17 февраля»: a deed promised for that day."""
    deed = False
    for place in range(at - 1, max(-1, at - 6), -1):
        if tokens[place].text in _ENDS or tokens[place].text in ",.":
            return False
        if tokens[place].key in _PROMISED:
            return deed
        deed = deed or any(parse.pos == "INFN" for parse in tokens[place].word.parses)
    return False


def _counted_from(
    tokens: Sequence[Token], shape: Form, before: Sequence[str], after: Sequence[str]
) -> bool:
    """«сегодня ровно две недели», «вчера неделя, как он звонил», «сегодня уже вне зоны»."""
    if shape.shift == 0:
        silent = list(after[:1]) in _SILENT or any(is_word("unread", key) for key in after[:3])
        told = any(is_word("unit", key) for key in before)
        return silent or told or any(is_word("unit", key) or month(key) for key in after[:4])
    if shape.shift == -1 and list(after[:1]) in _WAS:
        return any(is_word("unit", key) or month(key) for key in after[1:5])
    return any(span_word(tokens, at) for at in range(shape.last, shape.last + 4))


def span_word(tokens: Sequence[Token], at: int) -> bool:
    """Is it the unit of a span that runs from the day before it: «вчера (исполнилась) неделя»?"""
    if not is_word("unit", key_at(tokens, at)) or key_at(tokens, at).startswith(("день", "дн")):
        return False
    between = [key_at(tokens, place) for place in range(at - 1, max(-1, at - 4), -1)]
    for key in between:
        if is_word("day", key):
            return True
        if not (is_word("turned", key) or numeral(key) or key.isdecimal()):
            return False
    return False


def day_of_silence(tokens: Sequence[Token], shape: Form) -> bool:
    """«каждый день писал, а 22-го не написал», «13-го уже одна галочка»: the day before counts."""
    before = tokens[shape.first - 1].key if shape.first else ""
    if before in ("с", "со", "з"):
        return False
    after = [tokens[at].key for at in range(shape.last, min(shape.last + 7, len(tokens)))]
    if after[:1] == ["не"]:
        return any(is_word("wrote", key) for key in after[1:2])
    return before == "а" and "уже" in after[:3] and any(is_word("unread", key) for key in after)


def silent_behind(tokens: Sequence[Token], at: int) -> bool:
    """«6-го | уже телефон выключен», «11-го | фото уже никто не открыл»"""
    keys = []
    for token in tokens[at : at + _SILENT_WITHIN]:
        if token.text in _ENDS or token.text in ".,":
            break
        keys.append(token.key)
    return any(is_word("unread", key) for key in keys) or ("никто" in keys and "не" in keys)


def silence_near(tokens: Sequence[Token], shape: Form) -> bool:
    """«не звонит 9 дней», «уже 17 дней нет связи», «две недели молчит»."""
    for place in _sentence(tokens, shape.first, shape.last):
        key = tokens[place].key
        if key in ("нет", "не", "без", "ни"):
            before = place - 1 if key == "нет" and place else place  # «связи нет две недели»
            if any(
                cue(tokens[near].text)[0] == "contact"
                for near in range(before, min(place + 4, len(tokens)))
            ):
                return True
        elif key == "как" and place >= shape.last:
            if any(cue(tokens[at].text)[0] == "contact" for at in _next(tokens, place, 5)):
                return True
        elif key not in ("нету", "ни", "нет", "без") and is_word("silent", key):
            return True
    return False


def _next(tokens: Sequence[Token], at: int, reach: int) -> range:
    return range(at + 1, min(at + reach, len(tokens)))


def _sentence(tokens: Sequence[Token], first: int, last: int) -> range:
    left, right = first, last
    while left > 0 and first - left < _FAR and not _ends(tokens, left - 1):
        left -= 1
    while right < len(tokens) and right - last < _FAR and not _ends(tokens, right):
        right += 1
    return range(left, right)


def _ends(tokens: Sequence[Token], at: int) -> bool:
    """Does a sentence end with this token?"""
    text = tokens[at].text
    if text in _ENDS:
        return True
    if text != "." or at + 1 >= len(tokens):
        return text == "."
    after, before = tokens[at + 1], tokens[at - 1] if at else None
    if after.kind is NEWLINE:
        return True
    short = before is not None and before.kind is WORD and len(before.text) == 1
    short = short and not (at > 1 and tokens[at - 2].text in _DASHES)  # «только в 1983-м.»
    if short or (before is not None and is_word("clipped", before.key)):
        return False
    if after.kind is NUMBER:
        return tokens[at].end < after.start and before is not None and before.kind is WORD
    return after.word.shape in ("title", "upper") and after.kind is WORD


@remembered
def cue(text: str) -> tuple[str, float]:
    """The role a word tells, and how much farther than it stands it counts."""
    found = lookup(table("date_roles"), text.lower().replace("ё", "е"))
    if found is None:
        return "", 0.0
    return found[0], _WEIGHTS[found[1]] if len(found) > 1 else 0.0


def _cue_at(tokens: Sequence[Token], place: int) -> tuple[str, float]:
    """The role a word tells where it stands, and how much farther than it stands it counts."""
    text = tokens[place].text
    role, far = cue(text)
    if role == "contact" and to_an_office(tokens, place):
        return "event", far
    if role == "contact" and another_speaks(tokens, place):
        return "", far
    if role == "event" and (came_from_him(tokens, place) or _not_back(tokens, place)):
        return "contact", far
    if role == "event" and place and tokens[place - 1].key == "по" and "иде" in text:
        return "contact", far  # «говорили по видео»
    return role, far


def _in_his_words(tokens: Sequence[Token], at: int) -> bool:
    """«3 ноября в третьем часу ночи «всё норм»»: words in quotation marks right behind the hour."""
    for place in range(at, min(at + _HOUR_WITHIN, len(tokens))):
        token = tokens[place]
        if token.text == "«":
            return True
        hour = token.kind is NUMBER or is_word("clock", token.key) or numeral(token.key) is not None
        if not (hour or token.text in ":.—–,-" or token.key in _HOUR_WORDS):
            return False
    return False


def _not_back(tokens: Sequence[Token], at: int) -> bool:
    """«не вернулся из разведки 7 ноября»"""
    return at > 0 and tokens[at - 1].key == "не" and tokens[at].key.startswith("вернул")


def role_of(tokens: Sequence[Token], shape: Form, between: tuple[int, int]) -> tuple[str, str]:
    """The role that the nearest telling word gives, and that word."""
    best = (99.0, "unknown", "")
    for step, limit in ((-1, between[0]), (1, between[1])):
        cost = 0.0 if step < 0 else 0.4
        place = shape.first - 1 if step < 0 else shape.last
        halted = cell = False
        crossed = step < 0 and _in_its_own_clause(tokens, shape.first - 1, limit)
        cost += 5.0 * crossed
        while 0 <= place < len(tokens) and cost < best[0]:
            text = tokens[place].text
            if text in _ENDS or (text == "." and _ends(tokens, place)):
                if text != "\n" or step > 0:
                    break
                cost += 5
            if not crossed and (place < limit if step < 0 else place >= limit):
                crossed, cost = True, cost + 5
            cost += 1.5 if text in _HALTS else 1.0
            cell = cell or text == "|"
            halted = halted or text in _HALTS or text in _CELLS or text == "."
            role, far = _cue_at(tokens, place)
            if role == "callup" and halted and shape.day and (not shape.year or cell):
                role = ""  # «Пенза, контракт, 12.08»: two cells of a list
            if role and cost + far < best[0]:
                best = (cost + far, role, text)
            if cost > _FAR:
                break
            place += step
    if best[1] == "unknown" and shape.day and _in_his_words(tokens, shape.last):
        return "contact", "his words"
    if best[1] == "contact" and _not_of_him(tokens, shape, best[2]):
        return "unknown", ""
    if rumour(tokens, shape.first, shape.last):
        return "event", "told by another"
    if best[1] == "birth" and (told := _not_his(tokens, shape) or _on_his_birthday(tokens, shape)):
        return told
    return _told(tokens, shape, best)


def _in_its_own_clause(tokens: Sequence[Token], at: int, limit: int) -> bool:
    """«5 ноября его видел земляк, | 12 ноября пришло …»: the words before are of the day before."""
    if at < 0 or tokens[at].text != "," or not 0 < limit < at:
        return False
    return not any(tokens[place].text in _BREAKS for place in range(limit, at))


def _not_of_him(tokens: Sequence[Token], shape: Form, text: str) -> bool:
    """«вчера были роды», «сегодня пошёл в школу», «кто 5 ноября был под Угледаром?»"""
    if text in _FAINT and shape.shift in (0, -1):
        return True
    if shape.shift == 0 and text.lower() in _WENT:
        return True
    return text.lower() in _STOOD and asked_of_others(tokens, shape.first)


def _told(tokens: Sequence[Token], shape: Form, best: tuple[float, str, str]) -> tuple[str, str]:
    """The best role, unless what stands right beside the day says that it is one of contact."""
    since = shape.first > 0 and tokens[shape.first - 1].key in ("с", "со", "з", "s")
    weak = best[1] in ("unknown", "event") or (best[1] == "callup" and best[0] > _BESIDE)
    if (weak and since and (shape.day or shape.weekday)) or _written_on(tokens, shape):
        lies = since and best[2].lower().startswith("госпит")  # «сам он в госпитале с 6 ноября»
        digest = lies or (since and _of_a_digest(tokens, shape))
        return ("event", "digest") if digest else ("contact", "с")
    return best[1], best[2].lower()


def _of_a_digest(tokens: Sequence[Token], shape: Form) -> bool:
    """«Что изменилось с 1 января», «Список обновлён с 5-го»: since when a list counts."""
    near = tokens[max(0, shape.first - 4) : shape.first - 1]
    return any(is_word("digest", token.key) for token in near)


def _written_on(tokens: Sequence[Token], shape: Form) -> bool:
    """«письмо от 20 сентября получили 10 октября»"""
    if shape.first < 2 or tokens[shape.first - 1].key != "от":
        return False
    return is_word("letter", tokens[shape.first - 2].key)


def _not_his(tokens: Sequence[Token], shape: Form) -> tuple[str, str] | None:
    """What a day beside a birthday is, where the birthday is another's."""
    if _congratulated(tokens, shape):
        return "contact", "поздравил"
    if not _someone_elses(tokens, shape):
        return None
    near = (cue(tokens[at].text)[0] for at in _sentence(tokens, shape.first, shape.last))
    return ("unknown", "") if "contact" in near else ("event", "another's birthday")


def _on_his_birthday(tokens: Sequence[Token], shape: Form) -> tuple[str, str] | None:
    """«12 мая, прямо в день рождения, пошёл на задачу»: a deed of that day, not his birth."""
    keys = [token.key for token in tokens[shape.last : shape.last + 6]]
    for at, key in enumerate(keys):
        if key in ("рождения", "др") and not _IN.isdisjoint(keys[max(0, at - 3) : at]):
            place = shape.last + at + 1
            for then in range(place, min(place + 4, len(tokens))):
                if _ends(tokens, then):
                    return None
                if cue(tokens[then].text)[0] == "contact":
                    return "contact", tokens[then].text.lower()
    return None


def _congratulated(tokens: Sequence[Token], shape: Form) -> bool:
    """«6 августа поздравил сестру с днём рождения»: the day he wished another a happy birthday."""
    near = tokens[max(0, shape.first - 3) : shape.last + 4]
    return any(token.key.startswith("поздрав") for token in near)


def _someone_elses(tokens: Sequence[Token], shape: Form) -> bool:
    """«на мой др 6 августа», «маме на день рождения»"""
    keys = {tokens[place].key for place in range(max(0, shape.first - 5), shape.first)}
    return not keys.isdisjoint(_OTHERS)
