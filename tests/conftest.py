"""What several test files share: the small world, collected and resolved once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_stage import Stage, staged
from small import Small, build


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
