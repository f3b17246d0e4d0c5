"""The AWS CLI's own files of tokens: read, and written only in place of what was there, or when asked to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from awsactivate.files import file_changes, private_files, user_folders
from awsactivate.signin.key import Key

_MODE = 0o600  # of a file that is new; one that was there keeps its own


class UnreadableTokenError(Exception):
    """A file of the cache holds no token; `path` is the file, `reason` says why without quoting it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def path(key: Key, environ: Mapping[str, str]) -> Path:
    """Return the file in which the AWS CLI keeps, or would keep, the token of a sign-in."""
    home = user_folders.home(environ)
    if key.kind == "login":
        return _login_folder(environ) / key.file_name
    return home / ".aws/sso/cache" / key.file_name


def read(key: Key, environ: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return what the file holds, None where there is none; UnreadableTokenError where it is no object."""
    file = path(key, environ)
    try:
        document = json.loads(private_files.read(file))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableTokenError(file, f"can't be used: {error.strerror}") from error
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        # without the cause, which quotes the text
        raise UnreadableTokenError(file, "can't be read: it is empty, cut short, or no token") from None
    return document


def write(key: Key, document: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Let the file hold a token: whole or not at all, under the mode that it has."""
    file_changes.change({path(key, environ): file_changes.Content(_data(document), _MODE)})


def try_out(key: Key, document: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Raise what `write` would raise."""
    file_changes.try_out({path(key, environ): file_changes.Content(_data(document), _MODE)})


def remove(key: Key, environ: Mapping[str, str]) -> bool:
    """Take the file away; False where there was none."""
    file = path(key, environ)
    if not file.exists():
        return False
    file_changes.change({file: None})
    return True


def _data(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=2).encode() + b"\n"


def _login_folder(environ: Mapping[str, str]) -> Path:
    """Return where the SDKs look for what `aws login` keeps; they put variables in."""
    named = environ.get("AWS_LOGIN_CACHE_DIRECTORY")
    if named is None:
        return user_folders.home(environ) / ".aws/login/cache"
    whole = user_folders.with_variables(named, environ)
    try:
        return Path(whole).expanduser()
    except RuntimeError:  # there is no such home
        return Path(whole)
