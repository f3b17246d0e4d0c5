"""Folders made for one's own files: nobody else may write to them, whatever the umask."""

from __future__ import annotations

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
