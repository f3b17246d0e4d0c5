"""The signals that concern several children, taken over for a while; each makes a descriptor readable."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from awsactivate.person import typed_line

_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


class Signals:
    """From the beginning of a `with` to its end; `hand_on` is told each, in the main thread."""

    def __init__(self, hand_on: Callable[[int], None]) -> None:
        self._hand_on = hand_on
        self.fd, self._write_end = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write_end, False)
        self._closing = threading.Lock()
        self._is_closed = False
        self._before: dict[int, Any] = {}
        self._wakeup = -1

    def __enter__(self) -> Signals:
        self._wakeup = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _HANDED_ON:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # what is ignored, as by nohup, the children ignore too
                self._before[number] = before
                signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        signal.set_wakeup_fd(self._wakeup)
        with self._closing:
            self._is_closed = True
            os.close(self.fd)
            os.close(self._write_end)

    def wake(self) -> None:
        """Make `fd` readable from any thread, even from one that is left over."""
        with self._closing, suppress(BlockingIOError):
            if not self._is_closed:  # another file could have the number by now
                os.write(self._write_end, b"\0")

    def drain(self) -> None:
        """Have `fd` wait for the next one."""
        with suppress(BlockingIOError):
            while os.read(self.fd, 64):
                pass

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self._hand_on(number)


def is_of_the_keyboard() -> bool:
    """Tell whether a SIGINT may well have come from the terminal, which sends it to the children too."""
    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return typed_line.is_in_foreground(fd)
    finally:
        os.close(fd)
