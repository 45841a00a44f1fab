"""A word in Latin or Ukrainian letters → the same word in Russian ones; lists of names decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from math import log2
from pathlib import Path

from model import Sex
from russian import patronymics, surnames
from russian.given import fold, known
from russian.inflect import given_forms, surname_forms
from russian.morphology import parses
from russian.remembered import FORMS, remembered

_WIDTH = 48  # readings kept at once while a Latin word is read
_HARD_I = 0.3
_IOTA = 0.3  # «Ayas» is Аяс: what Russian writes as one letter is seldom two
_SPELT_AS_ONE = frozenset(("йа", "йу", "йэ"))
_LEAST_STEM = 4  # letters of an adjective's stem
_OLD_YAT = 2.0  # what it costs to read і as е (Біда, Білий); the lists must gain more
_OPENING_E = -1.0  # the letter is э there: Russian е would be є
_FREE, _MANY = 4, 7  # letters that may all change at once; that may change two at a time
_UNLISTED = 2.5  # below it no list knows the word: then Ukrainian и is taken for Russian ы
_RARELY = 30  # bearers of a surname that rather hides a given name
_SHORTEST = 4  # letters of a name whose other spelling is looked for
_LONGEST = 24  # letters; longer Latin words are no names
_OWN_SPELLING = re.compile(r"[іїєґ]|[лнтд]ьов(?:[ауі]|им)?$")
_SIMPLE = (
    (re.compile(r"(?<=[лнтдсзцр])ьо"), "ё"),
    (re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])йо"), "ьё"),
    (re.compile(r"(?<=[бвпмфр])[’'ʼ](?=[яюєї])"), "ь"),
    (re.compile(r"(?<=[’'ʼ])"), ""),
    (re.compile(r"(?<=[сц])ька$"), "кая"),
    (re.compile(r"(?<=[сц])ьк(?:ої|ій|ою)$"), "кой"),
    (re.compile(r"(?<=[сц])ьку$"), "кую"),
    (re.compile(r"ськ(?=[иі]й$|а$|ого$|ому$|им$|ої$)"), "ск"),
    (re.compile(r"цьк(?=[иі]й$|а$|ого$|ому$|им$|ої$)"), "цк"),
)


@remembered
def is_ukrainian(word: str) -> bool:
    """Whether a word has letters or spellings that Russian lacks."""
    low = word.lower()
    return bool(_OWN_SPELLING.search(low)) or low in _everywhere()


@remembered
def is_russian(word: str) -> bool:
    """Whether a word has letters that Ukrainian lacks."""
    return bool(re.search("[ыэъё]", word.lower()))


@lru_cache(maxsize=FORMS)
def to_russian(word: str, ukrainian: bool = False) -> str:
    """A name's word in Russian letters, its case kept; other words come back as they are.

    `ukrainian`: the text around is Ukrainian, so that letters both languages share are its own.
    """
    low = word.lower()
    if any("a" <= char <= "z" or char in "äöüßğşçıəčšž" for char in low):
        return _cased(_from_latin(low), word)
    if ukrainian or is_ukrainian(low):
        return _cased(_from_ukrainian(low), word)
    return word


def _cased(low: str, model: str) -> str:
    if model.isupper() and len(model) > 1:
        return low.upper()
    return low.title() if model[:1].isupper() else low


@cache
def _latin_table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in Path(__file__).with_name("latin_letters.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            latin, cyrillic = line.split("\t")
            table[latin] = tuple(cyrillic.split())
    return table


def _from_latin(word: str) -> str:
    if not word.strip("-"):
        return word
    if "-" in word:
        return "-".join(_from_latin(part) for part in word.split("-"))
    if given := _latin_names().get(word):
        return given
    readings = _readings(word)
    best = min(readings, key=lambda reading: readings[reading] - _listed(reading))
    best = _adjective(best) if word[-1:] == "y" else best
    if best[0] == "е" and word[0] == "e" and _listed(best) < _UNLISTED:
        return "э" + best[1:]  # a Russian Е- is mostly spelt Ye- or Je-, or it is in the lists
    return best


def _adjective(name: str) -> str:
    """«Ostrozhny», «Chernyavsky»: a surname whose last letter is written for two."""
    stem = name.rstrip("ыи")
    if _listed(name) >= _UNLISTED or len(name) - len(stem) != 1 or len(stem) < _LEAST_STEM:
        return name
    whole = stem + ("ий" if stem[-1] in "гкхжшчщ" else "ый")
    return whole if stem.endswith(("н", "ск", "цк")) or _listed(whole) >= _UNLISTED else name


@cache
def _latin_names() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in Path(__file__).with_name("latin_names.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            russian, latin = line.lower().split("\t")
            table |= dict.fromkeys(latin.split(), russian)
    return table


def _readings(word: str) -> dict[str, float]:
    """Cyrillic readings and their costs: a choice costs its place in the table."""
    table = _latin_table()
    best: list[dict[str, float]] = [{"": 0.0}] + [{} for _ in word]
    for end in range(1, min(len(word), _LONGEST) + 1):
        for size in range(1, min(7, end) + 1):
            for place, cyrillic in enumerate(table.get(word[end - size : end], ())):
                for head, cost in best[end - size].items():
                    here = head + _in_place(cyrillic, head)
                    price = cost + place * 0.8 + 0.6 + _IOTA * (here[-2:] in _SPELT_AS_ONE)
                    if price < best[end].get(here, 99.0):
                        best[end][here] = price
        if len(best[end]) > _WIDTH:
            kept = sorted(best[end].items(), key=lambda item: item[1])[:_WIDTH]
            best[end] = dict(kept)
    return best[min(len(word), _LONGEST)] or {word: 0.0}


def _in_place(cyrillic: str, head: str) -> str:
    if cyrillic == "е" and not head:
        return "е"
    if cyrillic == "ы" and not head:
        return "и"
    return cyrillic


def _bearers(count: int) -> float:
    return 0.3 * log2(min(count, 20_000) + 1)


def _listed(name: str) -> float:
    """How many steps of spelling a place in the lists of names is worth."""
    score = 0.0
    if facts := known(name):
        score = 3.0 + _bearers(facts.bearers)
    if bearers := surnames.count(name):
        score = max(score, 2.5 + _bearers(bearers))
    elif surnames.shaped(name) == 2:
        score = max(score, 1.2)
    if bearers := patronymics.count(name):
        score = max(score, 3.5 + _bearers(bearers))
    return score


@cache
def ukrainian_names() -> dict[str, str]:
    """Ukrainian given name → the Russian one, in lower case."""
    table = {}
    for line in Path(__file__).with_name("ukrainian_names.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            ukrainian, russian, *_ = line.lower().split("\t")
            table[ukrainian] = russian
    return table


@cache
def _everywhere() -> frozenset[str]:
    text = Path(__file__).with_name("ukrainian_names.tsv").read_text("utf-8").lower()
    return frozenset(line.split("\t")[0] for line in text.splitlines() if line.endswith("\t!"))


def _from_ukrainian(word: str) -> str:
    word = re.sub("[’ʼ]", "'", word)
    if not word.strip("-"):
        return word
    if "-" in word:
        return "-".join(_from_ukrainian(part) for part in word.split("-"))
    if given := ukrainian_names().get(word):
        return given
    if patronymic := _patronymic(word):
        return patronymic
    if word.endswith("ний") and not any(parse.known for parse in parses(word)):
        hard = word[:-2] + "ый"  # «Заболотний» is Заболотный, «Осінній» is not
        word = hard if surnames.count(hard) >= surnames.count(word) else word
    return _by_letters(word)


@lru_cache(maxsize=FORMS)
def _is_ordinary(plain: str, place: int) -> bool:
    """«Біда», «Білий»: with е it is a Russian word, with и it is none."""
    other = plain[:place] + "е" + plain[place + 1 :]
    return any(p.known for p in parses(other)) and not any(p.known for p in parses(plain))


_OTHERS = {"и": ("ы", _HARD_I), "е": ("э", 1.5), "і": ("е", _OLD_YAT)}


def _by_letters(word: str) -> str:
    """The likeliest of the readings of и (и or ы) and е (е or э), і and ї being и."""
    for pattern, letter in _SIMPLE:
        word = pattern.sub(letter, word)
    plain = word.translate(str.maketrans("іїєґ", "ииег"))
    plain = re.sub(r"(?<=[жшчщ])ых$", "их", re.sub(r"(?<=[бвдзлмнпрст])их$", "ых", plain))
    options = _options(plain, _changeable(word, plain))
    worth = {text: _worth(text) for text in options}
    if max(worth.values()) < _UNLISTED:
        if listed := _nearly(plain):
            return listed
        return max(options, key=lambda text: text.count("ы") - text.count("э"))
    best = min(options, key=lambda text: options[text] - worth[text])
    return _nearly(best) or best


def _nearly(word: str) -> str | None:
    """A given name that Ukrainian letters hide: «Єрхан» is Эрхан, «Начин» is Начын."""
    if len(word) < _SHORTEST or known(word) is not None or surnames.count(word) > _RARELY:
        return None
    opened = "э" + word[1:] if word[0] == "е" else word
    hard = [opened[:at] + "ы" + opened[at + 1 :] for at, c in enumerate(opened) if c == "и" and at]
    return next((one for one in (opened, *hard) if one != word and known(one) is not None), None)


_Change = tuple[int, str, float]  # place, the other letter, what it costs


def _changeable(word: str, plain: str) -> list[_Change]:
    """Letters that may be read in another way."""
    found = []
    for place, char in enumerate(word[:-2]):
        other, cost = _OTHERS.get(char, ("", 0.0))
        if not other or plain[place] not in (char, "и"):
            continue
        if place and plain[place - 1] in "жшчщгкх":
            continue
        if char == "і" and _is_ordinary(plain, place):
            cost = _HARD_I
        if char == "е" and place == 0:
            cost = _OPENING_E
        found.append((place, other, cost))
    return found


def _options(plain: str, changes: Sequence[_Change]) -> dict[str, float]:
    """The readings of a word and what each costs; of many letters only a few change at once."""
    at_once = len(changes) if len(changes) <= _FREE else 2 if len(changes) <= _MANY else 1
    options: dict[tuple[int, ...], tuple[str, float]] = {(): (plain, 0.0)}
    for number, (place, other, cost) in enumerate(changes):
        for chosen, (text, paid) in list(options.items()):
            if len(chosen) < at_once:
                changed = text[:place] + other + text[place + 1 :]
                options[(*chosen, number)] = (changed, paid + cost)
    found = dict(options.values())
    hard = [change for change in changes if change[1] == "ы"]
    if len(hard) > at_once:  # a word no list knows has them all
        letters = list(plain)
        for place, other, _ in hard:
            letters[place] = other
        found["".join(letters)] = sum(cost for _, _, cost in hard)
    return found


def _worth(text: str) -> float:
    """What the lists say of a form and of the nominatives it may come from."""
    forms = {form.nominative for form in (*surname_forms(text), *given_forms(text))}
    return max([_listed(text) + 0.5, *(_listed(form) for form in forms)])


_SOFT_LETTERS = str.maketrans("іїєґ", "ииег")
_PATRONYMIC = re.compile(r"^(.+?)(йович|ьович|ович|евич|іч|ївна|івна|йовна|ьовна|овна|евна|ївна)$")


def _patronymic(word: str) -> str | None:
    match = _PATRONYMIC.match(word)
    if not match:
        return None
    stem, ending = match.groups()
    woman = ending.endswith("на")
    irregular = {"ілл": "ильи", "лук": "луки", "кузьм": "кузьми", "хом": "фоми", "фом": "фоми"}
    if ending == "іч" and stem in irregular:
        return irregular[stem] + ("нична" if woman else "ч")
    candidates = [stem + tail for tail in ("ій", "й", "ь", "о", "ро", "а", "я", "", "ко")]
    if ending in ("йович", "йовна", "ївна"):
        candidates = [stem + "й", stem + "а", stem + "ій", stem]
    table = ukrainian_names()
    fathers = [table[name] for name in candidates if name in table and _is_man(table[name])]
    if stem == "як":
        fathers = ["яков"]
    father = fathers[0] if fathers else None
    if father is None:
        plain = _by_letters(stem)
        soft = ending in ("йович", "йовна", "ївна", "ьович", "ьовна", "евич", "евна")
        tail = ("евна" if soft else "овна") if woman else ("евич" if soft else "ович")
        simple = stem.translate(_SOFT_LETTERS) + tail
        return (
            simple if patronymics.count(simple) > patronymics.count(plain + tail) else plain + tail
        )
    return from_father(father, woman)


def _is_man(name: str) -> bool:
    facts = known(name)
    return facts is not None and facts.sex is not Sex.FEMALE


def from_father(father: str, woman: bool = False) -> str:
    """The usual patronymic of a nominative Russian name, lower case."""
    low = fold(father)
    tail = "на" if woman else "ич"
    for short, base in (("яков", "яковлев"), ("михаил", "михайлов"), ("павел", "павлов"),
                        ("лев", "львов"), ("петр", "петров"), ("савва", "саввов")):  # fmt: skip
        if low == short:
            return base + tail if low != "савва" else ("саввична" if woman else "саввич")
    if low in ("илья", "лука", "фома", "кузьма", "никита"):
        base = low[:-1] + "и"
        return base + (("чна" if low == "никита" else "нична") if woman else "ч")
    if low.endswith("ий"):
        cluster = re.search(r"[бвгджзклмнпрстфхцчшщ]{2}ий$", low) and not low.endswith("ндрий")
        middle = "и" if cluster or low in ("дмитрий",) else "ь"
        return low[:-2] + middle + "ев" + tail
    if low[-1] in "йь":
        return low[:-1] + "ев" + tail
    if low[-1] in "ая":
        native = low in ("фома", "никита", "гаврила", "данила", "савва", "сила", "вавила")
        return (low[:-1] + "ов" if native else low + "ев") + tail
    return low + ("ев" if low[-1] in "жшчщц" else "ов") + tail
