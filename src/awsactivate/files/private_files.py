"""A file that only its owner can read, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import temporary


def write(path: Path, text: str) -> None:
    """Put `text` into a new file of mode 0600 in place of what was at `path`.

    AwsactivateError where that can't be, or where something else than a file is there.
    """
    try:
        if path.exists() and not path.is_file():
            raise AwsactivateError(f"{path} is no regular file")
        # a new file, since a process may have the old one open, with its old mode
        new = temporary.beside(path)
        try:
            new.write(text.encode())
            new.replace(path)
        except BaseException:
            new.remove()
            raise
    except OSError as error:
        raise AwsactivateError(f"{path} can't be written: {error.strerror}") from error
