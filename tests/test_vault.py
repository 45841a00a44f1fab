"""Raw pages are sealed before anything is written; the chain shows whatever happened to them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pysqlite3
import pytest
from click.testing import CliRunner
from server import Server, answer
from small import PHONE, RELATIVE, Small, build

from cli import main
from store import Store
from store import vault as sealed


def run(world: Small, *words: str, key: str | None = None) -> tuple[int, str, str]:
    """A command with, or without, a vault's key."""
    environment = {"ROLLCALL_VAULT_KEY": key or ""}
    place = ["--db", str(world.db), "--sources", str(world.sources)]
    answer = CliRunner().invoke(main, [*place, *words], env=environment)
    return answer.exit_code, answer.stdout, answer.stderr


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Small, str, Path]]:
    """A world collected over HTTP, its public key, its identity file."""
    folder = tmp_path_factory.mktemp("vault")
    world = build(folder / "world")
    code, out, err = run(world, "vault", "keygen", str(folder / "identity.txt"))
    assert code == 0, err
    with Server({"/posts.jsonl": answer((world.folder / "posts.jsonl").read_bytes())}) as server:
        world.add("channel", f'kind = "posts"\nurl = "{server.url}/posts.jsonl"\n')
        assert run(world, "collect", "--allow-loopback", key=out.strip())[0] == 0
        yield world, out.strip(), folder / "identity.txt"


@pytest.fixture
def world(kept: tuple[Small, str, Path], tmp_path: Path) -> Small:
    """A copy of it, to spoil."""
    return kept[0].copy(tmp_path / "copy")


def verdict(world: Small) -> tuple[int, dict[str, object]]:
    code, out, _ = run(world, "vault", "verify", "--json")
    return code, json.loads(out)


def files(world: Small) -> list[Path]:
    return sorted(sealed.folder(world.db).glob("??/*.age"))


def test_nothing_on_disk_is_readable(kept: tuple[Small, str, Path]) -> None:
    world, _, _ = kept
    written = [p for p in world.folder.rglob("*") if p.is_file() and "count.db" in str(p)]
    assert any(path.suffix == ".age" for path in written)
    for path in written:
        for secret in (PHONE, RELATIVE, PHONE.replace(" ", "")):
            assert secret.encode() not in path.read_bytes(), path


def test_sealed_files_are_private(kept: tuple[Small, str, Path]) -> None:
    for path in files(kept[0]):
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_second_round_without_news_seals_nothing(kept: tuple[Small, str, Path]) -> None:
    world, public, _ = kept
    before = files(world)
    assert run(world, "collect", "--allow-loopback", key=public)[0] == 0
    assert files(world) == before


def test_the_offline_key_gives_the_bytes_back(
    kept: tuple[Small, str, Path], tmp_path: Path
) -> None:
    world, _, identity = kept
    code, out, err = run(
        world, "vault", "open", str(tmp_path / "out"), "-i", str(identity), "--json"
    )
    assert code == 0, err
    raw = {entry["source"]: (tmp_path / "out" / entry["file"]) for entry in json.loads(out)}
    originals = [path.read_bytes() for path in world.sources.parent.rglob("*") if path.is_file()]
    assert raw
    for path in raw.values():
        assert path.read_bytes() in originals
        assert path.stat().st_mode & 0o077 == 0
    assert any(PHONE.encode() in path.read_bytes() for path in raw.values())


def test_one_post_leads_to_what_it_was_read_from(
    kept: tuple[Small, str, Path], tmp_path: Path
) -> None:
    world, _, identity = kept
    with Store.open(world.db, read_only=True) as store:
        source, name = store.connection.execute(
            "SELECT source, external_id FROM post LIMIT 1"
        ).fetchone()
        row = store.connection.execute(
            "SELECT sha256, captured_at, client FROM capture WHERE source = ?", (source,)
        ).fetchone()
    code, out, _ = run(
        world, "vault", "open", str(tmp_path / "o"), "-i", str(identity), "--post", source, name,
        "--json",
    )  # fmt: skip
    (entry,) = json.loads(out)
    assert (code, entry["sha256"], entry["captured_at"]) == (0, row["sha256"], row["captured_at"])
    assert row["client"].startswith("rollcall/")


def test_verify_needs_no_key_and_is_sound(kept: tuple[Small, str, Path]) -> None:
    code, found = verdict(kept[0])
    assert (code, found["sound"], found["captures"]) == (0, True, found["sealed"])
    assert len(str(found["head"])) == 64


def test_a_flipped_byte_is_named(world: Small, kept: tuple[Small, str, Path]) -> None:
    path = files(world)[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, found = verdict(world)
    assert (code, len(found["damaged"])) == (1, 1)  # type: ignore[arg-type]
    out = run(world, "vault", "open", str(world.folder / "o"), "-i", str(kept[2]))
    assert out[0] == 1
    assert "capture" in out[2]


def test_a_missing_file_is_named(world: Small) -> None:
    files(world)[-1].unlink()
    code, found = verdict(world)
    assert (code, len(found["missing"])) == (1, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE capture SET sha256 = 'x' WHERE capture_id = 1",
        "UPDATE capture SET captured_at = '1999' WHERE capture_id = 2",
        "DELETE FROM capture WHERE capture_id = 1",
    ],
)
def test_a_rewritten_line_breaks_the_chain(world: Small, change: str) -> None:
    connection = pysqlite3.connect(str(world.db))
    with pytest.raises(pysqlite3.IntegrityError):
        connection.execute(change)
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'capture'"
    ).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(change)
    for _, script in triggers:
        connection.execute(script)
    connection.commit()
    connection.close()
    code, found = verdict(world)
    assert code == 1
    assert found["broken"] is not None


def test_a_file_of_no_capture_is_only_mentioned(world: Small) -> None:
    shutil.copy(files(world)[0], files(world)[0].with_stem("0" * 64))
    code, found = verdict(world)
    assert (code, found["strays"]) == (0, 1)


def test_another_identity_opens_nothing(world: Small, tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text(str(pyrage.x25519.Identity.generate()))
    code, _, err = run(world, "vault", "open", str(tmp_path / "o"), "-i", str(path))
    assert (code, "another key" in err) == (1, True)


@pytest.mark.parametrize("key", ["age1nonsense", "AGE-SECRET-KEY-1QQQ", "ssh-ed25519 AAAA"])
def test_a_wrong_key_stops_before_anything_is_fetched(tmp_path: Path, key: str) -> None:
    world = build(tmp_path / "w")
    code, _, err = run(world, "collect", key=key)
    assert (code, "ROLLCALL_VAULT_KEY" in err, key in err) == (2, True, False)
    assert not world.db.exists()


def test_without_a_key_only_hashes_are_kept(tmp_path: Path) -> None:
    world = build(tmp_path / "w")
    assert run(world, "collect")[0] == 0
    assert not sealed.folder(world.db).exists()
    code, found = verdict(world)
    assert (code, found["sealed"], found["captures"] != 0) == (0, 0, True)


def test_an_erased_capture_leaves_its_line_and_no_file(
    world: Small, tmp_path: Path, kept: tuple[Small, str, Path]
) -> None:
    with Store.open(world.db) as store, store.writing() as connection:
        count = sealed.note_erased(connection, [1], "2025-01-01T00:00:00Z")
    with Store.open(world.db) as store:
        sealed.sweep(store.connection, sealed.folder(world.db))
    assert count == 1
    code, found = verdict(world)
    assert (code, found["erased"], found["sound"]) == (0, 1, True)
    code, _, err = run(
        world, "vault", "open", str(tmp_path / "o"), "-i", str(kept[2]), "--capture", "1"
    )
    assert (code, "erased" in err) == (2, True)


def test_keygen_overwrites_nothing(world: Small, tmp_path: Path) -> None:
    path = tmp_path / "id"
    path.write_text("mine")
    assert run(world, "vault", "keygen", str(path))[0] == 2
    assert path.read_text() == "mine"
    assert os.access(path, os.R_OK)
