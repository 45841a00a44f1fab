"""The second reader: words of no phrase tell a fate, doubt a death, and call nobody dead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import extract
from extract.fates.lexis import FATES, features, leaning, settled
from extract.text import clean, fold
from extract.tokens import tokenize
from model import Claim, Post
from russian.phrases import rows

DAY = datetime(2024, 11, 20, 12, tzinfo=UTC)


def read(text: str) -> list[tuple[str | None, Claim]]:
    post = Post(source="t", external_id="1", posted_at=DAY, text=text)
    return [(one.surname, one.claim) for one in extract.read(post).records]


def words(text: str) -> dict[str, int]:
    tokens = tokenize(fold(clean(text)))
    return features(tokens, [(0, len(tokens))], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Хирург звонил ночью: Ребров Макар прооперирован, швы наложили, пьёт бульон.",
            "found_alive",
        ),
        (
            "Ребров Макар ввалился в блиндаж к соседям, обморозил пальцы, просит табаку.",
            "found_alive",
        ),
        ("Год неволи, и вот Ребров Макар обнимает мать у автобуса, худой, счастливый.", "released"),
        ("Ребров Макар больше не узник: обнял мать у автобуса.", "released"),
        (
            "Ребров Макар, срочник, на допросе, лицо разбито, отвечает украинскому офицеру.",
            "captured",
        ),
        ("Ребров Макар сидит в бараке под охраной, ждёт своей очереди, кормят кашей.", "captured"),
    ],
)
def test_words_of_no_phrase_tell_a_fate(text: str, said: str) -> None:
    assert read(text) == [("Ребров", Claim(said))]


@pytest.mark.parametrize("fate", [fate for fate in FATES if fate is not Claim.DECEASED])
def test_words_call_nobody_dead(fate: Claim) -> None:
    mourned = words("Похоронили, помянули. Прощай, гроб, кладбище, морг, тело опознали, скорбим.")
    assert leaning(mourned, Claim.DECEASED, 0.0) is None
    said = leaning(mourned, fate, 0.0)
    assert said is None or said.claim is not Claim.DECEASED


def test_words_doubt_a_death() -> None:
    assert read(
        "Похоронили мы Реброва Макара, а он голосовое прислал из госпиталя, смеётся, живой!"
    ) == [("Ребров", Claim.FOUND_ALIVE)]


def test_what_is_denied_is_another_word() -> None:
    assert "не плен" in words("Он не в плену")
    assert "плен" not in words("Он не в плену")
    assert "плен" in words("Не пишет, сидит, наверное, в плену")


def test_trust_keeps_the_phrases_fate() -> None:
    scores = [0.0] * len(FATES)
    scores[FATES.index(Claim.RELEASED)] = 1.0
    assert settled(scores, Claim.SOUGHT, 0.5) is Claim.RELEASED
    assert settled(scores, Claim.SOUGHT, 1.5) is Claim.SOUGHT
    scores[FATES.index(Claim.DECEASED)] = 9.0
    assert settled(scores, Claim.SOUGHT, 0.5) is Claim.SOUGHT


def test_the_table_has_a_weight_for_each_fate() -> None:
    table = {word: weights for word, *weights in rows("fate_words")}
    assert {len(weights) for weights in table.values()} == {len(FATES)}
    assert len(table) > 1_000
    assert "*" in table
