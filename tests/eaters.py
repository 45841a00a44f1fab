"""What a page might make its reader do."""

from __future__ import annotations

import os


def eat(size: int) -> int:
    return len(bytearray(size))


def spin() -> None:
    while True:
        pass


def secrets() -> list[str]:
    return [key for key in os.environ if key.startswith("ROLLCALL")]
