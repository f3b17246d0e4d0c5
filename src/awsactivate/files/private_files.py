"""A file that only its owner can read, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from awsactivate.errors import AwsactivateError


def write(path: Path, text: str) -> None:
    """Put `text` into a new file of mode 0600 in place of what was at `path`.

    AwsactivateError where that can't be, or where something else than a file is there.
    """
    try:
        if path.exists() and not path.is_file():
            raise AwsactivateError(f"{path} is no regular file")
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        # a new file, since a process may have the old one open, with its old mode
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, 0o600)  # whatever the umask
                file.write(text.encode())
                file.flush()
                os.fsync(descriptor)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise AwsactivateError(f"{path} can't be written: {error.strerror}") from error
