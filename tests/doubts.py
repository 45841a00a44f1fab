"""Namesakes of whom a model may doubt: a world of pairs to be decided, and a served room of it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from small import Small, build, lines, password_of

SURNAMES = ("Журавкин", "Полозьев", "Сторожкин", "Мельничников", "Гостюхин", "Яровицын", "Бережнов")
POSTS = [
    (f"{letter}{n}", f"2024-08-{10 + n}T{hour}:00:00+03:00",
     f"Помогите найти! {surname} Платон {patronymic}, {born} г.р., срочник, {town}. "
     "Нет связи с 6 августа.")
    for n, surname in enumerate(SURNAMES)
    for letter, hour, patronymic, born, town in (
        ("a", "10", "Ильич", 2005, "Калуга"), ("b", "12", "Лукич", 1991, "Пермь"))
]  # fmt: skip
PASSWORDS = {name: password_of(name) for name in ("anna", "boris", "vera")}


def doubtful(folder: Path) -> Small:
    """A counted world in which each surname stands twice, and each two wait for a decision."""
    small = build(folder)
    old = (folder / "posts.jsonl").read_text(encoding="utf-8")
    (folder / "posts.jsonl").write_text(old + lines(POSTS), encoding="utf-8")
    for command in ("collect", "resolve"):
        done = small.rollcall(command)
        assert done.returncode == 0, done.stderr
    queue_pairs(small.db)
    for name, role in (("anna", "editor"), ("boris", "editor"), ("vera", "analyst")):
        done = small.rollcall("user", "add", name, "--role", role, stdin=f"{PASSWORDS[name]}\n")
        assert done.returncode == 0, done.stderr
    return small


def queue_pairs(db: Path) -> None:
    """Each two of one surname as a pair the model had doubts about."""
    with sqlite3.connect(db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        connection.execute("DELETE FROM review")
        for n, surname in enumerate(SURNAMES):
            ids = sorted(
                row[0]
                for row in connection.execute(
                    "SELECT record_id FROM record WHERE surname = ?", (surname,)
                )
            )
            assert len(ids) == 2, surname
            connection.execute(
                "INSERT INTO review (left_id, right_id, score, findings, opened_at) VALUES "
                "(?, ?, ?, '[]', '2024-08-23T12:00:00.000000Z')", (*ids, n - 3),
            )  # fmt: skip
    connection.close()


@contextmanager
def served(small: Small, *options: str) -> Iterator[str]:
    """`rollcall serve` on it, as an operator starts it; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cli", "--db", str(small.db), "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, *options], env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert process.poll() is None, process.stderr and process.stderr.read()
            try:
                httpx.get(f"{url}/-/login", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


MEN = """kind = "csv"
url = "../men.csv"
claim = "captured"
columns = { name = "ПІБ", claim = "Статус", event_date = "День" }
"""
UNCLEAR = ("Пробный Лука Ильич,кракозябра", "Дальний Егор Львович,погиб?",
           "Ветошкин Тихон Савельевич,хз")  # fmt: skip  # the last one is sought


def unclear(small: Small) -> Small:
    """A list of men whose status nobody understands, beside the world that was counted."""
    small.add("men", MEN)
    rows = "".join(f"{row},14.08.2024\n" for row in ("Понятный Савва Ильич,в плену", *UNCLEAR))
    (small.folder / "men.csv").write_text(f"ПІБ,Статус,День\n{rows}", encoding="utf-8")
    for command in (("collect", "men"), ("resolve",)):
        done = small.rollcall(*command)
        assert done.returncode in (0, 1), done.stderr
    return small
