"""PFIF feeds of every version → rows with the claim their notes make."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from rounds import NOW, round_of, written
from server import Asked, Server, answer

from model import Claim, SourceChanged
from russian.note_claims import claim_of_note

DATA = Path(__file__).parent.parent / "practice" / "data"
TOML = 'kind="pfif"\nurl="a.xml"\nclaim="captured"\n'


def pfif(inner: str, version: str = "1.4", prefix: str = "pfif:") -> str:
    space = f' xmlns:pfif="http://zesty.ca/pfif/{version}"' if prefix else ""
    marked = (
        inner.replace("</", "<\0").replace("<", f"<{prefix}").replace(f"<{prefix}\0", f"</{prefix}")
    )
    return f'<?xml version="1.0"?><{prefix}pfif{space}>{marked}</{prefix}pfif>'


def person(number: int, *fields: str, notes: str = "") -> str:
    told = "".join(f"<{name}>{value}</{name}>" for name, value in (f.split("=", 1) for f in fields))
    return f"<person><person_record_id>x/p{number}</person_record_id>{told}{notes}</person>"


def note(number: int, status: str, day: str, text: str = "-") -> str:
    return (
        f"<note><person_record_id>x/p{number}</person_record_id><author_name>Мать</author_name>"
        f"<source_date>{day}</source_date><status>{status}</status><text>{text}</text></note>"
    )


FULL = person(
    1,
    "entry_date=2024-10-30T09:12:00Z",
    "author_name=Пробная Мать",
    "author_phone=8 900 000 11 22",
    "author_email=mat@mail.example",
    "source_date=2024-10-29T22:30:00Z",
    "full_name=Пробный Лука Ильич",
    "given_name=Лука Ильич",
    "family_name=Пробный",
    "alternate_names=Probnyy Luka",
    "sex=male",
    "date_of_birth=2004-05",
    "age=19-20",
    "home_city=Чадан",
    "home_state=TY",
    "home_country=RU",
    "photo_url=https://photos.example/1.jpg",
    "profile_urls=https://vk.example/id1",
    "description=срочник",
)


@pytest.mark.parametrize(
    ("version", "prefix"), [("1.2", "pfif:"), ("1.3", "pfif:"), ("1.4", "pfif:"), ("", "")]
)
def test_every_version_is_read(tmp_path: Path, version: str, prefix: str) -> None:
    row = round_of(written(tmp_path, TOML, {"a.xml": pfif(FULL, version, prefix)})).rows[0]
    assert row.cells == {
        "name": "Пробный Лука Ильич",
        "surname": "Пробный",
        "given_patronymic": "Лука Ильич",
        "alternate_names": "Probnyy Luka",
        "sex": "male",
        "birth_date": "2004-05",
        "age": "19-20",
        "home_place": "Чадан",
        "home_region": "RU-TY",
        "home_country": "RU",
        "text": "срочник",
        "event_date": "2024-10-30",  # the Moscow day
    }
    assert (row.row, row.external_id, row.claim) == (1, "x/p1", Claim.CAPTURED)


def test_authors_photographs_and_profiles_are_never_read(tmp_path: Path) -> None:
    document = pfif(FULL + note(1, "believed_alive", "2024-11-01"))
    rows = round_of(written(tmp_path, TOML, {"a.xml": document})).rows
    for secret in ("Мать", "900", "mail", "photos", "vk.example"):
        assert secret not in str(rows)


CLAIMS = [
    (note(1, "believed_alive", "2024-10-29", "В плену, видео"), "captured", Claim.CAPTURED),
    (note(1, "believed_alive", "2024-10-29", "жив"), "captured", Claim.CAPTURED),
    (note(1, "believed_alive", "2024-10-29", "жив"), "deceased", Claim.FOUND_ALIVE),
    (note(1, "believed_alive", "2024-10-29", "POW"), "deceased", Claim.CAPTURED),
    (note(1, "believed_alive", "2024-10-29", "повернувся з полону"), "captured", Claim.RELEASED),
    (note(1, "believed_dead", "2024-10-29"), "captured", Claim.DECEASED),
    (note(1, "information_sought", "2024-10-29"), "captured", Claim.SOUGHT),
    (note(1, "believed_missing", "2024-10-29"), "captured", Claim.SOUGHT),
    (note(1, "is_note_author", "2024-10-29"), "captured", Claim.FOUND_ALIVE),
    (note(1, "", "2024-10-29"), "captured", Claim.CAPTURED),
    ("", "released", Claim.RELEASED),
]


@pytest.mark.parametrize(("inner", "claim", "said"), CLAIMS)
@pytest.mark.parametrize("beside", [True, False])
def test_claims(tmp_path: Path, inner: str, claim: str, said: Claim, beside: bool) -> None:
    man = person(1, "full_name=Пробный Лука", notes="" if beside else inner)
    document = pfif(man + inner if beside else man)
    toml = TOML.replace("captured", claim)
    assert round_of(written(tmp_path, toml, {"a.xml": document})).rows[0].claim is said


def test_the_latest_note_decides_and_dates(tmp_path: Path) -> None:
    notes = (
        note(1, "believed_dead", "2025-01-15T00:00:00Z")
        + note(1, "believed_alive", "2024-10-29T00:00:00Z", "POW")
        + note(1, "", "2025-02-01T00:00:00Z")
    )
    document = pfif(person(1, "full_name=Пробный Лука", "source_date=2024-01-01") + notes)
    row = round_of(written(tmp_path, TOML, {"a.xml": document})).rows[0]
    assert (row.claim, row.cells["event_date"]) == (Claim.DECEASED, "2025-01-15")


def test_without_a_claim_of_the_list_a_person_is_sought(tmp_path: Path) -> None:
    toml = TOML.replace('claim="captured"\n', "")
    document = pfif(person(1, "full_name=Пробный Лука"))
    assert round_of(written(tmp_path, toml, {"a.xml": document})).rows[0].claim is Claim.SOUGHT


def test_expired_records_keep_their_number_only(tmp_path: Path) -> None:
    document = pfif(
        person(1, "source_date=2024-01-01", "expiry_date=2024-02-01")
        + person(2, "full_name=Зразков Пётр", f"expiry_date={NOW - timedelta(days=1):%Y-%m-%dT%XZ}")
        + person(3, "full_name=Пробный Лука", "expiry_date=2030-01-01T00:00:00Z")
    )
    rows = round_of(written(tmp_path, TOML, {"a.xml": document})).rows
    assert [(row.row, row.external_id) for row in rows] == [(3, "x/p3")]


@pytest.mark.parametrize(
    ("state", "country", "region"),
    [
        ("KYA", "RU", "RU-KYA"),
        ("kya", "", "RU-KYA"),
        ("40", "UA", "UA-40"),
        ("RU-TY", "RU", "RU-TY"),
        ("Тыва", "RU", "Тыва"),
        ("", "KG", None),
    ],
)
def test_home_state(tmp_path: Path, state: str, country: str, region: str | None) -> None:
    fields = [f"home_state={state}", f"home_country={country}", "full_name=Пробный Лука"]
    document = pfif(person(1, *fields))
    rows = round_of(written(tmp_path, TOML, {"a.xml": document})).rows
    assert rows[0].cells.get("home_region") == region


BOMB = """<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<pfif><person><full_name>&b;</full_name></person></pfif>"""


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (BOMB, "entities are refused"),
        ("<pfif><person>", "cut short"),
        ("<rss><item/></rss>", "no person records"),
        ("", "not XML"),
        (pfif(person(1, "entry_date=2024-01-01")), "0 rows"),
    ],
)
def test_a_changed_feed(tmp_path: Path, document: str, told: str) -> None:
    with pytest.raises(SourceChanged, match=told):
        round_of(written(tmp_path, TOML, {"a.xml": document}))


def test_a_feed_is_paged_by_skip(tmp_path: Path) -> None:
    men = [person(number, f"full_name=Пробный {number}") for number in range(5)]

    def page(asked: Asked) -> bytes:
        if asked.path != "/feed":
            return answer(status=404)
        skip, most = int(asked.query["skip"]), int(asked.query["max_results"])
        return answer(pfif("".join(men[skip : skip + most])))

    with Server(page) as server:
        toml = TOML.replace("a.xml", f"{server.url}/feed") + "page_size = 2\n"
        first = round_of(written(tmp_path, toml))
        assert [row.row for row in first.rows] == [1, 2, 3, 4, 5]
        assert round_of(written(tmp_path, toml), first.cursor).rows == ()


def test_the_practice_register_says_what_its_gold_says(tmp_path: Path) -> None:
    content = (DATA / "lists" / "captured.pfif.xml").read_bytes()
    rows = round_of(written(tmp_path, TOML, {"a.xml": content})).rows
    lines = (DATA / "lists" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {
        entry["row"]: (entry["status"].replace("missing", "sought"), entry["date"])
        for entry in map(json.loads, lines)
        if entry["list"] == "captured.pfif.xml" and entry["person_key"] and entry.get("date")
    }
    said = {row.row: (str(row.claim), row.cells["event_date"]) for row in rows}
    assert gold
    assert {row: said[row] for row in gold} == gold


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Перебуває в полоні, підтверджено.", Claim.CAPTURED),
        ("Карточка военнопленного", Claim.CAPTURED),
        ("В плену, ждёт обмена", Claim.CAPTURED),
        ("Вернулся из плена", Claim.RELEASED),
        ("POW, exchanged in September", Claim.RELEASED),
        ("полоскание", None),
        ("подробности у оператора", None),
        ("", None),
    ],
)
def test_claim_of_a_note(text: str, claim: Claim | None) -> None:
    assert claim_of_note(text) is claim
