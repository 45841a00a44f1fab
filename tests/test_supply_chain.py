"""What is installed is what was chosen: pinned, hashed, listed with a reason, archived alike."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))
_PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[[\w,-]+\])?==\S+( ; .+)? \\$")
_HASH = re.compile(r"^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$")


def direct() -> set[str]:
    """Names required directly, whatever for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    asked = [one for group in groups for one in group]
    return {re.split(r"[^\w-]", one)[0].lower() for one in asked}


def page() -> list[tuple[str, str, str]]:
    """Package, reason and licence of every line of the page."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    tables = text.split("\n## ")[1:]
    lines = re.findall(r"^\| ([\w-]+) \| (.+) \| (.+) \|$", "\n".join(tables), re.MULTILINE)
    return [line for line in lines if line[0] not in {"package", "---"}]


def unpinned(lock: str) -> list[str]:
    """Lines of a lock that are neither a pin, a hash of one, nor a comment; pins without a hash."""
    faults, hashes = [], {}
    name = None
    for line in lock.splitlines():
        if line.startswith("#") or not line:
            continue
        if found := _PIN.match(line):
            name = found["name"]
            hashes[name] = 0
        elif _HASH.match(line) and name:
            hashes[name] += 1
        else:
            faults.append(line)
    return faults + [name for name, count in hashes.items() if not count]


def test_every_direct_dependency_has_its_reason_and_licence() -> None:
    named = [name for name, _, _ in page()]
    assert set(named) == direct()
    assert len(named) == len(set(named))
    assert all(len(why) > 4 and licence for _, why, licence in page())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_line_with_hashes_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert unpinned(text) == []
    stated = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert not re.search(r"index-url|find-links|trusted-host|git\+", stated)
    assert "://" not in text


@pytest.mark.parametrize(
    "line",
    ["evil>=1", "evil==1", "evil @ git+ssh://x", "--index-url x", "evil==1 \\\n    --hash=md5:00"],
)
def test_a_planted_line_is_seen(line: str) -> None:
    whole = f"good==1 \\\n    --hash=sha256:{'0' * 64}\n"
    assert unpinned(whole) == []
    assert unpinned(f"{whole}{line}\n") != []


def test_the_lock_holds_every_direct_dependency() -> None:
    pins = {
        found["name"]
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if (found := _PIN.match(line))
    }
    assert direct() - pins == {"natasha", "scrapy", "pyspark"}  # of other environments


def test_the_install_checks_the_hashes() -> None:
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install .*-r \S+", made)
    assert len(installs) == 3
    assert all("--require-hashes" in line and "--no-deps" in line for line in installs)


def wheel(folder: Path) -> Path:
    """The smallest package there can be."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    about = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("tiny.py", "")
        packed.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        packed.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
            "Tag: py3-none-any\n",
        )  # fmt: skip
        packed.writestr(f"{about}/RECORD", f"tiny.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n")
    return path


def test_a_changed_package_or_lock_is_refused(tmp_path: Path) -> None:
    """By the options with which `make install` calls pip."""
    package = wheel(tmp_path)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()

    def installed(hashed: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "lock").write_text(f"tiny==1.0 \\\n    --hash=sha256:{hashed}\n")
        return subprocess.run(
            [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "--no-index",
             "--find-links", str(tmp_path), "--target", str(tmp_path / "out"), "--upgrade",
             "-r", str(tmp_path / "lock")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert installed(digest).returncode == 0
    refused = installed(("1" if digest[0] == "0" else "0") + digest[1:])
    assert (refused.returncode, "DO NOT MATCH THE HASHES" in refused.stderr) == (1, True)
    package.write_bytes(package.read_bytes() + b"\n")
    assert installed(digest).returncode == 1


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_two_clones_make_the_same_archive(tmp_path: Path) -> None:
    digests = []
    for number, umask in enumerate((0o022, 0o077)):
        clone = tmp_path / f"clone{number}"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, umask=umask)
        subprocess.run(
            ["make", "-s", "archive"], cwd=clone, check=True, umask=umask, capture_output=True
        )
        (made,) = (clone / "dist").glob("*.tar.gz")
        digests.append(hashlib.sha256(made.read_bytes()).hexdigest())
    assert digests[0] == digests[1]
    with tarfile.open(made) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"README.md", "requirements.lock", "store/facade.py"} <= names
    assert not any(name.startswith((".git/", ".venv")) for name in names)


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
def test_the_bill_of_materials_names_every_dependency(tmp_path: Path) -> None:
    tool = ROOT / ".venv" / "bin" / "cyclonedx-py"
    if not tool.exists():
        pytest.skip("not installed by make")
    out = tmp_path / "bom.json"
    subprocess.run(
        [tool, "environment", str(ROOT / ".venv"), "--pyproject", str(ROOT / "pyproject.toml"),
         "--output-reproducible", "--of", "JSON", "-o", str(out)],
        check=True, capture_output=True,
    )  # fmt: skip
    bill = json.loads(out.read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    listed = {part["name"].lower().replace("_", "-") for part in bill["components"]}
    assert direct() - listed == {"natasha", "scrapy", "pyspark"}
