"""A small world of invented people: a folder of posts and lists, and their sources' TOML files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from store.users import Role, Users, users_file

Get = Callable[..., httpx.Response]  # a page asked for: path, method, headers
PHONE = "8 900 000 44 55"
RELATIVE = "Пелагея Тимофеевна"
POSTS = [
    ("s1", "2024-08-08T10:00:00+03:00",
     "Помогите найти сына! Крутицын Лука Ильич, 11.03.2005 г.р., срочник, в/ч 90909, Калуга. "
     f"Нет связи с 6 августа, был под Суджей. Тел. {PHONE}, мама {RELATIVE}"),
    ("s2", "2024-08-09T11:00:00+03:00",
     "Ищу брата. Сухоруков Назар Олегович, 2004 года рождения, контрактник, Саратов. "
     "На связь не выходит с 1 августа."),
    ("s3", "2024-08-12T12:00:00+03:00",
     "Крутицын Лука Ильич, 2005 г.р., Калуга, срочник. Он в плену, есть видео. Спасибо всем."),
    ("s4", "2024-08-20T09:00:00+03:00",
     "Разыскивается Ветошкин Тихон Савельевич, 17.05.1988 г.р., мобилизован, Пермь. "
     "Последний раз звонил 10 августа."),
    ("s5", "2024-08-21T09:00:00+03:00", "Продам гараж в Калуге, недорого, звоните."),
]  # fmt: skip
CAPTURED = "ФИО;Дата рождения;Дата видео\nКрутицын Лука Ильич;11.03.2005;15.08.2024\nЗапольский Егор Львович;1999;01.09.2024\n"  # noqa: E501
DECEASED = "name,born,added\nВетошкин Тихон Савельевич,17.05.1988,2024-09-10\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """Where the small world lies."""

    folder: Path

    @property
    def db(self) -> Path:
        """The database of this world."""
        return self.folder / "count.db"

    @property
    def sources(self) -> Path:
        """The folder of its TOML files."""
        return self.folder / "sources"

    def add(self, name: str, text: str) -> None:
        """One more source."""
        (self.sources / f"{name}.toml").write_text(text, encoding="utf-8")

    def rollcall(
        self, *arguments: str, stdin: str = "", by: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command on this world, as an operator would, or as the editor `by`."""
        environment = dict(os.environ)
        if by is not None:
            users = Users(users_file(self.db))
            if users.get(by) is None:
                users.add(by, Role.EDITOR, password_of(by), datetime.now(UTC))
            environment |= {"ROLLCALL_EDITOR": by, "ROLLCALL_PASSWORD": password_of(by)}
        return subprocess.run(
            [*COMMAND, "--db", str(self.db), "--sources", str(self.sources), *arguments],
            input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=180, check=False,
            env=environment,
        )  # fmt: skip

    def copy(self, folder: Path) -> Small:
        """The same world in another folder, to change it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Small(folder=folder)


COMMAND = (sys.executable, "-m", "cli")


def password_of(name: str) -> str:
    """An invented editor's password."""
    return f"a long password of {name}"


def lines(posts: list[tuple[str, str, str]]) -> str:
    """Posts as JSON lines."""
    keys = ("post_id", "posted_at", "text")
    rows = (dict(zip(keys, post, strict=True)) for post in posts)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def build(folder: Path) -> Small:
    """Write the world; nothing is collected yet."""
    small = Small(folder=folder)
    small.sources.mkdir(parents=True)
    (folder / "posts.jsonl").write_text(lines(POSTS), encoding="utf-8")
    (folder / "captured.csv").write_bytes(CAPTURED.encode("windows-1251"))
    (folder / "deceased.csv").write_text(DECEASED, encoding="utf-8")
    small.add("channel", 'kind = "posts"\nurl = "../posts.jsonl"\nevery = "1h"\n')
    small.add(
        "captured",
        'kind = "csv"\nurl = "../captured.csv"\nclaim = "captured"\nencoding = "windows-1251"\n'
        'columns = { name = "ФИО", birth_date = "Дата рождения", event_date = "Дата видео" }\n',
    )
    small.add(
        "deceased",
        'kind = "csv"\nurl = "../deceased.csv"\nclaim = "deceased"\n'
        'columns = { name = "name", birth_date = "born", event_date = "added" }\n',
    )
    return small


def jsonl(text: str) -> list[dict[str, object]]:
    """Each line of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]
