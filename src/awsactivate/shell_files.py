"""Where the shell files of this package lie, and their text.

Loaded whenever a shell starts by `eval "$(awsactivate init …)"`, so it imports nothing but `os`.
"""

from __future__ import annotations

import os


def folder() -> str:
    """Return the folder `shell/`: package data in an installation, a sibling of `src/` in a checkout."""
    package = os.path.dirname(os.path.realpath(__file__))
    installed = os.path.join(package, "shell")
    if os.path.isdir(installed):
        return installed
    return os.path.join(os.path.dirname(os.path.dirname(package)), "shell")


def path(*names: str) -> str:
    """Return the path of a file (or folder) below `shell/`."""
    return os.path.join(folder(), *names)


def integration(shell: str) -> str:
    """Return the text of the integration for `shell`: its prompt first where that is a file of its own."""
    prompt = _text("prompt.fish") if shell == "fish" else ""
    return prompt + _text(f"awsactivate.{shell}") + _text("completion", f"load.{shell}")


def _text(*names: str) -> str:
    with open(path(*names), encoding="utf-8") as file:
        return file.read()
