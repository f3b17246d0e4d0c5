"""Where the shell files of this package lie, and their text."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Return the folder `shell/`: package data in an installation, a sibling of `src/` in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "shell"
    return installed if installed.is_dir() else package.parents[1] / "shell"


def integration(shell: str) -> str:
    """Return the text of the integration for `shell`, one of `dialects.SHELLS`."""
    return (folder() / f"awsactivate.{shell}").read_text(encoding="utf-8")
