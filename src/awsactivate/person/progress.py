"""How far long work has come, on one line of a terminal that is gone in the end."""

from __future__ import annotations

import sys
from types import TracebackType

from awsactivate.person import terminal
from awsactivate.person.printable import printable


class Progress:
    """Shows `text` with a count on stderr, where that is a terminal; call it with the count."""

    def __init__(self, text: str) -> None:
        self._text = printable(text)
        self._live = terminal.is_terminal(2)
        self._width = 0

    def __call__(self, count: int) -> None:
        """Show that `count` are done."""
        if self._live:
            line = f"awsactivate: {self._text} {count}"
            self._write("\r" + line.ljust(self._width))
            self._width = max(self._width, len(line))

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self._live = False  # the terminal has gone, the work goes on
