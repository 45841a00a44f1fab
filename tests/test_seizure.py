"""Whoever seizes the machine finds no relative: every byte of every file is searched."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pyrage
import pytest
from canaries import Canary, canaries, lines
from canary_places import hidden
from server import Scripted, Server, answer
from small import Small

KEY = str(pyrage.x25519.Identity.generate().to_public())
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251")
_NOISE = re.compile(r"[^\d]+")


def found(chosen: list[Canary], files: Iterable[Path]) -> list[str]:
    """Canaries that can be read in the files: as typed, in other encodings, as bare digits."""
    leaks = []
    for path in files:
        content = path.read_bytes()
        text = content.decode("utf-8", "ignore").casefold()
        plain = unicodedata.normalize("NFKC", text)
        digits = _NOISE.sub("", re.sub(r"(?<=\d)[^\d\n]{1,3}(?=\d)", "", plain))
        for canary in chosen:
            if (
                canary.digits
                and canary.digits in digits
                and canary.digits in plain.translate({ord(c): None for c in " -()./*\u200b"})
            ):
                leaks.append(f"{canary.kind} in {path.name}")
            for needle in canary.needles:
                forms = {
                    needle,
                    needle.casefold(),
                    needle.upper(),
                    unicodedata.normalize("NFD", needle),
                }
                encoded = [f.encode(code, "ignore") for f in forms for code in ENCODINGS]
                encoded.append(base64.b64encode(needle.encode())[:-4])
                if needle.casefold() in text or any(e and e in content for e in encoded):
                    leaks.append(f"{canary.kind} in {path.name}")
    return leaks


def files_of(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def a_day(world: Small, scratch: Path, chosen: list[Canary], kills: int) -> list[Path]:
    """Collect, crash, resolve, export, report, publish, back up; every file that was written.

    `chosen`: posts with canaries in their text; those of other places are added to it.
    """
    environment = {
        **os.environ, "ROLLCALL_VAULT_KEY": KEY, "TMPDIR": str(scratch), "ROLLCALL_BACKUP_KEY": KEY,
    }  # fmt: skip
    base = [sys.executable, "-m", "cli", "--db", str(world.db), "--sources", str(world.sources)]

    def run(*words: str, stdout: Path | None = None, kill_after: float | None = None) -> None:
        log = (world.folder / f"{words[0]}.log").open("ab")
        out = stdout.open("wb") if stdout else log
        with log, out:
            running = subprocess.Popen([*base, *words], stdout=out, stderr=log, env=environment)
            if kill_after is not None:
                time.sleep(kill_after)
                running.send_signal(signal.SIGKILL)
            running.wait(timeout=300)

    script: dict[str, Scripted] = {"/posts.jsonl": answer(lines(chosen))}
    with Server(script) as server:
        world.sources.mkdir(parents=True)
        world.add("channel", f'kind = "posts"\nurl = "{server.url}/posts.jsonl"\n')
        beside = hidden(server.url)
        script |= beside.pages
        for name, toml in beside.sources.items():
            world.add(name, toml)
        for number in range(kills):
            run("collect", "--allow-loopback", kill_after=1.0 + 0.7 * number)
        run("collect", "--allow-loopback")
    run("resolve", kill_after=1.5)
    run("resolve")
    for form in ("jsonl", "csv", "parquet", "pfif", "ftm"):
        run("export", "persons", "--format", form, stdout=world.folder / f"persons.{form}")
    run("export", "records", stdout=world.folder / "records.jsonl")
    run("tally", "--as-of", "2024-12-31", "--json", stdout=world.folder / "tally.json")
    run("report", str(world.folder / "report"), "--as-of", "2024-12-31")
    run("publish", str(world.folder / "public.db"), "--as-of", "2024-12-31")
    run("backup", str(world.folder / "backup.age"))
    run("doctor")
    run("extract", "--replay")
    chosen += beside.canaries
    return [path for path in files_of(world.folder, scratch) if path.parent != world.sources]


def test_a_seized_machine_tells_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = list(canaries(60, seed=2))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    written = a_day(Small(folder=tmp_path / "w"), scratch, chosen, kills=1)
    assert len(written) > 15
    assert found(chosen, written) == []


@pytest.mark.slow
def test_five_hundred_canaries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = list(canaries(500))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    written = a_day(Small(folder=tmp_path / "w"), scratch, chosen, kills=5)
    size = sum(path.stat().st_size for path in written)
    with capsys.disabled():
        print(f"\n{len(chosen)} canaries, {len(written)} files, {size} bytes searched")
    assert found(chosen, written) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Each canary planted as it is, and in other forms, is found."""
    for canary in canaries(40, seed=3):
        for number, text in enumerate((canary.needles[0], canary.post["text"])):
            for code in ("utf-8", "utf-16-le"):
                path = tmp_path / f"{number}.bin"
                path.write_bytes(b"\x00\xff\x10" + text.encode(code) + b"\x00")
                assert found([canary], [path]), (canary.kind, code)
    phone = next(c for c in canaries(5, seed=3) if c.digits)
    (tmp_path / "p").write_text("tel 8-" + "-".join(phone.digits))
    assert found([phone], [tmp_path / "p"])
