"""Folders made for one's own files: nobody else may write to them, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_MODE = 0o700  # as the XDG base directory specification has it for what is not there yet


def make(folder: Path) -> list[Path]:
    """Make `folder` and what is missing above it; return those that were made, the outermost first.

    One that is there stays as it is. OSError where that can't be.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    made: list[Path] = []
    for place in reversed(missing):
        try:
            place.mkdir(mode=_MODE)
        except FileExistsError:
            if place.is_dir():
                continue  # another process was faster
            raise
        made.append(place)
        place.chmod(_MODE)  # a umask may have taken the owner's own bits
    if not folder.is_dir():
        raise NotADirectoryError(20, "it is no folder")
    return made


def is_below_anothers(path: Path) -> bool:
    """Tell whether a folder above `path` belongs to another user and lets nobody through."""
    for place in reversed(path.parents):
        try:
            found = place.stat()
        except OSError:
            return False
        if not os.access(place, os.X_OK):
            return found.st_uid != os.getuid()
    return False


def is_ones_own(found: os.stat_result, *other_owners: int) -> bool:
    """Tell whether nobody but the owner may put another file in place of one that is in the folder.

    The owner is this process's user, or one of `other_owners`.
    """
    is_of_owner = found.st_uid in (os.getuid(), *other_owners)
    return stat.S_ISDIR(found.st_mode) and is_of_owner and not found.st_mode & 0o022


def keeps_ones_own(found: os.stat_result) -> bool:
    """Tell whether nobody else may put another file in place of one's own, as in /tmp: it is sticky there."""
    is_sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    return is_ones_own(found) or bool(is_sticky and found.st_uid in (os.getuid(), 0))
