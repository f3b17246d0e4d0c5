"""How a text is written in each shell so that it is read back as it is: the one place that knows.

Loaded whenever a shell starts by `eval "$(awsactivate init …)"`, so it imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Mapping

SHELLS = ("bash", "zsh", "fish")


def assignments(values: Mapping[str, str], shell: str) -> str:
    """Write unexported variables, one a line, that head an integration file."""
    if shell == "fish":
        return "".join(f"set -g {name} {quote_fish(value)}\n" for name, value in values.items())
    return "".join(f"{name}={quote_posix(value)}\n" for name, value in values.items())


def quote_posix(text: str) -> str:
    """Quote `text` for bash, zsh, dash, ksh and busybox: single quotes, inside which nothing is special."""
    return "'" + text.replace("'", "'\\''") + "'"


def quote_fish(text: str) -> str:
    r"""Quote `text` for fish, where a backslash escapes inside single quotes too."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
