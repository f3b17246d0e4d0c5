"""Signals that wait: what has been asked of AWS once is kept before Ctrl-C ends the program."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let a signal that ends the program wait until this has ended; a second one does not wait.

    Outside the main thread, where no signal arrives, nothing is held.
    """
    came: list[int] = []
    before: dict[int, Any] = {}

    def give_back() -> None:
        while before:
            signal.signal(*before.popitem())

    def note(number: int, _frame: object) -> None:
        if came:
            give_back()
            signal.raise_signal(number)
        came.append(number)

    try:
        for number in _HELD:
            handler = signal.getsignal(number)
            if handler not in (None, signal.SIG_IGN):  # None: no handler of Python's, who could be put back
                before[number] = handler
                signal.signal(number, note)
    except ValueError:  # another thread
        before.clear()
    try:
        yield
    finally:
        give_back()
        if came:
            signal.raise_signal(came[0])
