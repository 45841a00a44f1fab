"""Names that follow one another → one address, and the region it lies in."""

from __future__ import annotations

from collections.abc import Sequence

from extract.places.looks import adjective_stem
from extract.places.roles import at_war, is_mark
from extract.places.spans import PlaceSpan
from extract.tokens import MARK, Token
from russian import regions as subjects
from russian.words import kinds

_LINKS = frozenset(",()/-–—.:→»«|")
_ARROWS = frozenset("→➡⇒>")
_SMALL = 60_000  # inhabitants: a place of this name may lie elsewhere than the gazetteer says
_LONGEST_JOINT = 5
_LONGEST_REMARK = 9  # tokens in which it is told which of several places is meant


def joint_of(tokens: Sequence[Token], left: PlaceSpan, right: PlaceSpan) -> str | None:
    """What joins two names into one address, None where nothing does."""
    if right.first - left.last > _LONGEST_JOINT or left.hashtag or right.hashtag:
        return None
    joint, stopped = "", False
    for at in range(left.last, right.first):
        token = tokens[at]
        text, key = token.text, token.key
        if text in _ARROWS:
            joint = "→"
        elif text in _LINKS:
            stopped = stopped or (
                text == "." and token.end < right.start and not _clipped(tokens, at)
            )
            joint = joint or (text if text != "." else "")
        elif "side" in kinds("place_words", key):
            continue
        elif key in ("и", "или", "та"):
            joint = "и"
        elif "near" in kinds("place_words", key) and at == left.last and at_war(left):
            joint = "под"
        elif not is_mark(key):
            return None
    if stopped and not _share(left, right):
        return None
    if joint == "→" and not (at_war(left) and at_war(right)):
        return None
    return (joint or " ") if _compatible(left, right) else None


def moved(tokens: Sequence[Token], left: PlaceSpan, right: PlaceSpan) -> bool:
    """«Актюбинск -> Соль-Илецк»: has he moved from the one to the other?"""
    between = tokens[left.last : right.first]
    arrow = any(token.text in _ARROWS for token in between)
    return arrow and all(token.kind is MARK or is_mark(token.key) for token in between)


def this_one(tokens: Sequence[Token], span: PlaceSpan) -> PlaceSpan:
    """«Дзержинск (который донецкий)», «с Донецка, но не с того, с ростовского»: which of them."""
    said = False
    for token in tokens[span.last : span.last + _LONGEST_REMARK]:
        said = said or "this_one" in kinds("place_words", token.key)
        region = subjects.region_of_adjective(adjective_stem(token.key)[0]) if said else None
        if region is not None and region.iso in span.regions:
            entries = tuple(entry for entry in span.entries if entry.region == region.iso)
            front = any(entry.front for entry in entries)
            return span._replace(
                region=region.iso, regions=(region.iso,), entries=entries, front=front
            )
        if token.text in ".!?\n":
            break
    return span


def _clipped(tokens: Sequence[Token], at: int) -> bool:
    return is_mark(tokens[at - 1].key) and len(tokens[at - 1].text) < 6


def _share(left: PlaceSpan, right: PlaceSpan) -> bool:
    return bool(set(left.regions) & set(right.regions))


def _compatible(left: PlaceSpan, right: PlaceSpan) -> bool:
    """May two names stand in one address?"""
    if not left.regions or not right.regions or _share(left, right):
        return True
    if left.kind == "district" and left.region is None and right.kind == "town" and right.marked:
        return True  # «Калининского района города Уфы»
    for one, other in ((left, right), (right, left)):
        if one.kind == "country":
            return any(region.startswith(one.regions[0]) for region in other.regions)
        if one.kind in ("region", "district") and other.kind in ("village", "town", "district"):
            small = people_of(other) < _SMALL or other.kind == "village"
            near = other.front and other.kind != "village" and other.region is not None
            return small and not near and one.region is not None
    return at_war(left) and at_war(right)


def of_one_region(chain: list[PlaceSpan]) -> list[PlaceSpan]:
    """A region, district or country named in an address tells where its other places lie."""
    named = [span.region for span in chain if span.kind == "region" and span.region]
    if not named:
        named = [span.region for span in chain if span.region and span.kind == "district"]
    countries = [span.regions[0] for span in chain if span.kind == "country"]
    if not named and len(chain) > 1:
        towns = sorted(chain, key=lambda span: len(span.regions))
        named = [span.region for span in towns if span.region and span.kind == "town"]
    result = []
    for span in chain:
        regions = [region for region in named if region in span.regions]
        if span.kind in ("region", "country"):
            result.append(span)
            continue
        if not regions and named and len(chain) > 1 and not span.joint.startswith(("/", "и")):
            wide = [s for s in chain if s.kind in ("region", "district") and s is not span]
            if span.region is None or (
                wide and (people_of(span) < _SMALL or span.kind == "village")
            ):
                regions = named[:1]
        if not regions and countries and span.region is None:
            regions = [region for region in span.regions if region.startswith(countries[0])]
        if regions:
            entries = tuple(entry for entry in span.entries if entry.region == regions[0])
            front = any(entry.front for entry in entries) if span.entries else span.front
            result.append(span._replace(region=regions[0], regions=(regions[0],), front=front))
        else:
            result.append(span)
    return result


def people_of(span: PlaceSpan) -> int:
    """Inhabitants of the place in its region, 0 where unknown."""
    return max((e.population for e in span.entries if e.region == span.region), default=0)
