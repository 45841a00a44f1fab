"""One paragraph with several men, headers of two lines, what is struck out → rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from rounds import round_of, written

from model import ListRow
from scraper.men import men_in

PAGE = 'kind="html"\nurl="a.html"\nclaim="captured"\n'


@pytest.mark.parametrize(
    ("text", "first_words"),
    [
        (
            "Зимин Лука, 1990\nОзеров Илья Ильич, 1991\nКим А. Б., 20 лет",
            ["Зимин", "Озеров", "Ким"],
        ),
        ("1) Зимин Лука, 1990\n2) мл. сержант Озеров Илья, 1991", ["1)", "2)"]),
        ("ЗИМИН ЛУКА 1990\nОЗЕРОВ ИЛЬЯ 1991", ["ЗИМИН", "ОЗЕРОВ"]),
        ("Zimin Luka, 1990\nOzerov Ilya, 1991", ["Zimin", "Ozerov"]),
        ("Зимин Лука, 1990; Озеров Илья, 1991;", ["Зимин", "Озеров"]),
        ("Погибли:\nЗимин Лука, 1990\nОзеров Илья, 1991", ["Погибли:", "Зимин", "Озеров"]),
        ("Зимин Лука\nродился в 1990 году\nОзеров Илья\nродился в 1991 году", ["Зимин", "Озеров"]),
        (
            "Зимин Лука, 1990\nЖена Зимина Анна Львовна\nОзеров Илья, 1991, Псков. Мать Нина",
            ["Зимин", "Озеров"],
        ),
        ("Зимин Лука Ильич\n1990 г.р.\nПогиб в бою", ["Зимин"]),
        ("Зимин Лука, 1990\nСправки: Озеров Илья, 8 900 000 11 22", ["Зимин"]),
        ("Зимин Лука, 1990\nЗимина Анна Львовна (мать), 1965", ["Зимин"]),
        ("Зимин Лука, 1990\nЗимина Анна 8 900 000 11 22", ["Зимин"]),
        ("Зимин Лука, 1990; погиб в 2024; Курск", ["Зимин"]),
    ],
)
def test_a_text_is_one_mans_or_parted(text: str, first_words: list[str]) -> None:
    assert [part.split()[0] for part in men_in(text)] == first_words


def collected(folder: Path, toml: str, page: str, name: str = "a.html") -> list[ListRow]:
    return round_of(written(folder, toml, {name: page})).rows


@pytest.mark.parametrize("mark", ["<br>", "<br/><br/>", "</p><p>", "<div></div>"])
def test_men_of_one_paragraph_are_rows(tmp_path: Path, mark: str) -> None:
    men = mark.join(f"{name}, {year}" for name, year in
                    (("Зимин Лука", 1990), ("Озеров Илья", 1991), ("Ким Олег", 1992)))  # fmt: skip
    toml = PAGE + 'rows="article"\ncolumns={text=".", event_date="^h2"}\n'
    page = f"<h2>1.10.2024</h2><article><p>{men}</p></article><article>Ли Ян, 1993</article>"
    rows = collected(tmp_path, toml, page)
    assert [(row.row, row.cells["text"].split()[0]) for row in rows] == [
        (1, "Зимин"), (2, "Озеров"), (3, "Ким"), (4, "Ли"),
    ]  # fmt: skip
    assert {row.cells["event_date"] for row in rows} == {"1.10.2024"}


def test_men_of_one_cell_are_rows(tmp_path: Path) -> None:
    toml = 'kind="csv"\nurl="a.csv"\nclaim="captured"\ncolumns={text="кто"}\n'
    table = 'кто\n"Зимин Лука, 1990\nОзеров Илья, 1991"\n'
    assert len(collected(tmp_path, toml, table, "a.csv")) == 2


HEADS = """<table><thead>
<tr><th rowspan="2">№</th><th colspan="2">Погибший</th><th colspan="2">Дата</th></tr>
<tr><th>Имя</th><th>Г. р.</th><th>гибели</th><th>записи</th></tr></thead>
<tbody><tr><td>1</td><td>Зимин Лука</td><td>1990</td><td>1.5.2024</td><td>2.6.2024</td></tr>
</tbody></table>"""


def test_a_header_of_two_lines_in_a_page(tmp_path: Path) -> None:
    toml = PAGE + 'rows="tbody tr"\n[columns]\nname="Имя"\nbirth_date="Погибший Г. р."\n'
    toml += 'death_date="Дата гибели"\nevent_date="записи"\n'
    assert collected(tmp_path, toml, HEADS)[0].cells == {
        "name": "Зимин Лука", "birth_date": "1990", "death_date": "1.5.2024",
        "event_date": "2.6.2024",
    }  # fmt: skip


def test_a_header_of_two_lines_in_a_table(tmp_path: Path) -> None:
    toml = 'kind="csv"\nurl="a.csv"\nclaim="captured"\n[columns]\nname="Боец Имя"\n'
    toml += 'birth_date="Родился"\nevent_date="Дата записи"\ndeath_date="Дата гибели"\n'
    table = "Боец,,Дата,\nИмя,Родился,гибели,записи\nЗимин Лука,1990,1.5.2024,2.6.2024\n"
    assert collected(tmp_path, toml, table, "a.csv")[0].cells == {
        "name": "Зимин Лука", "birth_date": "1990", "death_date": "1.5.2024",
        "event_date": "2.6.2024",
    }  # fmt: skip


@pytest.mark.parametrize("tag", ["s", "del", "strike"])
def test_what_is_struck_out_is_not_read(tmp_path: Path, tag: str) -> None:
    toml = PAGE + 'rows="li"\ncolumns={text="."}\n'
    page = f"<ul><li><{tag}>Зимин Яким, 1990</{tag}> Зимин Иоаким, 1990</li>"
    page += f"<li><{tag}>Озеров Илья, 1991</{tag}></li></ul>"
    first, second = collected(tmp_path, toml, page)
    assert first.cells == {"text": "Зимин Иоаким, 1990"}
    assert second.cells == {"text": "Озеров Илья, 1991", "struck": "yes"}
