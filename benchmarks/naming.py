"""Invented names of every type in every layout → the share read right and kept, by type.

    python -m benchmarks.naming [--misread TYPE] [--each N]

Each surname of a type is put with men of every people into each layout; names are declined by
`russian.inflect`. A reading is right where the post gives one record with exactly that name and the
redacted text keeps the surname. `--misread` prints the texts of a type (or layout) that are not.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from extract import read
from model import Post
from russian.given import fold
from russian.inflect import all_forms

TABLE = Path(__file__).with_name("naming.tsv")
POSTED = datetime(2024, 11, 20, 12, tzinfo=UTC)
MEN = 2  # of those before each surname, in each layout
_SLOT = re.compile(r"\{([sgp])([0-5]?)([\^_.]?)\}")
_PATRONYMIC = ("", "а", "у", "а", "ем", "е")


class Man(NamedTuple):
    """A name in the nominative, and its types."""

    kind: str
    surname: str
    people: str
    given: str
    patronymic: str

    def forms(self, part: str) -> tuple[str, ...]:
        """The six cases of his surname (s), given name (g) or patronymic (p)."""
        if part == "p":
            plain = " " in self.patronymic
            return tuple(self.patronymic + ("" if plain else end) for end in _PATRONYMIC)
        name = self.surname if part == "s" else self.given
        head, dash, last = name.rpartition("-")
        if last == "заде" or not last[0].isupper():
            return (name,) * len(_PATRONYMIC)
        heads = all_forms(head, part) if head.endswith(("ов", "ин")) else (head,) * 6
        lasts = all_forms(last, part)
        return tuple(
            one.capitalize() + dash + other.capitalize()
            for one, other in zip(heads, lasts, strict=True)
        )


def rows(kind: str) -> list[tuple[str, str]]:
    """The group and the content of each row of a kind."""
    lines = TABLE.read_text("utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line.startswith(kind + "\t")]
    return [(group, content) for _, group, content in cells]


def men(each: int) -> Iterator[Man]:
    """Every surname with `each` men of different peoples, who come round in turn."""
    every = [
        (people, *name.replace("_", " ").split("+"))
        for people, names in rows("man")
        for name in names.split()
    ]
    turn = 0
    for kind, surnames in rows("surname"):
        for surname in surnames.split():
            for _ in range(each):
                turn += 7  # shares no factor with the number of men
                yield Man(kind, surname, *every[turn % len(every)])


def text_of(layout: str, man: Man) -> str:
    """The layout with his name in it."""

    def put(match: re.Match[str]) -> str:
        part, case, style = match.groups()
        form = man.forms(part)[int(case or 0)]
        if style == ".":
            return form[0] + "."
        return {"^": form.upper(), "_": form.lower()}.get(style, form)

    return _SLOT.sub(put, layout).replace("\\n", "\n")


def is_right(layout: str, text: str, man: Man) -> bool:
    """Is he among the records as the layout names him, alone but for those it names itself?"""
    reading = read(Post(source="x", external_id="1", posted_at=POSTED, text=text))
    shown = {match[1]: match[3] == "." for match in _SLOT.finditer(layout)}
    wanted = [
        None if part not in shown else name[0] + "." if shown[part] else name
        for part, name in (("s", man.surname), ("g", man.given), ("p", man.patronymic))
    ]
    named = [_plain(one.surname, one.given, one.patronymic) for one in reading.records]
    others = len(re.findall("Лаптев Олег|Гущин Илья", layout))
    kept = fold(man.surname)[:-1][:3] in fold(reading.text)
    return named.count(_plain(*wanted)) == 1 and len(named) == 1 + others and kept


def _plain(*parts: str | None) -> str:
    return fold(" ".join(part for part in parts if part)).replace("-", " ")


def main() -> None:
    """Print the shares by type of surname, people of the given name, and layout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misread", help="a type, people or layout whose misread texts to print")
    parser.add_argument("--each", type=int, default=MEN, help="men to a surname and layout")
    options = parser.parse_args()
    right: Counter[tuple[str, str]] = Counter()
    all_: Counter[tuple[str, str]] = Counter()
    for man in men(options.each):
        for name, layout in rows("layout"):
            text = text_of(layout, man)
            fine = is_right(layout, text, man)
            for of in (("surname", man.kind), ("man", man.people), ("layout", name), ("all", "")):
                all_[of] += 1
                right[of] += fine
            if not fine and options.misread in (man.kind, man.people, name, "all"):
                print(f"[{name}] {text!r}")
    for of, total in all_.items():
        print(f"{of[0]:8} {of[1]:20} {right[of] / total:.3f} of {total}")


if __name__ == "__main__":
    main()
