"""The table of what hands out credentials, from the package's own file."""

from __future__ import annotations

from pathlib import Path

from awsactivate.guard.handing_out import parse


def read_table() -> dict[str, tuple[str, ...]]:
    """Read it."""
    return parse(Path(__file__).with_name("handing_out.txt").read_text(encoding="utf-8"))
