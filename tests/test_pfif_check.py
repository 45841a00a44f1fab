"""The PFIF validator: documents as the specifications show them, and one wrong thing at a time."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small import Small

from store import interchange, pfif_check, pfif_formats, pfif_rules

PAGES = Path(__file__).parent / "pages" / "pfif"  # after the specifications' own examples
DATA = Path(__file__).parent.parent / "practice" / "data"
EXAMPLES = ("1.2.xml", "1.3.xml", "1.4.xml", "1.4.atom.xml")
BEFORE = datetime(2012, 5, 10, tzinfo=UTC)


def example(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def faults(document: str, now: datetime | None = BEFORE) -> list[tuple[int, str, str]]:
    found = pfif_check.check(document.encode(), now).faults
    return [(fault.line, fault.place, fault.cause) for fault in found]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_valid(name: str) -> None:
    found = pfif_check.check(example(name).encode(), BEFORE)
    assert found.faults == ()
    assert found.version == name[:3]
    assert (found.persons, found.notes) == (1, 1 if "atom" in name else 2)


def line_of(document: str, text: str) -> int:
    return document[: document.index(text)].count("\n") + 1


NOTE_ID = "<pfif:note_record_id>example.org/00N30000000tO5N</pfif:note_record_id>"
BORN = "<pfif:date_of_birth>1974-05</pfif:date_of_birth>"
WRONG = [
    # version, what stands there, what stands there now, where, why
    ("1.4", "example.org/a0030000001TRYR</pfif:person_record_id>\n    <pfif:entry",
     "a0030000001TRYR</pfif:person_record_id>\n    <pfif:entry",
     "person/person_record_id", "is not a domain, a slash"),
    ("1.4", "2012-05-03T09:21:12Z</pfif:entry", "2012-05-03 09:21:12</pfif:entry",
     "person/entry_date", "is not a UTC time"),
    ("1.4", "2012-05-03T09:21:12Z</pfif:entry", "2012-05-03T09:21:12+04:00</pfif:entry",
     "person/entry_date", "is not a UTC time"),
    ("1.4", "2012-05-03T09:21:12Z</pfif:entry", "2012-02-30T09:21:12Z</pfif:entry",
     "person/entry_date", "no such time"),
    ("1.4", "2012-05-03T20:52:25Z</pfif:source", "2012-05-03</pfif:source",
     "note/source_date", "is not a UTC time"),
    ("1.4", BORN, BORN.replace("1974-05", "05.1974"), "person/date_of_birth", "yyyy-mm"),
    ("1.4", BORN, BORN.replace("1974-05", "1974-13"), "person/date_of_birth", "no such day"),
    ("1.3", BORN, BORN.replace("1974-05", "1973-02-29"), "person/date_of_birth", "no such day"),
    ("1.2", BORN, BORN + BORN, "person/date_of_birth", "more than once"),
    ("1.4", "35-40", "about 35", "person/age", "is not a number"),
    ("1.4", "35-40", "40-35", "person/age", "ends before"),
    ("1.4", ">female<", ">F<", "person/sex", "female, male or other"),
    ("1.4", ">US<", ">USA<", "person/home_country", "two capitals"),
    ("1.3", ">AL<", ">Alabama<", "person/home_state", "ISO 3166-2"),
    ("1.4", "bill@example.com", "bill", "person/author_email", "mail"),
    ("1.4", "(555) 258-6902", "call me", "person/author_phone", "phone"),
    ("1.4", "http://photos.example/12345678.jpg", "12345678.jpg", "person/photo_url", "URL"),
    ("1.4", "\n    http://www.friends", " or http://www.friends", "person/profile_urls", "URLs"),
    ("1.4", ">believed_alive<", ">alive<", "note/status", "one of information_sought"),
    ("1.3", ">true<", ">yes<", "note/found", "true or false"),
    ("1.4", "<pfif:full_name>Katherine Doe</pfif:full_name>", "", "person", "full_name is missing"),
    ("1.3", "Katherine Doe</pfif:full", " </pfif:full", "person/full_name", "required, and empty"),
    ("1.2", "<pfif:last_name>Doe</pfif:last_name>", "", "person", "last_name is missing"),
    ("1.4", "<pfif:source_date>2012-05-03T09:21:12.5Z</pfif:source_date>", "", "person",
     "source_date is missing"),
    ("1.4", "<pfif:author_name>Jane Example</pfif:author_name>", "", "note",
     "author_name is missing"),
    ("1.4", NOTE_ID, "", "note", "note_record_id is missing"),
    ("1.4", "<pfif:text>The same name, age and street.</pfif:text>", "", "note", "text is missing"),
    ("1.4", "    <pfif:person_record_id>example.org/a0030000001TRYR</pfif:person_record_id>\n"
     "    <pfif:linked", "<pfif:linked", "note", "person_record_id is missing"),
    ("1.4", "example.com/person.7", "example.org/a0030000001TRYR", "note/linked_person_record_id",
     "to himself"),
    ("1.4", "example.com/person.7", "person 7", "note/linked_person_record_id", "a domain"),
    ("1.4", "      <pfif:person_record_id>example.org/a003", "<pfif:person_record_id>example.org/b",
     "note/person_record_id", "the person around"),
    ("1.4", "example.com/note.2", "example.org/00N30000000tO5N", "note/note_record_id",
     "also the id of the note on line 32"),
    ("1.3", "first_name>", "given_name>", "person/given_name", "a field of PFIF 1.4, not of 1.3"),
    ("1.4", "given_name>", "first_name>", "person/first_name", "of PFIF 1.2 and 1.3, not of 1.4"),
    ("1.2", "<pfif:sex>", "<pfif:full_name>K</pfif:full_name><pfif:sex>", "person/full_name",
     "1.3 and 1.4"),
    ("1.4", "<pfif:sex>", "<pfif:unit>1</pfif:unit><pfif:sex>", "person/unit", "is no person"),
    ("1.4", "<pfif:sex>female", "<sex>f</sex><pfif:sex>female", "person/sex", "not in the"),
    ("1.4", "<pfif:sex>", '<pfif:sex lang="en">', "person/sex", "attribute"),
    ("1.4", "<pfif:sex>female", "<pfif:sex><b>female</b>", "person/sex", "an element, not text"),
    ("1.4", "  <pfif:note>\n    <pfif:note_record_id>example.com", "stray<pfif:note>\n    "
     "<pfif:note_record_id>example.com", "pfif", "outside of any field"),
    ("1.4", "</pfif:pfif>", "<pfif:man/></pfif:pfif>", "pfif/man", "is no pfif element"),
    ("1.2", "      <pfif:person_record_id>example.org/a0030000001TRYR</pfif:person_record_id>\n",
     "", "", ""),
    ("1.2", NOTE_ID, f"<pfif:text>-</pfif:text>{NOTE_ID}", "note", "must stand first"),
    ("1.2", "  </pfif:person>", "<pfif:sex>male</pfif:sex>  </pfif:person>", "person",
     "stand after its notes"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "old", "new", "place", "why"), WRONG)
def test_one_wrong_thing_is_told_with_its_line(
    version: str, old: str, new: str, place: str, why: str
) -> None:
    document = example(f"{version}.xml")
    assert old in document
    found = faults(document.replace(old, new))
    if not place:
        assert found == []
        return
    assert any(place == told and why in cause for _, told, cause in found), found
    if "/" in place and place != "pfif/man":
        changed = document.replace(old, new)
        field = place.partition("/")[2]
        lines = {line for line, told, _ in found if told == place}
        there = [
            number for number, line in enumerate(changed.splitlines(), 1)
            if re.search(rf"<(pfif:)?{field}\b", line)
        ]  # fmt: skip
        assert lines <= set(there)


@pytest.mark.parametrize(
    ("document", "version", "line", "why"),
    [
        ("", None, 1, "not XML"),
        ("<a>\n<b>\n</a>", None, 3, "not XML: mismatched tag"),
        ("{}", None, 1, "not XML"),
        ("<pfif/>", None, 1, "nothing is in the namespace"),
        ('<pfif xmlns="http://zesty.com/pfif/1.4"><person/></pfif>', None, 1, "nothing is in"),
        ('<pfif xmlns="http://zesty.ca/pfif/1.1"><person/></pfif>', "1.1", 1, "is not checked"),
        ('<pfif xmlns="http://zesty.ca/pfif/1.5"><person/></pfif>', "1.5", 1, "is not checked"),
        ('<pfif xmlns="http://zesty.ca/pfif/1.4"/>', "1.4", 1, "no person and no note"),
        ('<x>\n<person xmlns="http://zesty.ca/pfif/1.4"/></x>', "1.4", 1, "the root is not"),
        ('<!DOCTYPE a [\n<!ENTITY b "c">]><a>&b;</a>', None, 2, "declares XML entities"),
        ('<?xml version="1.0" encoding="koi-9"?><a/>', None, 1, "not XML"),
    ],
)
def test_what_is_no_pfif(document: str, version: str | None, line: int, why: str) -> None:
    found = pfif_check.check(document.encode())
    assert found.version == version
    assert (found.faults[0].line, why in found.faults[0].cause) == (line, True), found.faults


def test_another_versions_elements_are_strangers() -> None:
    mixed = example("1.4.xml").replace(
        "</pfif:pfif>", '<person xmlns="http://zesty.ca/pfif/1.2"/></pfif:pfif>'
    )
    assert [cause for *_, cause in faults(mixed)] == [
        "is of another PFIF namespace than the 1.4 of the document"
    ]


def test_an_expired_record_keeps_nothing_but_its_placeholder() -> None:
    document = example("1.4.xml")
    after = datetime(2012, 6, 1, tzinfo=UTC)
    assert [cause for *_, cause in faults(document, after)] == [
        "is past; only its ids and dates may be left"
    ]
    assert faults(document, None) == []
    placeholder = """<pfif xmlns="http://zesty.ca/pfif/1.4"><person>
        <person_record_id>a.example/1</person_record_id><source_date>2012-05-18T00:00:00Z</source_date>
        <expiry_date>2012-05-17T17:53:00Z</expiry_date></person></pfif>"""
    assert faults(placeholder, after) == []


def test_no_fault_repeats_what_a_field_says() -> None:
    document = example("1.4.xml").replace("(555) 258-6902", "ask for Aunt Polly")
    assert "Polly" not in json.dumps(faults(document))


def test_every_format_of_the_table_is_known() -> None:
    for version in pfif_rules.VERSIONS:
        for record in ("person", "note"):
            for rule in pfif_rules.rules(version, record).values():
                assert rule.required in ("always", "outside", "")
                pfif_formats.wrong(rule.format, "x")


def test_what_the_practice_world_serves_is_valid() -> None:
    found = pfif_check.check((DATA / "lists" / "captured.pfif.xml").read_bytes())
    assert found.persons > 20
    assert found.faults == ()


def test_our_own_export_is_valid(counted: Small, tmp_path: Path) -> None:
    path = tmp_path / "persons.xml"
    done = counted.rollcall("export", "persons", "--format", "pfif", "-o", str(path))
    assert done.returncode == 0, done.stderr
    done = counted.rollcall("validate", str(path), "--json")
    assert done.returncode == 0, done.stdout
    (told,) = json.loads(done.stdout)
    assert (told["version"], told["persons"], told["faults"]) == ("1.4", 4, [])


def test_a_man_of_whom_little_is_known_is_valid_too() -> None:
    bare = dict.fromkeys(
        ("surname", "given", "patronymic", "birth_date", "sex", "home_region", "home_place",
         "sought_from")
    )  # fmt: skip
    found = pfif_check.check(interchange.pfif([{"person_id": "p1", "events": [], **bare}]))
    assert found.faults == ()


def test_the_command_says_where_and_ends_with_1(counted: Small, tmp_path: Path) -> None:
    path = tmp_path / "wrong.xml"
    path.write_text(example("1.4.xml").replace(">female<", ">F<"), encoding="utf-8")
    done = counted.rollcall("validate", str(path), str(PAGES / "1.3.xml"))
    line = line_of(path.read_text(encoding="utf-8"), ">F<")
    assert done.returncode == 1
    assert f"wrong.xml:{line}: person/sex: is not female, male or other" in done.stdout
    assert counted.rollcall("validate", str(tmp_path / "none.xml")).returncode == 2
