"""The user's AWS files and variables, read for what is wrong in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from awsactivate.commandline import Context
from awsactivate.diagnosis.config import File, of_config
from awsactivate.diagnosis.finding import Finding
from awsactivate.diagnosis.keys import Kept, of_keys
from awsactivate.diagnosis.lists import of_lists
from awsactivate.diagnosis.variables import of_variables
from awsactivate.errors import ProfileError
from awsactivate.files.user_folders import state_folder
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import config_path, credentials_path, read_profiles, read_text
from awsactivate.revocation.known_sessions import KnownSessionsFile
from awsactivate.sessions.environment import WRAPPER_MARK


def check_all_files(context: Context) -> list[Finding]:
    """Look at the configuration, the keys in it, and the variables that go with it."""
    environ = context.environ
    found = [*_check_missing(environ)]
    index: Mapping[str, IndexEntry] = {}
    try:
        index = keyring_index.read(environ)
    except ProfileError as error:
        found.append(Finding("keyring", "error", error.message, error.hint))
    profiles = Profiles()
    try:
        profiles = read_profiles(environ)
    except ProfileError as error:
        found.append(_unreadable(error))
    else:
        config, credentials = (
            _check_file(path) for path in (config_path(environ), credentials_path(environ))
        )
        kept = {
            path: known for file in (config, credentials) for path, known in _check_kept(file.path).items()
        }
        found += of_config(config, credentials, profiles, index=index, environ=environ)
        known = KnownSessionsFile(state_folder(environ), warn=lambda _text: None).read()
        found += of_lists(config.text, config.path, profiles, known.keeps_lists)
        found += of_keys(config, credentials, profiles, kept, context.clock())
    names = {*profiles, *(name for name, entry in index.items() if entry.has_keys)}
    is_before = WRAPPER_MARK in environ
    found += of_variables(environ, names, is_before=is_before, now=context.clock())
    return found


def _unreadable(error: ProfileError) -> Finding:
    place = re.fullmatch(r"(?s)(?P<path>.+), line (?P<line>[0-9]+): (?P<message>.+)", error.message)
    if place is None:
        return Finding("config", "error", error.message, error.hint)
    hint = error.hint or f"${{EDITOR:-vi}} +{place['line']} {shlex.quote(place['path'])}"
    return Finding("config", "error", place["message"], hint, place["path"], int(place["line"]))


def _check_missing(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name, find in (
        ("AWS_CONFIG_FILE", config_path),
        ("AWS_SHARED_CREDENTIALS_FILE", credentials_path),
    ):
        try:
            path = find(environ)
        except ProfileError:  # said where it is read
            continue
        if environ.get(name) and _is_missing(path):
            message = f"{name} names a file that does not exist"
            yield Finding("variables", "error", message, f"unset {name}", str(path))


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # it can't be told: that it can't be read is said where it is read
        return False


def _check_file(path: Path) -> File:
    return File(str(path), read_text(path))


def _check_kept(path: str) -> dict[str, Kept]:
    try:
        known = Path(path).stat()
    except FileNotFoundError:
        return {}
    return {path: Kept(known.st_mtime, known.st_mode & 0o777)}
