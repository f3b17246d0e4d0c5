"""The folders that this program uses in a user's home."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home(environ: Mapping[str, str]) -> Path:
    """Return the user's home folder."""
    return Path(environ.get("HOME") or Path.home())


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return our folder for data that should stay (XDG base directory specification)."""
    return Path(environ.get("XDG_DATA_HOME") or home(environ) / ".local/share") / "awsactivate"


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return our folder for state that may be lost (XDG base directory specification)."""
    return Path(environ.get("XDG_STATE_HOME") or home(environ) / ".local/state") / "awsactivate"
