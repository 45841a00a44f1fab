"""What several test files share: the small world, collected and resolved once a session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from crash_stage import Stage, staged
from small import Get, Small, build

from store.datasette.room import Room
from store.serving import application


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The small world with its database; tests that change it take a copy."""
    small = build(tmp_path_factory.mktemp("small") / "world")
    for command in ("collect", "resolve"):
        done = small.rollcall(command)
        assert done.returncode == 0, done.stderr
    return small


@pytest.fixture
def own(counted: Small, tmp_path: Path) -> Small:
    """A copy of the counted small world, to change."""
    return counted.copy(tmp_path / "own")


@pytest.fixture
def fresh(tmp_path: Path) -> Small:
    """The small world before its first collection."""
    return build(tmp_path / "fresh")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The jobs that are struck, done whole when they are first asked for."""
    with staged(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture(scope="session")
def get(counted: Small) -> Get:
    """Asks a page of the counted small world as an editor's browser does."""
    app = application(Room(db=counted.db, open_as="editor"))

    def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=named)

        return asyncio.run(exchange())

    return ask
