"""A new file beside the one that it is to replace, until it does."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from pathlib import Path

from awsactivate.frozen import dataclass

NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_OLD = 3600.0  # seconds


@dataclass(frozen=True)
class Temporary:
    """A file of mode 0600 beside its target, locked while it is open, which tells that its maker lives."""

    path: Path
    descriptor: int
    """By which it is open."""

    def write(self, data: bytes) -> None:
        """Have it hold `data`, down to the disk."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.descriptor, rest) :]
        os.fsync(self.descriptor)

    def replace(self, target: Path) -> None:
        """Put it in place of what is at `target`."""
        self.path.replace(target)
        os.close(self.descriptor)

    def remove(self) -> None:
        """Take it away."""
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


def make_beside(target: Path) -> Temporary:
    """Make one for `target`; what a maker that was killed has left there goes."""
    _remove_leftovers(target)
    while True:
        path = target.with_name(f".{target.name}.{os.urandom(6).hex()}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(descriptor, 0o600)  # a umask may have taken the owner's own bits
            if _try_to_lock(descriptor) and os.fstat(descriptor).st_nlink:
                return Temporary(path, descriptor)
        except BaseException:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        os.close(descriptor)  # another process took it for a leftover, in the instant before the lock


def _remove_leftovers(target: Path) -> None:
    pattern = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{12}}")
    with os.scandir(target.parent) as found:
        leftovers = [
            Path(entry.path)
            for entry in found
            if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
        ]
    for path in leftovers:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue  # it is gone, or somebody else's
        try:
            if _try_to_lock(descriptor):
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _try_to_lock(descriptor: int) -> bool:
    """Lock a file; False where its maker lives, and has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        # a disk without locks, as some of NFS: whose the file is can't be told, so an old one alone goes
        return time.time() - os.fstat(descriptor).st_mtime > _OLD or os.fstat(descriptor).st_size == 0
    return True
