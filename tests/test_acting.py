"""Who acted: proved at the terminal, whatever a command line or an environment claims."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from small import Small, password_of

from cli import acting, main
from model import UnusableInput
from store import Store
from store.users import Role, Users, users_file

NOW = datetime(2024, 9, 1, tzinfo=UTC)
PASSWORD = password_of("anna")
ANNA = {"ROLLCALL_PASSWORD": PASSWORD}
Ask = Callable[..., Result]
ERASE = ("erase", "post", "channel")


@pytest.fixture
def ask(counted: Small, tmp_path: Path) -> Ask:
    """Erase as somebody, in a world with the editor anna and the analyst vera."""
    own = counted.copy(tmp_path / "w")
    users = Users(users_file(own.db))
    users.add("anna", Role.EDITOR, PASSWORD, NOW)
    users.add("vera", Role.ANALYST, PASSWORD, NOW)

    def run(post: str, *words: str, **environment: str) -> Result:
        place = ["--db", str(own.db), "--sources", str(own.sources)]
        return CliRunner().invoke(main, [*place, *ERASE, post, *words], env=environment)

    run.db = own.db  # type: ignore[attr-defined]
    return run


def actors(db: Path) -> list[str]:
    with Store.open(db, read_only=True) as store:
        rows = store.connection.execute("SELECT actor FROM audit WHERE action = 'erase post'")
        return [row["actor"] for row in rows]


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("--by", "anna"), {"ROLLCALL_PASSWORD": "not her password"}, "wrong name or password"),
        (("--by", "boris"), ANNA, "wrong name or password"),
        (("--by", "vera"), ANNA, "analyst"),
        ((), ANNA, "wrong name or password"),  # the login name is no user here
        (("--by", "anna"), {}, "no terminal"),
        (("--by", "anna"), {"ROLLCALL_PASSWORD_FD": "734"}, "no open file"),
        (("--by", "anna"), {"ROLLCALL_PASSWORD_FD": "two"}, "no open file"),
    ],
)
def test_nobody_acts_under_a_name_that_is_not_his(
    ask: Ask, words: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    answered = ask("s5", *words, **environment)
    assert (answered.exit_code, told in answered.output) == (2, True), answered.output
    assert PASSWORD not in answered.output
    assert actors(ask.db) == []  # type: ignore[attr-defined]


def test_the_one_who_proves_it_stands_in_the_audit(ask: Ask) -> None:
    assert ask("s5", "--by", "anna", **ANNA).exit_code == 0
    assert ask("s4", ROLLCALL_EDITOR="anna", **ANNA).exit_code == 0
    read, write = os.pipe()
    os.write(write, f"{PASSWORD}\n".encode())
    os.close(write)
    assert ask("s2", "--by", "anna", ROLLCALL_PASSWORD_FD=str(read)).exit_code == 0
    os.close(read)
    assert actors(ask.db) == ["anna"] * 3  # type: ignore[attr-defined]


def test_without_users_the_account_of_the_machine_acts(counted: Small, tmp_path: Path) -> None:
    own = counted.copy(tmp_path / "w")
    claimed = own.rollcall(*ERASE, "s5", "--by", "anna")
    assert (claimed.returncode, "no users yet" in claimed.stderr) == (2, True)
    done = CliRunner().invoke(main, ["--db", str(own.db), *ERASE, "s5"], env={"LOGNAME": "anna"})
    assert done.exit_code == 0
    assert actors(own.db) == [acting.LOGIN + acting.account()]


@pytest.mark.parametrize("name", ["login:anna", "service", "resolution", "model:1"])
def test_no_user_bears_a_name_that_rollcall_writes_itself(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnusableInput):
        Users(tmp_path / "users.json").add(name, Role.EDITOR, PASSWORD, NOW)


@pytest.mark.parametrize(
    "words",
    [
        "review decide", "review undo", "review approve", "lists release", "lists refuse",
        "weeks release", "weeks refuse", "erase person", "erase post", "erase source",
        "erase texts", "restore",
    ],
)  # fmt: skip
def test_every_command_that_names_an_actor_asks_him(words: str) -> None:
    command: click.Command = main
    for word in words.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    named = {option.name for option in command.params}
    assert {"by", "users"} <= named
    assert not {"password", "token"} & named, "arguments are seen by everyone on the machine"


def test_a_name_before_the_word_is_meant_too(counted: Small, tmp_path: Path) -> None:
    own = counted.copy(tmp_path / "w")
    Users(users_file(own.db)).add("anna", Role.EDITOR, PASSWORD, NOW)
    place = ["--db", str(own.db), "review", "--by", "anna", "undo", "1"]
    answered = CliRunner().invoke(main, place, env=ANNA)
    assert "no human's decision 1" in answered.output, "anna was let in"
