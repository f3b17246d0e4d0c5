"""Work that goes on while a person types."""

from __future__ import annotations

import threading
from collections.abc import Callable

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Generic, TypeVar

    T = TypeVar("T")
else:
    T, Generic = "T", {"T": object}


class Background(Generic[T]):
    """A function's call, begun now in a thread; `result` waits for it.

    The thread is a daemon so that Ctrl-C at a prompt need not wait for a network that does not answer. Not so
    for a function that is `in_openssl`: that library takes itself apart when a process ends, and who is still
    in it then crashes. (awsactivate's own program does not end that way, so it never waits.)
    """

    def __init__(self, function: Callable[[], T], *, in_openssl: bool = False) -> None:
        self._function = function
        self._value: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=not in_openssl)
        self._thread.start()

    def result(self) -> T:
        """Return what the function returned, or raise what it raised."""
        while self._thread.is_alive():
            self._thread.join(0.2)  # in slices: a join without end can't be interrupted by a signal
        if self._error is not None:
            raise self._error
        return self._value[0]

    def result_within(self, seconds: float) -> T | None:
        """Return what the function returned; None where it takes longer than `seconds` from now on."""
        self._thread.join(seconds)
        return None if self._thread.is_alive() else self.result()

    def _run(self) -> None:
        try:
            self._value.append(self._function())
        except BaseException as error:
            self._error = error
