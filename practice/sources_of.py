"""The practice server's address → a folder of source files that collect it."""

from __future__ import annotations

from pathlib import Path

_TEMPLATES = Path(__file__).parent / "sources"


def sources(base_url: str, directory: Path) -> list[Path]:
    """Write every file of practice/sources into `directory`, {base} replaced by the address."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for template in sorted(_TEMPLATES.glob("*.toml")):
        path = directory / template.name
        text = template.read_text(encoding="utf-8")
        path.write_text(text.replace("{base}", base_url), encoding="utf-8")
        written.append(path)
    return written
