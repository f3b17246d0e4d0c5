"""The folders that this program uses in a user's home."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from awsactivate.errors import ProfileError


def home(environ: Mapping[str, str]) -> Path:
    """Return the user's home folder; ProfileError where neither HOME nor the user's account names one."""
    if named := environ.get("HOME"):
        return Path(named)
    try:
        return Path.home()
    except RuntimeError as error:
        raise ProfileError(
            "this user has no home folder: HOME is not set, and the user id has no account",
            "set HOME, such as to an empty folder",
        ) from error


def with_variables(path: str, environ: Mapping[str, str]) -> str:
    """Put the values of `$NAME` and `${NAME}` into a path, as botocore does; what is not set stays."""
    if "$" not in path:
        return path
    import re

    return re.sub(
        r"\$(?:\{([^}]*)\}|(\w+))",
        lambda found: environ.get(found[1] or found[2] or "", found[0]),
        path,
        flags=re.ASCII,
    )


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return our folder for data that should stay (XDG base directory specification)."""
    return Path(environ.get("XDG_DATA_HOME") or home(environ) / ".local/share") / "awsactivate"


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return our folder for state that may be lost (XDG base directory specification)."""
    return Path(environ.get("XDG_STATE_HOME") or home(environ) / ".local/state") / "awsactivate"
