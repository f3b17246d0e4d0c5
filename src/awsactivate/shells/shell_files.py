"""Where the shell files of this package lie, and their text.

Loaded whenever a shell starts by `eval "$(awsactivate init …)"`, so it imports nothing but `os`.
"""

from __future__ import annotations

import os


def folder() -> str:
    """Return the folder `shell/`: package data in an installation, a sibling of `src/` in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    installed = os.path.join(package, "shell")
    if os.path.isdir(installed):
        return installed
    return os.path.join(os.path.dirname(os.path.dirname(package)), "shell")


def path(*names: str) -> str:
    """Return the path of a file (or folder) below `shell/`."""
    return os.path.join(folder(), *names)


def read_text(name: str) -> str:
    """Return the text of the file `name` below `shell/`."""
    with open(path(name), encoding="utf-8") as file:
        return file.read()
