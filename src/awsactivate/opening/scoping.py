"""From the words that narrow a session to the scope that is meant; its file, or stdin, is read here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from awsactivate.errors import ProfileError, UsageError
from awsactivate.profiles.model import Profile, Profiles

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.scopes.scope import Scope

_LONGEST_FILE = 1_000_000  # bytes: far more than any policy, white space and all
_LIST = "awsactivate scope list"


def read_word(word: str, *, flag: str) -> Scope:
    """Return the scope that `word` is: its name, a file's path, or `-` for stdin; errors call it `flag`."""
    from awsactivate.scopes import scope, table_file

    if scope.is_named(word):
        try:
            return scope.named(word, table_file.read_table())
        except ValueError as error:
            raise UsageError(f"{flag} {error}", _LIST) from error
    return read_file(word, flag=flag)


def read_file(path: str, *, flag: str) -> Scope:
    """Return the scope that the policy in a file is, or that on stdin where it is `-`."""
    from awsactivate.scopes import scope

    try:
        return scope.of_policy(read_text(path, flag=flag))
    except ValueError as error:
        name = "the policy on stdin" if path == "-" else path
        hint = None if path == "-" else f"awsactivate scope check {path}"
        raise UsageError(f"{flag}: {name}: {error}", hint) from error


def read_profile(profile: Profile | None, profiles: Profiles) -> Scope | None:
    """Return what a profile says by `session_policy`; ProfileError where that can't be.

    One without a role gives the session of its source profile, and what that one says holds then.
    """
    seen: set[str] = set()
    while profile is not None and profile.name not in seen:
        if word := profile.session_policy:
            return _read_said_by(profile, word)
        seen.add(profile.name)
        profile = None if profile.role_arn else profiles.get(profile.source_profile or "")
    return None


def _read_said_by(profile: Profile, word: str) -> Scope:
    import shlex

    from awsactivate.scopes import scope

    flag = f"profile {profile.name!r}: session_policy"
    place = profile.place("session_policy")
    try:
        if word == scope.READ_ONLY:
            return read_word(word, flag=flag)
        path = Path(word).expanduser()
        folder = Path(place[0] if place else profile.path).expanduser().parent
        return read_file(str(folder / path), flag=flag)
    except (UsageError, RuntimeError) as error:
        hint = f"${{EDITOR:-vi}} +{place[1]} {shlex.quote(place[0])}" if place else None
        message = error.message if isinstance(error, UsageError) else f"{flag}: {word} is no file's path"
        raise ProfileError(message, hint) from error


def absolute(path: str) -> str:
    """Write `path` so that it is the same file from any folder."""
    try:
        return str(Path(path).absolute())
    except FileNotFoundError:  # the present folder was deleted
        return path


def read_text(path: str, *, flag: str) -> str:
    """Read the text of a policy's file, or stdin where it is `-`."""
    name = "stdin" if path == "-" else path
    try:
        if path == "-":
            if sys.stdin is None or os.isatty(0):
                raise UsageError(
                    f"{flag} -: stdin holds no policy: it is a terminal", "write < FILE.json behind it"
                )
            given = sys.stdin.buffer.read(_LONGEST_FILE + 1)
        else:
            with Path(path).open("rb") as file:
                given = file.read(_LONGEST_FILE + 1)
        if len(given) > _LONGEST_FILE:
            raise UsageError(f"{flag}: {name} is no policy: it has more than {_LONGEST_FILE} bytes")
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{flag}: {name} is no policy: it is no text in UTF-8") from error
    except OSError as error:
        raise UsageError(f"{flag}: {name} can't be read: {error.strerror}", _LIST) from error
    except ValueError as error:  # a NUL in the path
        raise UsageError(f"{flag}: {name!r} is no file's path", _LIST) from error
