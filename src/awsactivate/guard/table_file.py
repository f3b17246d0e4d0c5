"""The table of actions, from the package's own file."""

from __future__ import annotations

from pathlib import Path

from awsactivate.guard.actions import Actions, parse


def read_table() -> Actions:
    """Read it."""
    return parse(Path(__file__).with_name("actions.txt").read_text(encoding="utf-8"))
