"""The table of what reads, from the package's own file."""

from __future__ import annotations

from pathlib import Path

from awsactivate.scopes.reads import Reading, parse


def read_table() -> dict[str, Reading]:
    """Read it."""
    return parse(Path(__file__).with_name("reads.txt").read_text(encoding="utf-8"))
