"""A file that only one process at a time holds locked."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from awsactivate.files import folders


@contextmanager
def locked(path: Path, *, seconds: float) -> Iterator[None]:
    """Hold the lock file `path`, which is made if it is not there; wait for another's end at most `seconds`.

    The file stays: who removed it could not know who is about to lock it. OSError where it can't be locked,
    and TimeoutError, which is one, where another process keeps it: whoever holds a lock that long is stopped,
    and must not stop us.
    """
    folders.make(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        take(descriptor, seconds=seconds)
        yield
    finally:
        os.close(descriptor)


def take(descriptor: int, *, seconds: float) -> None:
    """Lock what is open there; TimeoutError where another process has it for longer than `seconds`."""
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise TimeoutError("another process keeps it locked") from error
            # who waits is let in by chance; the module `random` would load OpenSSL for it
            time.sleep(0.005 + os.urandom(1)[0] / 5000)
