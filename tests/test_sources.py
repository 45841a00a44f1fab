"""Source files: what is read, and what is refused with the file, the key and the right one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from model import Claim, Source, SourceInvalid
from scraper.sources import interval, kind_names, load, load_one

ROOT = Path(__file__).parent.parent
CSV = 'kind = "csv"\nurl = "a.csv"\nclaim = "captured"\ncolumns = { name = "ФИО" }\n'


def one(folder: Path, text: str, name: str = "videos.toml") -> Source:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_one(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    source = one(
        tmp_path,
        """
        kind = "csv"
        url = "lists/videos.csv"
        claim = "captured"
        every = "1h30m"
        encoding = "windows-1251"
        delimiter = ";"
        columns = { name = "Ім'я", age = 2, home = ["Область", "Місто"] }
        where = { "Статус" = ["так", "да"], n = 1, shown = true }
        expect = { min_rows = 30, max_shrink = 0, max_growth = 0.5 }
        owner = "example-project"
        enabled = false
        """,
    )
    assert (source.name, source.kind, source.claim) == ("videos", "csv", Claim.CAPTURED)
    assert source.every == timedelta(minutes=90)
    assert (source.encoding, source.delimiter) == ("cp1251", ";")
    assert source.columns == {"name": "Ім'я", "age": "2", "home": ("Область", "Місто")}
    assert source.where == {"Статус": ("так", "да"), "n": "1", "shown": "true"}
    assert (source.expect.min_rows, source.expect.max_shrink) == (30, 0.0)
    assert (source.owner, source.enabled) == ("example-project", False)


def test_defaults(tmp_path: Path) -> None:
    source = one(tmp_path, CSV, "deceased_regional.html.toml")
    assert source.name == "deceased_regional"
    assert source.owner == "deceased_regional"
    assert source.every == timedelta(hours=6)
    assert source.enabled


def test_columns_may_stand_in_a_table_and_bear_usual_names(tmp_path: Path) -> None:
    text = 'kind="json"\nurl="a.json"\nclaim="dead"\n[columns]\nlast_name="f"\nregion="r"\nid="n"\n'
    source = one(tmp_path, text)
    assert source.columns == {"surname": "f", "home_region": "r", "external_id": "n"}
    assert source.claim is Claim.DECEASED


WRONG = [
    (CSV.replace("columns", "colums"), ["'colums'", "'columns'"]),
    (CSV + 'delimeter = ";"\n', ["'delimeter'", "'delimiter'"]),
    (CSV.replace("name =", "nmae ="), ["'nmae'", "'name'"]),
    (CSV.replace('"csv"', '"cvs"'), ["'cvs'", "'csv'"]),
    (CSV.replace('kind = "csv"', ""), ["'kind' is missing"]),
    (CSV.replace('url = "a.csv"', ""), ["'url' is missing"]),
    (CSV.replace('columns = { name = "ФИО" }', ""), ["'columns' is missing"]),
    (CSV.replace('claim = "captured"', ""), ["'claim' is missing"]),
    (CSV.replace('"captured"', '"capturd"'), ["'capturd'", "'captured'"]),
    (CSV + 'every = "6 horas"\n', ["'every'", "6h"]),
    (CSV + 'every = "0h"\n', ["'every'"]),
    (CSV + "every = 6\n", ["'every' must be a text"]),
    (CSV + 'encoding = "window-1251"\n', ["'window-1251'", "'windows-1251'"]),
    (CSV + 'delimiter = ";;"\n', ["one character"]),
    (CSV + 'enabled = "no"\n', ["'enabled' must be true or false"]),
    (CSV + "expect = { min_row = 3 }\n", ["'min_row'", "'min_rows'"]),
    (CSV + "expect = { min_rows = 3.5 }\n", ["'min_rows' must be a whole number"]),
    (CSV + "expect = { max_shrink = 5 }\n", ["max_shrink"]),
    (CSV + "header = 1\n", ["'header' must be true or false"]),
    (CSV + "header = false\n", ["columns are numbers"]),
    (CSV + "where = { a = {} }\n", ["where.a"]),
    (
        CSV.replace("columns = {", "[columns]\n").replace("}", "") + 'every="1h"',
        ["inside [columns]"],
    ),
    ("kind = csv\n", ["not a TOML file"]),
    ('kind="html"\nurl="a"\nclaim="dead"\nrows="li"\n', ["'columns' is missing"]),
    ('kind="html"\nurl="a"\nclaim="dead"\nrows="li["\ncolumns={name="."}\n', ["rows", "selector"]),
    ('kind="html"\nurl="a"\nrows="li"\ncolumns={posted_at="t"}\n', ["'external_id' is missing"]),
    ('kind="posts"\nurl="a"\ntimezone="Moskow"\n', ["timezone", "Moskow"]),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_told_with_file_key_and_right_key(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    with pytest.raises(SourceInvalid) as error:
        one(tmp_path, text)
    message = str(error.value)
    assert str(tmp_path / "videos.toml") in message
    assert "\n" not in message
    for word in told:
        assert word in message


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceInvalid) as error:
        one(tmp_path, 'kind = "csv"\nclaim = "lost"\nowners = "x"\n')
    for word in ("'url' is missing", "'columns' is missing", "'lost'", "'owners'"):
        assert word in str(error.value)


def test_a_folder_is_loaded_by_name(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml"):
        (tmp_path / name).write_text(CSV, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no source")
    assert [source.name for source in load(tmp_path)] == ["a", "b"]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "a.csv.toml"):
        (tmp_path / name).write_text(CSV, encoding="utf-8")
    with pytest.raises(SourceInvalid, match="'a' is taken"):
        load(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceInvalid, match="no such folder"):
        load(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "minutes"), [("30m", 30), ("6h", 360), ("1d", 1440), ("1w", 10080), ("1 H 5 m", 65)]
)
def test_interval(text: str, minutes: int) -> None:
    assert interval(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "6", "h", "6x", "-6h", "0m", "400d"])
def test_no_interval(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        interval(text)


@pytest.mark.parametrize("folder", ["sources", "practice/files"])
def test_the_files_that_come_with_the_project_are_right(folder: str) -> None:
    assert load(ROOT / folder)


def examples() -> list[str]:
    """Every ```toml block of docs/sources.md."""
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    return [block.split("```")[0] for block in text.split("```toml\n")[1:]]


@pytest.mark.parametrize("text", examples())
def test_every_example_of_the_manual_is_right(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, text)


def test_the_manual_has_an_example_of_every_kind(tmp_path: Path) -> None:
    assert {one(tmp_path, text).kind for text in examples()} == set(kind_names())
