"""What a program writes, cut into lines that each begin with a label: whole ones, however it comes."""

from __future__ import annotations

from collections.abc import Callable

# A line that is longer is written in parts: some programs write no line's end at all.
_LONGEST = 16 * 1024 * 1024


class LabelledLines:
    """Gives `write` one or more whole lines at a time; any bytes will do."""

    def __init__(self, label: bytes, write: Callable[[bytes], None]) -> None:
        self._label = label
        self._write = write
        self._begun: list[bytes] = []
        self._length = 0

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            lines = b"".join((*self._begun, whole))
            self._begun, self._length = [], 0
            self._write(self._label + lines.replace(b"\n", b"\n" + self._label) + b"\n")
        if rest:
            self._begun.append(rest)
            self._length += len(rest)
        if self._length > _LONGEST:
            self.end()

    def end(self) -> None:
        """Write what is left as a line, its end being missing."""
        if self._begun:
            self.feed(b"\n")
