"""The fields a source's `columns` may name, of list rows and of posts, and other words for them."""

from __future__ import annotations

LIST_FIELDS = frozenset(
    {
        "name",  # full name in any order
        "surname",
        "given",
        "patronymic",
        "given_patronymic",
        "birth_date",  # this and age: any of "44 года", "19", "2005", "11.03.2005", "2004 г.р."
        "age",
        "sex",
        "home",  # place and region in one cell
        "home_place",
        "home_region",
        "unit",
        "rank",
        "category",
        "event_date",  # the day the row became public
        "death_date",
        "claim",  # the row's own word for what it asserts
        "text",  # free text, or the whole row
        "url",
        "external_id",
    }
)
POST_FIELDS = frozenset(
    {
        "external_id",
        "posted_at",
        "edited_at",
        "deleted_at",
        "text",
        "forwarded_from",
        "reply_to",
        "thread",
        "url",
    }
)
FIELDS = LIST_FIELDS | POST_FIELDS

# Words of other projects for the same, accepted and read as ours.
ALIASES = {
    "full_name": "name",
    "fio": "name",
    "family_name": "surname",
    "last_name": "surname",
    "given_name": "given",
    "first_name": "given",
    "middle_name": "patronymic",
    "born": "birth_date",
    "birth_year": "birth_date",
    "birthday": "birth_date",
    "date_of_birth": "birth_date",
    "gender": "sex",
    "region": "home_region",
    "place": "home_place",
    "city": "home_place",
    "date": "event_date",
    "public_on": "event_date",
    "date_of_death": "death_date",
    "status": "claim",
    "link": "url",
    "id": "external_id",
    "post_id": "external_id",
}
CLAIMS = {"missing": "sought", "exchanged": "released", "dead": "deceased"}
