"""A file of our own that only its owner can read: written whole or not at all, and read if it is one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import temporary

_MOST = 4 * 1024 * 1024  # bytes: what we write is far below it


def read(path: Path) -> bytes:
    """Return what the file at `path` holds; OSError where it can't be read, and for what is no file.

    Whatever else stands there, such as a pipe to which nobody writes, is not waited for.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise OSError(errno.EFBIG, "it is far too long")
    return data


def write(path: Path, text: str) -> None:
    """Put `text` into a new file of mode 0600 in place of what was at `path`.

    AwsactivateError where that can't be, or where something else than a file is there.
    """
    try:
        if path.exists() and not path.is_file():
            raise AwsactivateError(f"{path} is no regular file")
        # a new file, since a process may have the old one open, with its old mode
        new = temporary.make_beside(path)
        try:
            new.write(text.encode())
            new.replace(path)
        except BaseException:
            new.remove()
            raise
    except OSError as error:
        raise AwsactivateError(f"{path} can't be written: {error.strerror}") from error
