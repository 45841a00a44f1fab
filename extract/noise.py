"""Phrases of a post → is it one that speaks of no soldier's fate?

Noise that nothing outweighs (animals, 1943, the other army, found papers) has no records. Talk of
money, fraud or lawyers stands in true searches too: there a man asked for by his full name wins.
"""

from __future__ import annotations

from collections.abc import Sequence

from russian.phrases import Hit

_OUTWEIGHED = frozenset(("fraud", "collection", "advert", "prayer", "rules", "news", "found"))
_STRONG = 6.5  # weight of a man asked for in plain words, with his birth date beside
_PLAIN = 5.0
_SERVING = 4.0  # the same where it says how he serves
_UNREAL = frozenset(("fiction", "history"))  # two signs of these settle it
_MOURNING = frozenset(("dead", "burial"))
_KEPT = frozenset(("news", "reunion"))  # a soldier's funeral is told among these
_PRESENT = frozenset(("seek", "burial", "this_war"))  # of a man of this war
_TAKEN_BACK = frozenset(("fraud", "advert"))  # «оказалось обманом», «это розыгрыш»
_OF_HIS = 5  # tokens a death may stand behind the word of kinship it is told of


def is_noise(
    hits: Sequence[Hit],
    strength: float,
    names: frozenset[int],
    *,
    captive: bool,
    serves: bool = False,
) -> bool:
    """`strength`: the greatest weight any name of the post has; `captive`: it tells of captives.

    `names`: tokens that are part of a name, and so no word of noise (Роман, Котик). `serves`: it
    says how a man serves, so that words of civil life are his past («охотник, по контракту»).
    """
    need = 0.0
    soft: dict[str, int] = {}
    mourned = any(hit.value in _MOURNING and hit.note in ("strong", "mourning") for hit in hits)
    buried = any(hit.value == "burial" and hit.note == "strong" for hit in hits)
    lost = any(hit.value == "missing" and hit.note != "weak" for hit in hits)
    unsaid = any(hit.value == "retracted" and hit.note == "strong" for hit in hits)
    present = any(hit.value in _PRESENT and hit.note != "weak" for hit in hits)
    families = {
        at for hit in hits if hit.table == "kin" for at in range(hit.end, hit.end + _OF_HIS)
    }  # «отец погиб в 1995 году»
    denied = {at for hit in hits if hit.value == "joke" for at in range(hit.start, hit.end)}
    for hit in hits:
        if hit.table != "noise" or hit.start in names or hit.start in denied:
            continue
        if hit.value == "this_war" or (unsaid and hit.value in _TAKEN_BACK):
            continue
        if (hit.value == "other_army" and captive) or (hit.value in _KEPT and mourned):
            continue
        if hit.note != "hard" and (hit.value, True) in (("reunion", lost), ("collection", unsaid)):
            continue
        if hit.value == "old_war" and (present or hit.start in families):
            continue
        if hit.note in ("hard", "trade"):
            his = hit.note == "trade" and (buried or unsaid)  # his work before the war
            weighed = hit.value in _OUTWEIGHED or (serves and hit.note == "trade")
            least = _STRONG if weighed else float("inf")
            least = _PLAIN if serves and hit.note == "trade" else least
            need = max(need, (0.0 if unsaid else _PLAIN) if his else least)
        else:
            soft[hit.value] = soft.get(hit.value, 0) + 1
    for kind, count in soft.items():
        if kind in _OUTWEIGHED:
            need = max(need, _SERVING if serves else _PLAIN)
        elif kind in _UNREAL and count > 1:
            need = float("inf")
        else:
            need = max(need, _STRONG + 2 if count > 1 else _PLAIN + 1)
    return strength < need
