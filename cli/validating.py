"""`validate`: PFIF files → what is wrong in them, line by line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from cli.output import as_json, console, print_json
from model import UnusableInput
from store import pfif_check


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@as_json
@click.pass_context
def validate(ctx: click.Context, *, files: tuple[Path, ...], as_json: bool) -> None:
    """Check PFIF FILES (1.2, 1.3, 1.4) against the specification; exit 1 where one is wrong."""
    found = []
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnusableInput(f"{path}: {error.strerror}") from error
        checked = pfif_check.check(content, datetime.now(UTC))
        found.append((path, checked))
    if as_json:
        print_json([
            {
                "file": str(path), "version": one.version, "persons": one.persons,
                "notes": one.notes,
                "faults": [
                    {"line": fault.line, "place": fault.place, "cause": fault.cause}
                    for fault in one.faults
                ],
            }
            for path, one in found
        ])  # fmt: skip
    else:
        for path, one in found:
            lines = [f"{path}:{f.line}: {f.place}: {f.cause}" for f in one.faults]
            lines.append(
                f"{path}: PFIF {one.version or '?'}, {one.persons} persons, {one.notes} notes, "
                f"{len(one.faults)} faults"
            )
            console().print("\n".join(lines), markup=False, soft_wrap=True, highlight=False)
    if any(one.faults for _, one in found):
        ctx.exit(1)
