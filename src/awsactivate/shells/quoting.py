"""How a text is written in each shell so that it is read back as it is: the one place that knows.

Loaded whenever a shell starts by `eval "$(awsactivate init …)"`, so it imports nothing.
"""

from __future__ import annotations


def quote_posix(text: str) -> str:
    """Quote `text` for bash, zsh, dash, ksh and busybox: single quotes, inside which nothing is special."""
    return "'" + text.replace("'", "'\\''") + "'"


def quote_fish(text: str) -> str:
    r"""Quote `text` for fish, where a backslash escapes inside single quotes too."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_csh(text: str) -> str:
    """Quote `text` of one line for tcsh, which looks for its history even inside single quotes."""
    return "'" + text.replace("'", "'\\''").replace("!", "\\!") + "'"


def quote_by_doubling(text: str) -> str:
    """Quote `text` for elvish: single quotes, inside which a quote is written twice."""
    return "'" + text.replace("'", "''") + "'"


def quote_powershell(text: str) -> str:
    """Quote `text` for PowerShell, which takes the typographic single quotes for quotes too."""
    return "'" + "".join(c * 2 if c in "'\u2018\u2019\u201a\u201b" else c for c in text) + "'"


def quote_nushell(text: str) -> str:
    """Quote `text` for nushell: double quotes, inside which a backslash escapes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def needs_quotes(text: str) -> bool:
    """Tell whether a shell, or a reader of a `.env` file, could take `text` for something else."""
    return not all(letter.isascii() and (letter.isalnum() or letter in "_./:@%+,=-") for letter in text)
