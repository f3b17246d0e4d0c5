"""The table of actions, from the package's own file."""

from __future__ import annotations

from pathlib import Path

from awsactivate.guard.actions import Actions


def actions() -> Actions:
    """Read it."""
    return Actions(Path(__file__).with_name("actions.txt").read_text(encoding="utf-8"))
