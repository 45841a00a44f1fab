"""One sentence or two about one man → what is claimed of him."""

from __future__ import annotations

from datetime import datetime

import pytest

from extract import read
from extract.claims import exchanged
from model import Claim, Post


def claim(text: str) -> tuple[Claim, tuple[str, ...]]:
    post = Post(
        source="test",
        external_id="1",
        posted_at=datetime.fromisoformat("2024-10-20T12:00:00+03:00"),
        text=text,
    )
    (record,) = read(post).records
    return record.claim, record.facts


SAID = [
    # captivity
    ("Зимин Артём попал в плен 6 августа.", Claim.CAPTURED),
    ("Зимин Артём в плену, подтвердил Красный Крест.", Claim.CAPTURED),
    ("Зимина Артёма показали на украинском канале, живой.", Claim.CAPTURED),
    ("Зимин Артём: плен, видео от 3 мая.", Claim.CAPTURED),
    ("Узнали нашего на видео с пленными: Зимин Артём.", Claim.CAPTURED),
    ("Зимин Артем, 20 р., Тула. Взятий у полон під Суджею.", Claim.CAPTURED),
    ("Зимин Артём остаётся в плену, в обмен не попал.", Claim.CAPTURED),
    # return
    ("Зимин Артём обменян 24 августа!", Claim.RELEASED),
    ("Обмен! Зимин Артём уже дома.", Claim.RELEASED),
    ("Сегодня 115 на 115. Из наших: Зимин Артём!", Claim.RELEASED),
    ("Зимин Артём вернулся из плена, обнял маму.", Claim.RELEASED),
    ("Зимина Артёма освободили из плена по обмену.", Claim.RELEASED),
    # alive
    ("Зимин Артём нашёлся, спасибо всем!", Claim.FOUND_ALIVE),
    ("Зимин Артём жив! Контузия, госпиталь в Валуйках.", Claim.FOUND_ALIVE),
    ("Зимин Артём вышел на связь сегодня утром, цел.", Claim.FOUND_ALIVE),
    ("Зимин Артём объявился: был в учебке без телефона.", Claim.FOUND_ALIVE),
    ("Снимайте с розыска: Зимин Артём позвонил сам.", Claim.FOUND_ALIVE),
    # death
    ("Зимин Артём погиб 6 августа.", Claim.DECEASED),
    ("Зимин Артём, к сожалению, двухсотый. Светлая память.", Claim.DECEASED),
    ("В посёлке простились с Артёмом Зиминым.", Claim.DECEASED),
    ("Похороны Зимина Артёма в субботу в 11.", Claim.DECEASED),
    ("Зимин Артём. ДНК совпала.", Claim.DECEASED),
    ("Останки опознаны, это Зимин Артём.", Claim.DECEASED),
    ("Тело Зимина Артёма передали родным.", Claim.DECEASED),
    ("Суд объявил Зимина Артёма умершим.", Claim.DECEASED),
    ("Зимина Артёма больше нет. Земля пухом.", Claim.DECEASED),
    # taken back
    ("Зимин Артём не погиб, это ошибка, уберите из списка!", Claim.RETRACTED),
    ("Сообщение о плене Зимина Артёма не подтвердилось.", Claim.RETRACTED),
    ("Объявление про Зимина Артёма — фейк, такого бойца нет.", Claim.RETRACTED),
    ("Опровергаем: на видео не Зимин Артём. Снимите отметку «плен».", Claim.RETRACTED),
    # still sought
    ("Говорят, Зимин Артём погиб, но мы не верим. Ищем.", Claim.SOUGHT),
    ("Ищу: Зимин Артём, на видео похож, но не уверены.", Claim.SOUGHT),
    ("Зимин Артём: ни среди раненых, ни среди погибших, ни в плену.", Claim.SOUGHT),
    ("Ищем Зимина Артёма. Верните мне сына живым!", Claim.SOUGHT),
    ("Суд признал Зимина Артёма безвестно отсутствующим.", Claim.SOUGHT),
    ("По бумагам Зимин Артём в СОЧ, а он пропал на позиции.", Claim.SOUGHT),
    ("Зимин Артём пропал. Сердце чует, что живой.", Claim.SOUGHT),
    ("Ищу Зимина Артёма. Если погиб, дайте похоронить.", Claim.SOUGHT),
    ("Пропал Зимин Артём. Водителя нашли погибшим, его рядом не было.", Claim.SOUGHT),
    ("Ищу брата: Зимин Артём. Отец у нас умер весной.", Claim.SOUGHT),
    ("Есть ли в списках пленных Зимин Артём? Ждём ответа.", Claim.SOUGHT),
    ("Зимин Артём был в плену, обменян весной, и вот снова нет связи с 1 мая.", Claim.SOUGHT),
    ("Из тех, кто вернулся обменом: не видели Зимина Артёма?", Claim.SOUGHT),
    ("Зимин Артём последний раз вышел на связь 1 мая, ищем.", Claim.SOUGHT),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_claim(text: str, said: Claim) -> None:
    assert claim(text)[0] is said


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Суд признал Зимина Артёма безвестно отсутствующим.", "court_absent"),
        ("Суд объявил Зимина Артёма умершим.", "court_dead"),
        ("Похороны Зимина Артёма в субботу.", "burial"),
        ("Зимин Артём опознан, ДНК совпала.", "dna"),
        ("Говорят, Зимин Артём погиб, но мы не верим.", "hearsay_death"),
        ("Зимин Артём числится в СОЧ с 6 августа, нет связи.", "awol"),
    ],
)
def test_fact(text: str, fact: str) -> None:
    assert fact in claim(text)[1]


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("обмен 115 на 115", True),
        ("1000×1000", True),
        ("Обмен 95/95.", True),
        ("счёт 2 на 3", False),
        ("1115 на 115", False),
        ("с 5 на 6 августа", False),
    ],
)
def test_exchange_in_figures(text: str, yes: bool) -> None:
    assert exchanged(text) is yes
