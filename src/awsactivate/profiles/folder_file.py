"""The nearest `.awsactivate`, which names a folder's profile: read from disk, where it is one's own.

Whoever may put such a file, or a folder above, in one's way would choose what a plain `activate` opens. So it
is as with git's `safe.directory`: what belongs to others, or is writable by all, is passed by and named.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass

NAME = ".awsactivate"
_MOST = 512  # bytes; what is longer is no name of a profile's


@dataclass(frozen=True)
class FolderFile:
    """The file that decides."""

    path: str
    text: str
    """What it holds, which is shown to nobody."""


def trusted_users(environ: Mapping[str, str]) -> frozenset[int]:
    """Return the ids of the users whose files count: oneself, root, and who became root by sudo."""
    own = os.geteuid()
    by_sudo = environ.get("SUDO_UID", "") if own == 0 else ""
    return frozenset({0, own, *([int(by_sudo)] if by_sudo.isascii() and by_sudo.isdigit() else [])})


def find_nearest(
    folder: Path, home: Path, trusted: Collection[int], say: Callable[[str], None]
) -> FolderFile | None:
    """Find the file at or above `folder`, up to `home` or the root.

    `say` is told of each that is passed by, in one line; ProfileError where one's own can't be read.
    """
    on_the_way: str | None = None
    for place in (folder, *folder.parents):
        candidate = place / NAME
        try:
            on_the_way = on_the_way or _danger(f"{place} ", place.stat(), trusted)
            found = candidate.lstat()
            danger = on_the_way or _danger("it ", found, trusted)
        except FileNotFoundError:
            danger = None
        except OSError as error:
            danger = error.strerror or str(error)  # a folder that lets nobody through
        else:
            if not danger:
                text, danger = _read(candidate, trusted)
                if text is not None:
                    return FolderFile(str(candidate), text)
        if danger:
            say(f"note: {candidate} is not read: {danger}")
        if place == home:
            break
    return None


def _danger(what: str, found: os.stat_result, trusted: Collection[int]) -> str | None:
    """Say why somebody else may have a hand in `what`; None where nobody has."""
    if found.st_uid not in trusted:
        return f"{what}belongs to another user ({found.st_uid})"
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX and not stat.S_ISLNK(found.st_mode):
        return f"{what}can be written by everybody"
    return None


def _read(path: Path, trusted: Collection[int]) -> tuple[str | None, str | None]:
    """Return the text at `path`, and why it does not count; neither where it is no file at all."""
    try:
        # what stands there may be a link, or a pipe that nobody writes to
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None, None  # a link to nowhere
    except OSError as error:
        raise ProfileError(f"{path} can't be read: {error.strerror}", f"ls -l {path}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return None, None
        if danger := _danger("the file that it links to " if path.is_symlink() else "it ", found, trusted):
            return None, danger
        data = os.read(descriptor, _MOST + 1)
    finally:
        os.close(descriptor)
    if len(data) > _MOST:
        raise ProfileError(f"{path} holds more than a profile's name")
    return data.decode("utf-8", "replace"), None
