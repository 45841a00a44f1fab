"""A store with enough men that something may be shown, its public file, and a server of that."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from click.testing import CliRunner
from histories import man, new_store, post, resolve, save

from cli import main
from model import Claim


def many_men(path: Path) -> None:
    """A store of 120 men of three regions."""
    with new_store(path) as store:
        fates = [Claim.SOUGHT] * 3 + [Claim.CAPTURED, Claim.DECEASED]
        for number in range(120):
            region = ("RU-KLU", "RU-SAR", "RU-PER", "RU-KLU")[number % 4]
            one = man(surname=f"Петров{number}", home_region=region)
            save(store, post(number, "2024-08-07"), f"Ищу {number}", one)
            if (fate := fates[number % 5]) is not Claim.SOUGHT:
                told = man(fate, surname=f"Петров{number}", home_region=region)
                save(store, post(1000 + number, "2024-08-09"), f"Весть {number}", told)
        groups: dict[str, list[str]] = {}
        for stored in store.stored_records():
            groups.setdefault(str(stored.record.surname), []).append(stored.record_id)
        resolve(store, {f"p{name}": ids for name, ids in groups.items()})


def publish(path: Path, file: Path, *words: str) -> Mapping[str, object]:
    answered = CliRunner().invoke(
        main, ["--db", str(path), "publish", str(file), "--as-of", "2024-08-23", "--json", *words]
    )
    assert answered.exit_code == 0, answered.output
    found: Mapping[str, object] = json.loads(answered.stdout)
    return found


@contextmanager
def shown(file: Path) -> Iterator[str]:
    """`rollcall serve --public FILE` on a free port: its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--public", str(file), "--port", str(port)],
        env={**os.environ, "PYTHONWARNINGS": "ignore"}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, process.stderr and process.stderr.read()
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
