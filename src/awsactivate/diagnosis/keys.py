"""Long-term access keys in plain text."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from awsactivate.diagnosis.config import File
from awsactivate.diagnosis.finding import Finding
from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass
from awsactivate.profiles import ini_edits
from awsactivate.profiles.model import Profile, Profiles, name_in

_DAY = 86_400
_ID = "aws_access_key_id"


@dataclass(frozen=True)
class Kept:
    """What the file system says of a file: when it was last written, and its mode's nine bits."""

    written: float
    """In seconds since the epoch."""
    mode: int


def of_keys(
    config: File, credentials: File, profiles: Profiles, kept: Mapping[str, Kept], now: float
) -> list[Finding]:
    """Find the keys that stand in the files, and whether others than their owner can read them.

    A key is at least as old as the last change of its file: that is the age told, since only IAM knows more.
    """
    found = [
        *_in_file(config, kept, now, {p.name: _long_term(p, of_config=True) for p in profiles.values()}),
        *_in_file(
            credentials, kept, now, {p.name: _long_term(p, of_config=False) for p in profiles.values()}
        ),
    ]
    return found or [Finding("keys", "ok", "no long-term access key stands in a file")]


def _in_file(
    file: File, kept: Mapping[str, Kept], now: float, ids: Mapping[str, str | None]
) -> Iterator[Finding]:
    lines = {
        (name_in(header) if header.startswith("profile ") else header): line
        for (header, key), line in ini_edits.line_numbers(file.text).items()
        if key == _ID
    }
    of_file = kept.get(file.path)
    for name, key_id in ids.items():
        if key_id is None:
            continue
        age = f" (its file was last written {_ago(now - of_file.written)})" if of_file else ""
        message = f"the access key {key_id} of {name!r} stands in plain text{age}"
        hint = f"awsactivate keys import {shlex.quote(name)}"
        yield Finding("keys", "warning", message, hint, file.path, lines.get(name))
    if of_file and of_file.mode & 0o077 and any(ids.values()):
        message = f"others than you may read this file with access keys (mode {of_file.mode:04o})"
        yield Finding("keys", "error", message, f"chmod 600 {shlex.quote(file.path)}", file.path)


def _long_term(profile: Profile, *, of_config: bool) -> str | None:
    try:
        keys = profile.config_file_keys if of_config else profile.credentials_file_keys
    except ProfileError:  # half a key: told where the configuration is looked at
        return None
    return keys.access_key_id if keys is not None and keys.is_long_term else None


def _ago(seconds: float) -> str:
    days = max(0, int(seconds // _DAY))
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
