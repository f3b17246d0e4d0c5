"""What went wrong with a credential_process, in words: it can't be started, fails, or prints no document."""

from __future__ import annotations

import errno
import json
import re
import shlex
from pathlib import Path

from botocore.exceptions import CredentialRetrievalError

_BY_HAND = "run it by hand, to see what it prints"
_IN_A_SHELL = "write sh -c '…' around the whole command"
_OURS, _HINT = "awsactivate: error: ", " awsactivate: hint: "
_MOST_SAID = 300  # characters of what a program wrote to stderr
# What only a shell understands: between words, or within one.
_BETWEEN = re.compile(r"\|\|?|&&?|;|[0-9]?[<>]{1,2}(&[0-9])?")
_WITHIN = re.compile(r"\$[({A-Za-z_]|`")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)


class NoTextError(TypeError):
    """A value of a document of credentials is empty, or no text."""


def told(error: Exception, command: str, returncode: int) -> tuple[str, str | None]:
    """Return what `error`, raised while `command` was run and read, means, and what mends it."""
    try:
        words = shlex.split(command)
    except ValueError:
        return "credential_process has a quote or a \\ that is not closed", "check its quotes"
    if not words:
        return "credential_process is empty", "name a command, or take the line out"
    if not words[0]:
        return "credential_process '' names no program", "name a command, or take the line out"
    program = f"credential_process {words[0]!r}"
    if isinstance(error, OSError):
        said, hint = _not_run(error, command, words)
    elif isinstance(error, CredentialRetrievalError):
        said, hint = _failed(error, words, returncode)
    elif isinstance(error, RuntimeError) and "still expired" in str(error):
        said, hint = "gives credentials that have expired", "sign in again with what it runs"
    else:
        said, hint = _no_document(error), _for_a_shell(words) or _BY_HAND
    return f"{program} {said}", hint


def _for_a_shell(words: list[str]) -> str | None:
    """Return the hint for a command that only a shell would understand, which none reads."""
    is_for_one = any(_BETWEEN.fullmatch(word) or _WITHIN.search(word) for word in words)
    if words[0] in ("sh", "bash") or not is_for_one:
        return None
    return f"no shell reads it: {_IN_A_SHELL}"


def _not_run(error: OSError, command: str, words: list[str]) -> tuple[str, str | None]:
    word = words[0]
    if isinstance(error, FileNotFoundError):
        return _not_there(command, words)
    if isinstance(error, PermissionError):
        return _may_not_be_run(word)
    reason = error.strerror or type(error).__name__
    if error.errno == errno.ENOEXEC:
        return (
            f"can't be run: {reason}",
            "a script's first line must name what runs it, such as #!/bin/sh",
        )
    return f"can't be run: {reason}", None


def _may_not_be_run(word: str) -> tuple[str, str | None]:
    try:
        if Path(word).is_dir():
            return "is a folder, not a program", "name the program in it"
    except OSError:
        return "may not be run: a folder above it lets nobody through", f"ls -ld {shlex.quote(word)}"
    return "may not be run", f"chmod +x {shlex.quote(word)}"


def _not_there(command: str, words: list[str]) -> tuple[str, str | None]:
    word = words[0]
    if word.startswith("~") or "$" in word:
        return "is not there: no shell expands ~ or $ in it", f"write the whole path, or {_IN_A_SHELL}"
    if _ASSIGNMENT.match(word):
        return "is no program: no shell sets a variable for it", f"begin with env, or {_IN_A_SHELL}"
    if _is_file(word):
        return (
            "names in its first line a program that is not there",
            "check that line, and that it does not end in a carriage return",
        )
    for number in range(2, len(words) + 1):
        if _is_file(" ".join(words[:number])):
            return "is not there: a space ends it", "put the path between double quotes"
    if "\\" in command.split()[0]:
        return (
            "is not there: a \\ stands for the character behind it",
            "put the path between single quotes, or write it with /",
        )
    return "is not there", _for_a_shell(words) or "write the whole path of a program that is installed"


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # such as a name that is too long for any
        return False


def _failed(error: CredentialRetrievalError, words: list[str], returncode: int) -> tuple[str, str | None]:
    said = " ".join(str(error.kwargs.get("error_msg", "")).split())[:_MOST_SAID]
    if said.startswith(_OURS):
        said, _, hint = said.removeprefix(_OURS).partition(_HINT)
        return f"failed: {said}", hint or _BY_HAND
    if said.startswith("Unsupported version '1'"):
        return 'printed "1" as Version, which must be the number 1', _BY_HAND
    if said.startswith(("Missing required key", "Unsupported version")):
        return f"printed another document than it should: {said}", _BY_HAND
    # without words they were none, or went to the terminal
    return f"failed{_ended(returncode)}{f': {said}' if said else ''}", _for_a_shell(words) or _BY_HAND


def _ended(returncode: int) -> str:
    if returncode < 0:
        return f" (ended by signal {-returncode})"
    return f" (exit status {returncode})" if returncode else ""


def _no_document(error: Exception) -> str:
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return _not_json(error)
    if isinstance(error, NoTextError):
        return f"printed a document in which {error}"
    if isinstance(error, (AttributeError, KeyError, RecursionError)):
        return "printed JSON that is no credential_process document"
    if isinstance(error, ValueError) and str(error).startswith("Expected str or unicode"):
        return "printed a document in which a value is no text"
    if isinstance(error, (ValueError, TypeError, OverflowError)):
        return "printed an Expiration that is no time such as 2026-01-31T12:00:00Z"
    reason = getattr(error, "strerror", None)
    return f"could not be used: {type(error).__name__}{f', {reason}' if reason else ''}"


def _not_json(error: json.JSONDecodeError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "printed what is not UTF-8 text"
    if error.doc.startswith("\ufeff"):
        return "printed a byte order mark before its JSON"
    lines = error.doc.strip().splitlines()
    if not lines:
        return "printed nothing on stdout, where its JSON is expected"
    if not lines[0].lstrip().startswith("{") and any(line.lstrip().startswith("{") for line in lines):
        return "printed something else on stdout before its JSON"
    if "Extra data" in error.msg:
        return "printed something else on stdout after its JSON"
    return f"printed what is not JSON (line {error.lineno}, column {error.colno})"
