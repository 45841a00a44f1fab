"""What is remembered of words: asked once, and never more than a bound."""

from __future__ import annotations

import pytest

from russian import remembered
from russian.remembered import Remembered


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "FORMS", 4)


def counted() -> tuple[list[str], Remembered[str, str | None]]:
    """Who was really asked, and what remembers; a short word has no answer."""
    asked: list[str] = []

    def answer(word: str) -> str | None:
        asked.append(word)
        return word.upper() if len(word) > 1 else None

    return asked, Remembered(answer)


@pytest.mark.parametrize("word", ["дом", "д"])
def test_a_word_is_asked_once(word: str) -> None:
    asked, known = counted()
    assert [known[word] for _ in range(3)] == [word.upper() if len(word) > 1 else None] * 3
    assert asked == [word]


def test_what_is_asked_again_stays_and_the_rest_goes() -> None:
    asked, known = counted()
    for number in range(100):
        assert known["часто"] == "ЧАСТО"
        assert known[f"раз{number}"] == f"РАЗ{number}"
        assert len(known) + len(known.before) <= 2 * remembered.FORMS
    assert asked.count("часто") == 1
    assert known["раз0"] == "РАЗ0"
    assert asked.count("раз0") == 2


def test_the_decorated_is_the_function() -> None:
    @remembered.remembered
    def longer(word: str) -> str:
        return word * 2

    assert [longer("а"), longer("а"), longer("б")] == ["аа", "аа", "бб"]
