"""Clean text, its contacts and names → text in which only the sought men can be read.

Every name that is not a sought man's goes, in any case and wherever it stands again; phones, links,
cards, papers and home addresses go; a line in which seven digits or more would still stand in a row
is dropped whole. What is put in their place says only what stood there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from extract.people.mentions import Surroundings
from extract.people.person import Person
from extract.people.sameness import plain
from extract.private.appositions import beside_surname
from extract.private.bystanders import bystanders, nicknames
from extract.private.contacts import Contact, Secret, leftover, merged
from extract.private.her_surname import hers
from extract.tokens import WORD, Token
from russian.phrases import Hit

DROPPED = "[…]"
_NEAR = 6  # tokens from a contact or a word of kinship
_SENTENCE = re.compile(r"[.!?…;] +(?=[^\W\d])")
_MARK = re.compile(r"\[(?:[а-я]+|…)\]")
_WORDY = re.compile(r"\w")
_SHORT = 3  # letters of a name that may be another word too
_ENDINGS = "аяойьеиыуюй"


@dataclass(frozen=True, slots=True)
class Redacted:
    """The safe text and how places of the clean text moved."""

    text: str
    cuts: tuple[tuple[int, int, int], ...]  # (start, end) in the clean text, length put there

    def moved(self, start: int, end: int) -> tuple[int, int] | None:
        """A range of the clean text in the safe one; None where any of it was hidden."""
        place = bisect_right(self.cuts, (start, end, 0))
        shift = sum(length - (high - low) for low, high, length in self.cuts[:place])
        before = self.cuts[place - 1] if place else None
        after = self.cuts[place] if place < len(self.cuts) else None
        if before is not None and before[1] > start:
            return None
        if after is not None and after[0] < end:
            return None
        return start + shift, end + shift


def redact(text: str, folded: str, secrets: Iterable[Contact]) -> Redacted:
    """The text with each secret replaced by its kind in brackets, and unsafe lines dropped.

    `folded` is its folded twin, in which what was missed is looked for.
    """
    marks = [match.span() for match in _MARK.finditer(text)]
    found = [part for secret in secrets for part in _outside(secret, marks, text)]
    cuts: list[tuple[int, int, str]] = [
        (secret.start, secret.end, f"[{secret.kind.value}]") for secret in merged(found)
    ]
    safe = shown = ""
    for twin in (folded, text):  # «0.0O» is a sum when folded, digits as it stands
        shown = _applied(twin, cuts)
        if shown != safe and leftover(shown):
            cuts = _without_unsafe_lines(twin, cuts)
            shown = _applied(twin, cuts)
        else:
            safe = shown
    return Redacted(shown, tuple([(start, end, len(put)) for start, end, put in cuts]))


def _outside(secret: Contact, marks: Sequence[tuple[int, int]], text: str) -> Iterable[Contact]:
    """The parts of a secret that are no marks of what was hidden before, where they hold words."""
    at = secret.start
    place = max(0, bisect_right(marks, (secret.start, 0)) - 1)
    for start, end in [*marks[place:], (secret.end, secret.end)]:
        stop = min(start, secret.end)
        if at < stop and _WORDY.search(text, at, stop):
            yield Contact(secret.kind, at, stop)
        at = max(at, end)
        if at >= secret.end:
            return


def _applied(text: str, cuts: Sequence[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, put in cuts:
        pieces += [text[at:start], put]
        at = end
    return "".join([*pieces, text[at:]])


def _without_unsafe_lines(
    text: str, cuts: Sequence[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    start = which = 0
    for line in text.split("\n"):
        end = start + len(line)
        inside = []
        while which < len(cuts) and cuts[which][0] < max(end, start + 1):
            inside.append(cuts[which])
            which += 1
        end = max([end, *(cut[1] for cut in inside)])
        local = [(low - start, high - start, put) for low, high, put in inside]
        if leftover(_applied(text[start:end], local)):
            kept += _unsafe_part(text, start, end, inside)
        else:
            kept += inside
        start += len(line) + 1
    return _disjoint(kept)


def _unsafe_part(
    text: str, start: int, end: int, inside: Sequence[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """The sentences in which digits would stand; the whole line where that is not enough."""
    bounds = [start, *(start + m.end() for m in _SENTENCE.finditer(text[start:end])), end]
    cuts: list[tuple[int, int, str]] = []
    for low, high in pairwise(bounds):
        here = [cut for cut in inside if low <= cut[0] < high]
        if any(cut[1] > high for cut in here):
            return [(start, end, DROPPED)]
        local = [(first - low, last - low, put) for first, last, put in here]
        cuts += [(low, high, DROPPED)] if leftover(_applied(text[low:high], local)) else here
    local = [(low - start, high - start, put) for low, high, put in cuts]
    return [(start, end, DROPPED)] if leftover(_applied(text[start:end], local)) else cuts


def _disjoint(cuts: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    result: list[tuple[int, int, str]] = []
    for cut in sorted(cuts):
        if not result or cut[0] >= result[-1][1]:
            result.append(cut)
    return result


def private_names(
    found: Sequence[Person],
    subjects: Sequence[Person],
    around: Surroundings,
    signs: Sequence[Hit],
) -> list[Contact]:
    """Names of everyone but the sought men, wherever they stand in the text.

    `signs`: phrases that stand beside the names of those who post.
    """
    tokens = around.tokens
    sought = _names_of(subjects)
    her = hers(found, subjects, around)
    mine = {at for person in subjects for start, end in person.named for at in range(start, end)}
    mine -= her
    others = [person for person in found if not any(person is subject for subject in subjects)]
    kin = {_stem(word): len(word) + 2 for word in sought if len(word) >= 3}
    hidden = [
        (at, at + 1)
        for person in others
        for start, end in person.named
        for at in _private_words(tokens, range(start, end), kin, whole=not person.excluded)
    ]
    stems = _stems(others, tokens, kin)
    taken = mine | {at for start, _ in hidden for at in (start,)}
    for at, token in enumerate(tokens if stems else ()):
        if at not in taken and token.kind is WORD and token.word.shape != "lower":
            key = token.key
            if key not in sought and any(
                key.startswith(stem) and len(key) <= length
                for stem, length in stems.get(key[:3], ())
            ):
                hidden.append((at, at + 1))
                taken.add(at)
    told = frozenset(at for at, _ in hidden)
    beside = [*bystanders(around, signs, taken, sought, told), *(her - taken)]
    beside += beside_surname(around, subjects, taken.union(beside))
    hidden += [(at, at + 1) for at in beside]
    hidden += [(at, at + 1) for at in _again(tokens, told.union(beside), mine)]
    spans = [
        Contact(Secret.NAME, tokens[start].start, tokens[end - 1].end) for start, end in hidden
    ]
    quoted = [
        Contact(Secret.NAME, tokens[start].start, tokens[end - 1].end)
        for start, end in nicknames(around)
        if mine.isdisjoint(range(start, end))
    ]
    return _joined(spans, tokens) + quoted


def _again(
    tokens: Sequence[Token], hidden: AbstractSet[int], mine: AbstractSet[int]
) -> Iterator[int]:
    """«бабушка Ноган … ноган плачет»: a hidden name of no dictionary, again in small letters."""
    names = {
        tokens[at].key
        for at in hidden
        if len(tokens[at].key) > _SHORT and not any(p.known for p in tokens[at].word.parses)
    }
    for at, token in enumerate(tokens if names else ()):
        if token.key in names and token.word.shape == "lower" and not (at in hidden or at in mine):
            yield at


def _private_words(
    tokens: Sequence[Token], name: range, sought: Mapping[str, int], *, whole: bool
) -> list[int]:
    """Words of another's name that are not the sought man's too, in any case.

    `whole`: all, where all are his («Ариф Мехди оглы», father of Мехди-заде Кямран Ариф оглы).
    """
    words = [at for at in name if tokens[at].kind is WORD]
    private = [at for at in words if not _is_form(tokens[at].key, sought)]
    return private or (words if whole and len(words) > 1 else [])


def _is_form(key: str, stems: Mapping[str, int]) -> bool:
    """Is the word one of these names in some case? `stems`: beginning → greatest length."""
    return any(len(key) <= stems.get(key[:cut], 0) for cut in range(3, len(key) + 1))


def _stem(word: str) -> str:
    return word.rstrip(_ENDINGS) if len(word) > 3 else word


def _stems(
    others: Sequence[Person], tokens: Sequence[Token], sought: Mapping[str, int]
) -> dict[str, list[tuple[str, int]]]:
    stems: dict[str, list[tuple[str, int]]] = {}
    words = set(_names_of(others))
    for person in others:
        for start, end in person.named:
            words |= {tokens[at].key for at in range(start, end) if tokens[at].kind is WORD}
    for word in words:
        stem = _stem(word)
        if not _is_form(word, sought) and len(stem) >= 3:
            stems.setdefault(stem[:3], []).append((stem, len(word) + 2))
    return stems


def _joined(spans: list[Contact], tokens: Sequence[Token]) -> list[Contact]:
    """Parts of one name as one span (white space, full stops and hyphens between)."""
    if len(spans) < 2:
        return spans
    starts = {token.start: at for at, token in enumerate(tokens)}
    joined: list[Contact] = []
    for span in sorted(set(spans)):
        last = joined[-1] if joined else None
        if last is not None:
            gap = starts[span.start] - 1
            while gap >= 0 and tokens[gap].text in ".-":
                gap -= 1
            if tokens[gap].end == last.end and tokens[gap].kind is WORD:
                joined[-1] = Contact(Secret.NAME, last.start, span.end)
                continue
        joined.append(span)
    return joined


def _names_of(found: Iterable[Person]) -> frozenset[str]:
    """Words of these persons' names, lower case, ё as е."""
    return frozenset(
        word
        for person in found
        for part in (person.surname, person.given, person.patronymic)
        if part
        for word in plain(part).replace("-", " ").split()
    )
