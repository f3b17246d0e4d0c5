"""The journal's file: private, and no longer than it need be."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import folders, private_files
from awsactivate.files.lock import locked
from awsactivate.files.user_folders import state_folder
from awsactivate.journal.entry import Entry, parsed, written

SWITCH = "AWSACTIVATE_JOURNAL"  # `off`: nothing is written
_MOST = 256 * 1024  # bytes: some thousand lines; then the older half goes
_LOCK_SECONDS = 2.0


def path(environ: Mapping[str, str]) -> Path:
    """Return where it is."""
    return state_folder(environ) / "journal.jsonl"


def is_off(environ: Mapping[str, str]) -> bool:
    """Tell whether the person wants none."""
    return environ.get(SWITCH, "").casefold() == "off"


def read(environ: Mapping[str, str]) -> list[Entry]:
    """Return its entries, the oldest first; AwsactivateError where it is there and can't be read."""
    place = path(environ)
    try:
        return parsed(private_files.read(place).decode("utf-8", "replace"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AwsactivateError(f"{place} can't be read: {error.strerror}") from error


def add(entry: Entry, environ: Mapping[str, str], warn: Callable[[str], None]) -> None:
    """Add an entry; `warn` is told where that can't be: no session waits for its journal."""
    if is_off(environ):
        return
    place = path(environ)
    try:
        folders.make(place.parent)
        with locked(place.with_name("journal.lock"), seconds=_LOCK_SECONDS):
            _append(place, written(entry).encode())
    except (OSError, AwsactivateError) as error:
        words = error.message if isinstance(error, AwsactivateError) else error.strerror or str(error)
        warn(f"{place} can't be written: {words}")


def _append(place: Path, line: bytes) -> None:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(place, flags, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        os.fchmod(descriptor, 0o600)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line  # somebody was stopped in the middle of a line
        file.write(line)
    if size + len(line) > _MOST:
        kept = private_files.read(place)[-_MOST // 2 :].partition(b"\n")[2]
        private_files.write(place, kept.decode("utf-8", "replace"))
