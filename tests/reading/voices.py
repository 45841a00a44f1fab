"""A short post → the fields of its records, as the tables of cases name them."""

from __future__ import annotations

from datetime import datetime

from extract import read
from extract.reading import status
from model import Post

POSTED = "2024-10-20T12:00:00+03:00"  # a Sunday
Fields = dict[str, str | int | None]


def records(text: str, posted: str = POSTED) -> list[dict[str, object]]:
    """The records of a post, in its order."""
    post = Post(source="test", external_id="1", posted_at=datetime.fromisoformat(posted), text=text)
    return [
        {
            "surname": one.surname,
            "given": one.given,
            "patronymic": one.patronymic,
            "status": status(one.claim),
            "last_contact": one.last_contact,
            "birth_date": one.birth_date,
            "age": one.age,
            "category": one.category,
            "unit": one.unit,
            "home_region": one.home_region,
            "home_place": one.home_place,
        }
        for one in read(post).records
    ]


def one_man(text: str, fields: Fields) -> dict[str, object]:
    """The same fields of the one record a post gives; fails where it gives none or several."""
    (record,) = records(text)
    return {name: record[name] for name in fields}
