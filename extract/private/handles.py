"""Folded text → what leads to a person on the net: mail, links, handles, nicknames, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LINK = re.compile(
    r"(?:https?|tg|viber)://\S{1,400}"
    r"|(?<![\w@.])(?:(?:www|m|web|new)\.)?(?:t\.me|telegram\.me|vk\.com|vk\.me|vkontakte\.ru|ok\.ru"
    r"|odnoklassniki\.ru|wa\.me|viber\.\w{2,5}|instagram\.com|facebook\.com|fb\.com|max\.ru"
    r"|tiktok\.com|youtube\.com|youtu\.be)/?[^\s,;)»\"]{0,400}"
    r"|(?<![\w@.])(?:vk|ok|вк|ок)\s?[:/.]{1,3}\s?id ?\d{3,}|(?<!\w)id\d{4,}",
    re.IGNORECASE,
)
_LINK_MARKS = ("://", ".com", ".me", ".ru", "viber.", "youtu", "id")  # one of them is in each link
_MENTION = re.compile(r"\[(?:id|club|public)\d+\|[^\]\n]{1,60}\]")  # as VK writes them
_DOMAIN = (
    r"\.(?:com|ru|net|org|su|me|info|io|gg|ua|by|kz|uz|kg|am|az|ge|рф|livejournal|example)"
    r"(?![\w\-])"
)
_IN_A_DOMAIN = re.compile(_DOMAIN)
_HOST = re.compile(
    rf"(?<![\w@.\-])[a-z0-9][a-z0-9\-]{{0,60}}(?:\.[a-z0-9\-]{{1,60}}){{0,5}}{_DOMAIN}"
    r"(?:[/?][^\s,;)»\"]{0,400})?"
)
_AT = (
    r"(?: ?@ ?| ?[(\[{<*] ?(?:at|ат|эт|собака|собачка|гав|равлик) ?[)\]}>*] ?"
    r"| (?:собака|собачка|сабака|собачко|равлик|сбк|эт|эд|at|ат|гав|песик) )"
)
_DOT = (
    r"(?: ?\. ?| ?[(\[{<*] ?(?:dot|точка|дот|тчк|крапка|кропка|\.) ?[)\]}>*] ?"
    r"| (?:точка|тчк|крапка|кропка|дот|dot) )"
)
_KNOWN_HOST = r"(?:м[еэа]йл|mail|яндекс|yandex|г?жмейл|гмейл|джимейл|gmail|рамблер|инбокс)"
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?: (?:точка|тчк|крапка|кропка|дот|dot) [\w+-]{1,64}){0,3}"
    rf"{_AT}(?:[\w-]{{1,64}}(?:{_DOT}[\w-]{{2,24}}){{1,3}}|{_KNOWN_HOST} ?(?:ру|ru|ком|com)(?!\w))"
)
_MAIL_MARKS = (
    *(
        "@",
        "собак",
        "сабак",
        "собачк",
        "равлик",
        "сбк",
        " эт ",
        " эд ",
        " at ",
        " ат ",
        "гав",
        "песик",
    ),
    *("(at", "[at", "{at", "<at", "*at", "(ат", "[ат", "(эт", "[эт"),
)
_HANDLE = re.compile(r"(?<![\w.])@ ?[A-Za-z_][\w.]{2,40}|(?<![\w.])@\w{3,40}")
_BARE_HANDLE = re.compile(r"(?<![\w@./:])[A-Za-z][A-Za-z0-9]*(?:_+[A-Za-z0-9]+)+_*(?![\w@])")
_CYRILLIC_HANDLE = re.compile(  # «Голубка_0034», «dрозdова_18»; «Фомин_1990» is a man and a year
    r"(?<![\w@#./])(?!вч_|в_ч)(?=[\w@]{0,40}?_)(?=[\w@]{0,40}?[\da-z])"
    r"(?!\w{1,40}_(?:19|20)\d\d(?!\w))[^\W\d_][\w@]{2,40}"
)
_NUMBERED_TAG = re.compile(r"#(?!вч|в_ч)(?=[^\W\d]{0,60}\d{3})[^\W\d]{2,60}\d{3,12}(?!\w)")
_YEAR_BEHIND = re.compile(r"\D(?:19|20)\d\d$")
_DISCORD = re.compile(r"(?<!\w)[\w.]{2,32}#\d{4}(?!\w)")
_SITES = (
    r"(?:в|на) (?:вк|вконтакте|контакте|тг|телег\w{0,3}|телеграм\w{0,3}"
    r"|инст\w{0,8}|максе?|одноклассниках|ок|тик-?токе?|дискорде?|вайбере?|скайпе?|ватсапе?|вотсапе?|жж)(?!\w)"
)
_ON_A_SITE = re.compile(rf" {_SITES}")
_NICK_THERE = re.compile(  # «дуся-сорок-один в вк»
    r"(?<![\w@-])(?=\S{0,40}?[\da-z_.\-])([^\W\d_][\w.\-]{2,40})(?<!-то)(?<!-либо)(?<!-нибудь)"
    rf",? (?:это я |я )?{_SITES}"
)
_PARTED_LINK = re.compile(  # «t me/masha», «vk . com / masha»
    r"(?<!\w)(?:t|т|vk|вк|wa|ok|ок) {0,2}[., ] {0,2}(?:me|com|ru) {0,2}/ {0,2}[\w.\-]{3,40}"
)
_PARTED_MARKS = ("me/", "me /", "com/", "com /", "ru/", "ru /")
_SITE = r"(?:вк|vk|вконтакте|т|t|тг|tg|ок|ok|инстаграм\w?|instagram|ва|wa)"
_SPELT_DOT = r" {0,2}(?:\.|,|точка|тчк|dot|\(точка\)|\[\.\]|\(\.\)) {0,2}"
_SLASH = r" {0,2}(?:/|\\|слеш|слэш|слешь|slash|дробь|палочка) {0,2}"
_SPELT_LINK = re.compile(
    rf"(?<![\w@]){_SITE}{_SPELT_DOT}(?:ком|com|ми|ме|me|ру|ru){_SLASH}(?:\w+{_SLASH})?"
    r"[\w.\-]+(?: (?:нижнее |ноль|один|два|три)\w*){0,4}"
)
_SPELT_HANDLE = re.compile(
    r"(?<!\w)(?:тг|tg|телег\w{1,4}|телеграм\w{0,2}|инст\w{0,8}|вк|ник\w{0,2}|пишите|писать)"
    r"[^\w\n]{1,3}(?:собака|собачка|эт)[^\w\n]{1,3}"
    r"(\w+(?:[ _](?:ноль|нуль|один|два|три|нижнее|\d)\w*){0,5})"
)
_SPELT_MARKS = (
    "слеш",
    "слэш",
    "slash",
    "собак",
    "т.м",
    "т .",
    "t .",
    "вк.",
    "точка",
    "дробь",
    "\\",
)


def holds(text: str, marks: Iterable[str]) -> bool:
    """Does one of the marks stand in the text?"""
    return any(map(text.__contains__, marks))


def handles(text: str, lowered: str) -> list[tuple[int, int]]:
    """Where they stand; `lowered` is the text in small letters, as long."""
    found = [*_written(text, lowered), *_tagged(lowered), *_spelt(lowered)]
    if holds(lowered, _MAIL_MARKS):
        found += [match.span() for match in _MAIL.finditer(lowered)]
    return found


def _written(text: str, lowered: str) -> Iterator[tuple[int, int]]:
    """Links, names with @ or an underscore, and those before the name of a network."""
    if "@" in text:
        yield from (match.span() for match in _HANDLE.finditer(text))
    if "_" in text:
        yield from (match.span() for match in _BARE_HANDLE.finditer(text))
        yield from (match.span() for match in _CYRILLIC_HANDLE.finditer(lowered))
    if holds(lowered, _LINK_MARKS):
        yield from (_trimmed(text, *match.span()) for match in _LINK.finditer(text))
    if _IN_A_DOMAIN.search(lowered):
        yield from (_trimmed(text, *match.span()) for match in _HOST.finditer(lowered))
    if _ON_A_SITE.search(lowered):
        yield from (match.span(1) for match in _NICK_THERE.finditer(lowered))


def _tagged(lowered: str) -> Iterator[tuple[int, int]]:
    """«[id0000|Имя]», «#ищетлюба0000», «имя#0000»; a tag with a year behind is the sought man's."""
    if "|" in lowered:
        yield from (match.span() for match in _MENTION.finditer(lowered))
    if "#" not in lowered:
        return
    yield from (match.span() for match in _DISCORD.finditer(lowered))
    for match in _NUMBERED_TAG.finditer(lowered):
        if not _YEAR_BEHIND.search(match.group()):
            yield match.span()


def _spelt(lowered: str) -> list[tuple[int, int]]:
    """Links and handles told in words."""
    parted = []
    if holds(lowered, _PARTED_MARKS):
        parted = [match.span() for match in _PARTED_LINK.finditer(lowered)]
    if not holds(lowered, _SPELT_MARKS):
        return parted
    spelt = [match.span() for match in _SPELT_LINK.finditer(lowered)]
    return parted + spelt + [match.span(1) for match in _SPELT_HANDLE.finditer(lowered)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in ".,;:!?)»\"'":
        end -= 1
    return start, end
