"""Whose turn it is to ask on a terminal: two that read it at once would divide what is typed between them."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from types import TracebackType

from awsactivate.files import folders
from awsactivate.files.user_folders import state_folder

_LOOK_EVERY = 0.05  # seconds


class Turn:
    """The right to ask on this session's terminal; one process of this user's has it at a time.

    Each terminal is a byte of one file, which is locked: the system gives it back however a process ends.
    Where there are no locks, all have the right at once.
    """

    def __init__(self, waits: Callable[[], None]) -> None:
        self._waits = waits
        self._fd: int | None = None
        self._byte = os.getsid(0)

    def __enter__(self) -> Turn:
        try:
            folder = state_folder(os.environ)
            folders.make(folder)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(folder / "terminals.lock", flags, 0o600)
        except OSError:  # a home that can't be written keeps nobody from asking
            return self
        self.take()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            os.close(self._fd)

    def take(self, gives_up: Callable[[], bool] = lambda: False) -> None:
        """Wait for the turn, which is said once, unless `gives_up`."""
        has_said = False
        while self._fd is not None and not gives_up():
            try:
                fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._byte)
            except (BlockingIOError, PermissionError):
                if not has_said:
                    self._waits()
                    has_said = True
                time.sleep(_LOOK_EVERY)
            except OSError:
                return  # no locks on this disk
            else:
                return

    def give(self) -> None:
        """Let another ask, such as while this process is stopped."""
        if self._fd is not None:
            fcntl.lockf(self._fd, fcntl.LOCK_UN, 1, self._byte)
