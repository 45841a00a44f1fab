"""Tables, JSON arrays and pages of lists → rows, and the errors of lists that changed."""

# ruff: noqa: E501  a table of cases reads best a case a line

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from rounds import NOW, round_of, written
from server import NOT_FOUND, Server, Turns, answer

from model import Claim, CollectFailed, Outcome, SourceChanged, SourceInvalid

CSV = """kind = "csv"
url = "a.csv"
claim = "captured"
columns = { name = "ПІБ", age = "Вік" }
"""
TABLE = "№;ПІБ;Вік\r\n1;Пробний Лука Ілліч;19\r\n\r\n2;Зразков Їжак;20\r\n"


def rows(folder: Path, toml: str, files: Mapping[str, bytes | str]) -> list[Mapping[str, str]]:
    return round_of(written(folder, toml, files)).cells


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_encoding_is_found_where_none_is_given(tmp_path: Path, encoding: str) -> None:
    assert rows(tmp_path, CSV, {"a.csv": TABLE.encode(encoding)}) == [
        {"name": "Пробний Лука Ілліч", "age": "19"},
        {"name": "Зразков Їжак", "age": "20"},
    ]


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "cp1251"])
def test_old_encodings(tmp_path: Path, encoding: str) -> None:
    table = "ФИО,Возраст\nЛиходедов Пётр Ильич,19 лет\nЁжиков Юрий,44\n".encode(encoding)
    toml = CSV.replace("ПІБ", "ФИО").replace("Вік", "Возраст")
    assert rows(tmp_path, toml, {"a.csv": table})[0]["name"] == "Лиходедов Пётр Ильич"


def test_a_list_that_became_utf8_is_still_read(tmp_path: Path) -> None:
    toml = 'encoding = "windows-1251"\n' + CSV
    assert rows(tmp_path, toml, {"a.csv": TABLE})[1]["name"] == "Зразков Їжак"


CSV_CASES = [
    (
        "ФИО\nА Б\n",
        '{ name = "ФИО", event_date = "=14.09.2024" }',
        {"name": "А Б", "event_date": "14.09.2024"},
    ),
    (
        "ФИО,Год\nА Б,2005\n",
        '{ name = "фио ", birth_date = "ГОД." }',
        {"name": "А Б", "birth_date": "2005"},
    ),
    (
        "ФИО;Год\nА Б;2005\n",
        '{ name = "1", birth_date = 2 }',
        {"name": "А Б", "birth_date": "2005"},
    ),
    ("ФИО\tГод\nА Б\t\n", '{ name = "ФИО", birth_date = "Год" }', {"name": "А Б"}),
    ("Ім’я|Вік\nА Б|19\n", """{ name = "Ім'я", age = "Вік" }""", {"name": "А Б", "age": "19"}),
    (
        'a,b,c\n"А, Б","в\nг","д ""е"""\n',
        '{ name = "a", text = ["b", "c"] }',
        {"name": "А, Б", "text": 'в\nг\nд "е"'},
    ),
    (
        "ф,и,р,г\nА,Б,Тыва,Чадан\n",
        '{ name = ["ф", "и"], home = ["р", "г"] }',
        {"name": "А Б", "home": "Тыва, Чадан"},
    ),
    ("Список на 1 мая\n\nФИО,Год\nА Б,2005\n", '{ name = "ФИО" }', {"name": "А Б"}),
    ("ФИО,Год\nА Б\n", '{ name = "ФИО", birth_date = "Год" }', {"name": "А Б"}),
]


@pytest.mark.parametrize(("table", "columns", "cells"), CSV_CASES)
def test_csv_columns(tmp_path: Path, table: str, columns: str, cells: Mapping[str, str]) -> None:
    toml = f'kind="csv"\nurl="a.csv"\nclaim="captured"\ncolumns={columns}\n'
    assert rows(tmp_path, toml, {"a.csv": table}) == [cells]


def test_csv_without_header(tmp_path: Path) -> None:
    toml = 'kind="csv"\nurl="a.csv"\nclaim="dead"\nheader=false\ncolumns={name=1, age=2}\n'
    assert rows(tmp_path, toml, {"a.csv": "А Б,19\nВ Г,20\n"})[0] == {"name": "А Б", "age": "19"}


def test_rows_keep_their_numbers_where_some_are_left_out(tmp_path: Path) -> None:
    toml = CSV + 'where = { "Вік" = ["20", "21"] }\n'
    collected = round_of(written(tmp_path, toml, {"a.csv": TABLE}))
    assert [(row.row, row.cells["age"]) for row in collected.rows] == [(2, "20")]


@pytest.mark.parametrize(
    ("word", "claim"),
    [
        ("captured", Claim.CAPTURED),
        ("Found alive", Claim.FOUND_ALIVE),
        ("exchanged", Claim.RELEASED),
        ("в плену", None),
    ],
)
def test_a_rows_own_claim(tmp_path: Path, word: str, claim: Claim | None) -> None:
    toml = 'kind="csv"\nurl="a.csv"\ncolumns={name="n", claim="c", external_id="i"}\n'
    row = round_of(written(tmp_path, toml, {"a.csv": f"i,n,c\n7,А Б,{word}\n"})).rows[0]
    assert (row.claim, row.cells["claim"], row.external_id) == (claim, word, "7")


def test_an_unchanged_list_brings_nothing_and_a_changed_source_file_all(tmp_path: Path) -> None:
    source = written(tmp_path, CSV, {"a.csv": TABLE})
    first = round_of(source)
    assert (first.whole_list, len(first.rows), first.outcomes) == (True, 2, [Outcome.OK])
    again = round_of(source, first.cursor)
    assert (again.whole_list, again.rows, again.outcomes) == (False, (), [Outcome.UNCHANGED])
    assert again.cursor == first.cursor
    changed = written(tmp_path, CSV.replace(', age = "Вік"', ""))
    assert len(round_of(changed, first.cursor).rows) == 2


CHANGED = [
    (
        TABLE.replace("ПІБ", "Прізвище, ім'я"),
        ["listed", "'ПІБ'", "nearest", "№, Прізвище, ім'я, Вік"],
    ),
    ("№;ПІБ;Вік\r\n", ["no rows"]),
    ("", ["empty"]),
]


@pytest.mark.parametrize(("table", "told"), CHANGED)
def test_a_changed_table_is_an_error(tmp_path: Path, table: str, told: list[str]) -> None:
    with pytest.raises(SourceChanged) as error:
        round_of(written(tmp_path, CSV, {"a.csv": table}))
    assert all(word in str(error.value) for word in told)
    assert error.value.fetches[-1].outcome is Outcome.SUSPECT


def test_too_few_rows(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="2 rows, at least 3"):
        round_of(written(tmp_path, CSV + "expect = { min_rows = 3 }\n", {"a.csv": TABLE}))


def test_cells_never_get_into_a_message(tmp_path: Path) -> None:
    headless = "Пробный Лука;8 900 000 11 22;mama@mail.example\n"
    with pytest.raises(SourceChanged) as error:
        round_of(written(tmp_path, CSV, {"a.csv": headless * 3}))
    assert not {"Пробный", "000", "mail"} & set(str(error.value).replace("@", " ").split())


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CollectFailed, match=r"listed.*a\.csv"):
        round_of(written(tmp_path, CSV))


# JSON

JSON_CASES = [
    ('[{"n": "А Б", "b": 2005}]', "", {"name": "А Б", "birth_date": "2005"}),
    ('{"data": {"men": [{"n": "А Б", "b": null}]}}', 'rows = "data.men"', {"name": "А Б"}),
    ('{"men": [{"N": "А Б", "b": 2005.0}], "count": 1}', "", {"name": "А Б", "birth_date": "2005"}),
    ('{"n": "А Б", "b": ""}\n{"n": "В", "b": 1}\n', "", {"name": "А Б"}),
]


@pytest.mark.parametrize(("document", "option", "cells"), JSON_CASES)
def test_json(tmp_path: Path, document: str, option: str, cells: Mapping[str, str]) -> None:
    toml = (
        f'kind="json"\nurl="a"\nclaim="released"\n{option}\ncolumns={{name="n", birth_date="b"}}\n'
    )
    assert rows(tmp_path, toml, {"a": document})[0] == cells


def test_json_by_path(tmp_path: Path) -> None:
    toml = 'kind="json"\nurl="a"\nclaim="released"\ncolumns={name="who.names.0", home="from"}\n'
    document = '[{"who": {"names": ["А Б", "В"]}, "from": ["Тыва", "Чадан"]}]'
    assert rows(tmp_path, toml, {"a": document}) == [{"name": "А Б", "home": "Тыва, Чадан"}]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ('[{"name": "А"}]', "no column 'n'.*nearest is 'name'"),
        ('[{"n": "А"},', "cut short"),
        ("<html>", "not JSON"),
        ("[]", "no rows"),
        ('{"a": 1}', "no array"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_changed_document(tmp_path: Path, document: str, told: str) -> None:
    toml = 'kind="json"\nurl="a"\nclaim="released"\ncolumns={name="n"}\n'
    with pytest.raises(SourceChanged, match=told):
        round_of(written(tmp_path, toml, {"a": document}))


# HTML

HTML = 'kind="html"\nurl="a.html"\nclaim="deceased"\n'
LISTED = """<h1>Обмены</h1><p>Имена</p>
<h2 id="x1">24 августа 2024 года (115)</h2><ol><li>Пробный Лука, 2005&nbsp;г.р.<li>Зразков
 <b>Пётр</b></ol><h2 id="x2">14 сентября</h2><ol><li><a href="/p/3">Третий Иван</a></ol>"""
MEN = """<table><caption>К</caption><tr><th>Фамилия</th><th>Год рожд.</th></tr>
<tr><td>Пробный</td><td>2005</td></tr><tr><td colspan=2>Образцов</td></tr></table>"""
PLAIN = "<table><tr><td>Фамилия</td><td>Год</td></tr><tr><td>Пробный</td><td>2005</td></tr></table>"
SPANNED = """<table><tr><th>Район<th>Фамилия<th>Год</tr><tr><td rowspan=2>Кяхта<td>Пробный<td>2005</tr>
<tr><td>Образцов<td>2001</tr><tr><td>Орлик<td>Третий<td></tr></table>"""

HTML_CASES = [
    (LISTED, 'rows="ol > li"\ncolumns={text=".", event_date="^h2"}', [
        {"text": "Пробный Лука, 2005 г.р.", "event_date": "24 августа 2024 года (115)"},
        {"text": "Зразков Пётр", "event_date": "24 августа 2024 года (115)"},
        {"text": "Третий Иван", "event_date": "14 сентября"},
    ]),
    (LISTED, 'rows="li"\ncolumns={name="a", url="a@href", external_id="^h2@id"}', [
        {"external_id": "x1"},
        {"external_id": "x1"},
        {"name": "Третий Иван", "url": "/p/3", "external_id": "x2"},
    ]),
    (MEN, 'rows="table > tbody > tr"\ncolumns={surname="Фамилия", birth_date="год рожд"}', [
        {"surname": "Пробный", "birth_date": "2005"},
        {"surname": "Образцов", "birth_date": "Образцов"},
    ]),
    (MEN, 'rows="tr"\ncolumns={surname="1", birth_date="td:nth-of-type(2)"}', [
        {"surname": "Пробный", "birth_date": "2005"},
        {"surname": "Образцов"},
    ]),
    (PLAIN, 'rows="tr"\ncolumns={surname="Фамилия"}', [{"surname": "Пробный"}]),
    (PLAIN, 'rows="tr"\ncolumns={surname="1"}', [{"surname": "Фамилия"}, {"surname": "Пробный"}]),
    (SPANNED, 'rows="tr"\ncolumns={home="Район", surname="Фамилия", birth_date="Год"}', [
        {"home": "Кяхта", "surname": "Пробный", "birth_date": "2005"},
        {"home": "Кяхта", "surname": "Образцов", "birth_date": "2001"},
        {"home": "Орлик", "surname": "Третий"},
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("page", "keys", "cells"), HTML_CASES)
def test_html(tmp_path: Path, page: str, keys: str, cells: list[Mapping[str, str]]) -> None:
    collected = round_of(written(tmp_path, HTML + keys, {"a.html": page}))
    assert collected.cells == cells
    assert [row.row for row in collected.rows] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize(
    ("page", "keys", "told"),
    [
        (
            MEN,
            'rows="tr"\ncolumns={surname="Фамилия", birth_date="Год рождения"}',
            "nearest is 'Год рожд.'",
        ),
        (MEN, 'rows="li"\ncolumns={surname="."}', "nothing matches 'li'"),
        (LISTED, 'rows="li"\ncolumns={name=".name"}', "no column '.name'"),
        (LISTED, 'rows="li"\ncolumns={name=".", event_date="^h3"}', "no column '\\^h3'"),
    ],
)
def test_a_changed_page(tmp_path: Path, page: str, keys: str, told: str) -> None:
    with pytest.raises(SourceChanged, match=told):
        round_of(written(tmp_path, HTML + keys, {"a.html": page}))


def page_of(names: list[str], more: str = "") -> bytes:
    items = "".join(f"<li>{name}</li>" for name in names)
    return answer(f"<html><body><ol>{items}</ol>{more}</body></html>")


def test_rows_count_over_all_pages_and_a_loop_of_pages_ends(tmp_path: Path) -> None:
    script = {
        "/men": page_of(["А А", "Б Б"], '<a class="next" href="/men2?sid=aaaa">'),
        "/men2": page_of(["В В"], '<a class="next" href="/men?sid=bbbb">'),
    }
    with Server(script) as server:
        toml = HTML.replace("a.html", f"{server.url}/men")
        source = written(tmp_path, toml + 'rows="li"\nnext="a.next"\ncolumns={name="."}')
        first = round_of(source)
        assert [(row.row, row.cells["name"]) for row in first.rows] == [
            (1, "А А"),
            (2, "Б Б"),
            (3, "В В"),
        ]
        assert server.paths() == ["/men", "/men2"]
        again = round_of(source, first.cursor)
        assert (again.rows, again.whole_list) == ((), False)


def test_not_modified_over_http(tmp_path: Path) -> None:
    turns = Turns([answer(TABLE.encode("cp1251"), ETag='"1"'), answer(status=304, ETag='"1"')])
    with Server({"/a.csv": turns}) as server:
        source = written(tmp_path, CSV.replace("a.csv", f"{server.url}/a.csv"))
        first = round_of(source)
        again = round_of(source, first.cursor)
        assert (len(first.rows), again.rows) == (2, ())
        assert again.outcomes == [Outcome.UNCHANGED]
        assert server.asked[-1].headers["if-none-match"] == '"1"'


# A board: posts

BOARD = """
kind = "html"
url = "{url}/board"
rows = "article"
next = "a.next"
timezone = "Asia/Yakutsk"
[columns]
external_id = "@id"
posted_at = "time@datetime"
text = ["^h1", "p"]
url = "a@href"
reply_to = "q"
"""


def board(*posts: tuple[str, str, str], more: str = "") -> bytes:
    items = "".join(
        f'<article id="{known}"><a href="/t?p={known}&amp;sid=0123">'
        f'<time datetime="{when}">x</time></a><p>{text}</p></article>'
        for known, when, text in posts
    )
    return answer(f"<html><body><h1>Тема</h1>{items}{more}</body></html>")


FIRST = ("1", "2024-08-23 21:44", "Ищу брата<br>Пробный Лука")
SECOND = ("2", "2024-08-24T01:00:00+05:00", "второй")
THIRD = ("3", "25.08.2024 10:00", "третий")


def test_posts_of_a_board(tmp_path: Path) -> None:
    script = {
        "/board": board(FIRST, SECOND, more='<a class="next" href="/board?page=2">'),
        "/board?page=2": board(THIRD),
    }
    with Server(lambda asked: script.get(asked.target, NOT_FOUND)) as server:
        collected = round_of(written(tmp_path, BOARD.format(url=server.url)))
        again = round_of(written(tmp_path, BOARD.format(url=server.url)), collected.cursor)
    told = [(post.external_id, post.posted_at.isoformat(), post.text) for post in collected.posts]
    assert told == [
        ("1", "2024-08-23T21:44:00+09:00", "Тема\nИщу брата\nПробный Лука"),
        ("2", "2024-08-24T01:00:00+05:00", "Тема\nвторой"),
        ("3", "2024-08-25T10:00:00+09:00", "Тема\nтретий"),
    ]
    assert collected.posts[0].url == f"{server.url}/t?p=1"
    assert again.posts == ()


@pytest.mark.parametrize(
    ("after", "deleted"),
    [
        ("abdef", "c"),  # gone between two that stand
        ("cdef", ""),  # fell off the old end
        ("abcd", ""),
        ("xyz", ""),  # another page altogether
        ("bacdefg", ""),
        ("acf", "bde"),
    ],
)
def test_a_post_is_deleted_when_missed_twice_six_hours_apart(
    tmp_path: Path, after: str, deleted: str
) -> None:
    def page(ids: str) -> bytes:
        return board(*((known, "2024-08-23 21:44", "текст") for known in ids))

    cursor: Mapping[str, object] = {}
    with Server({"/board": Turns([page("abcdef"), *[page(after)] * 3])}) as server:
        source = written(tmp_path, BOARD.format(url=server.url))
        found = []
        for hours in (0, 1, 6, 8):
            collected = round_of(source, cursor, NOW + timedelta(hours=hours))
            cursor = collected.cursor
            found.append("".join(collected.deleted))
    assert found == ["", "", "", deleted]


BROKEN = [
    (board(("1", "вчерашний день", "текст")), "'time@datetime' gives no time"),
    (board(("", "2024-08-23 21:44", "текст")), "no row has a text and an id"),
    (answer("<html><body>Обновляемся</body></html>"), "nothing matches 'article'"),
]


@pytest.mark.parametrize(("page", "told"), BROKEN)
def test_a_changed_board(tmp_path: Path, page: bytes, told: str) -> None:
    with Server({"/board": page}) as server, pytest.raises(SourceChanged, match=told):
        round_of(written(tmp_path, BOARD.format(url=server.url)))


def test_the_lists_own_words_for_its_statuses(tmp_path: Path) -> None:
    toml = 'kind="csv"\nurl="a.csv"\nclaim="sought"\nclaims={"ХЗ" = "captured", "дом." = "exchanged"}\n'
    toml += 'columns={name="n", claim="c"}\n'
    rows = round_of(written(tmp_path, toml, {"a.csv": "n,c\nА Б,хз\nВ Г,Дом\nД Е,иное\n"})).rows
    assert [row.claim for row in rows] == [Claim.CAPTURED, Claim.RELEASED, None]
    with pytest.raises(SourceInvalid, match="ХЗ: unknown claim 'plen'"):
        written(tmp_path, toml.replace('"captured"', '"plen"'))
