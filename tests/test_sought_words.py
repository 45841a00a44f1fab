"""The second reader of whom a post is about: it takes away whom the words speak against."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.extraction import WORLD, posts
from extract import reading
from extract.people.odds import doubted, odds, seen
from extract.people.person import Person
from model import Post

DAY = datetime(2024, 11, 20, 12, tzinfo=UTC)


def chosen(text: str) -> tuple[list[str | None], list[str | None]]:
    """Surnames of those the rules choose, and of those who are left."""
    post = Post(source="t", external_id="1", posted_at=DAY, text=text)
    ruled, left = both(post)
    return [one.surname for one in ruled], [one.surname for one in left]


def both(post: Post) -> tuple[list[Person], list[Person]]:
    text = reading.take_apart(post)
    people, _, telling = reading.of_whom(post, text)
    ruled = reading.by_rules(people, text, telling) if telling else []
    if telling is None:
        return ruled, []
    told = reading.tells(text, telling)
    return ruled, doubted(ruled, people, text.around, serves=reading.serves(text), told=told)


@pytest.mark.parametrize(
    "text",
    [
        "Григорий Лобов приехал в отпуск на десять суток, чинит крышу, обратно ему в среду.",
        "Пропала Злата Рябова, ушла из колледжа, волосы розовые, рюкзак чёрный.",
        "Зинаида Котова, спасибо вам за тёплые слова, пишите ещё, вся группа читает и плачет.",
    ],
)
def test_a_name_of_no_search_is_left_out_by_the_words(text: str) -> None:
    ruled, left = chosen(text)
    assert (len(ruled), left) == (1, [])


@pytest.mark.parametrize(
    "text",
    [
        "Злата Рябова, 12.03.2004, ушла из колледжа, волосы розовые, рюкзак чёрный.",
        "Григорий Лобов, Зимин Олег и Сычёв Пётр приехали в отпуск, чинят крышу.",
        "Пропал Григорий Лобов, ушёл на задание 5 мая и не вышел на связь.",
        "Лобов Григорий в плену, видела на видео.",
    ],
)
def test_whom_a_date_a_row_or_a_search_vouches_for_stays(text: str) -> None:
    ruled, left = chosen(text)
    assert ruled == left != []


def test_the_words_add_nobody_and_keep_who_is_sought() -> None:
    kept = taken = 0
    for post, gold in posts(WORLD):
        ruled, left = both(post)
        assert {id(one) for one in left} <= {id(one) for one in ruled}
        kept += bool(left) and bool(gold)
        taken += bool(gold) and bool(ruled) and not left
    assert (taken, kept > 250) == (0, True)


def test_every_sign_a_man_is_named_by_is_weighed() -> None:
    text = reading.take_apart(
        Post(source="t", external_id="1", posted_at=DAY, text="Ищем: Лобов Пётр, 1999, в/ч 12345")
    )
    people, _, _ = reading.of_whom(Post(source="t", external_id="1", posted_at=DAY, text="-"), text)
    (one,) = seen(people, text.around, people, serves=True)
    assert odds(one) > odds(one._replace(signs={**one.signs, "surname": 0.0}))
    assert odds(one) > odds(one._replace(signs={**one.signs, "excluded": 1.0}))
