"""Lines of JSON to and from what asks on a terminal: our own program there, or one that attached."""

from __future__ import annotations

import hmac
import json
import os
import select
import socket
from collections.abc import Mapping

from awsactivate.guard.consents import ANSWERS
from awsactivate.person.printable import escaped
from awsactivate.running.guarded.questions import INTERRUPTED, Shown

_LONGEST = 1 << 20  # bytes of a line: what is longer was not written by us
_KNOWN = frozenset({*ANSWERS.values(), INTERRUPTED})


class Channel:
    """One place to ask, behind a connection that others close."""

    def __init__(self, connection: socket.socket, *, is_own: bool) -> None:
        self.is_own = is_own
        self._connection = connection
        # who was not told it can't have been asked
        self._word = os.urandom(16).hex()
        self._rest = b""
        self.is_closed = False

    def show(self, shown: Shown) -> None:
        """Show the list that waits now; an empty one ends the question."""
        calls = [[one.number, one.text, escaped(one.where), one.can_last, one.details] for one in shown.calls]
        message = {"calls": calls, "who": shown.who, "note": shown.note, "word": self._word}
        data = json.dumps(message).encode() + b"\n"
        try:
            while data and not self.is_closed:
                # a place that takes nothing is none: no call waits for it
                _, writable, _ = select.select([], [self._connection], [], 1.0)
                if not writable:
                    self.is_closed = True
                    return
                data = data[self._connection.send(data, socket.MSG_DONTWAIT) :]
        except (OSError, ValueError):
            self.is_closed = True

    def answers(self) -> Mapping[int, str] | None:
        """Return what was answered since; None where the terminal is lost, or nobody is there any more."""
        answered: dict[int, str] = {}
        is_lost = False
        for line in self._read_lines():
            said = self._parsed(line)
            answered |= said
            is_lost = is_lost or not said
        if answered:
            return answered
        return None if is_lost or self.is_closed else {}

    def _read_lines(self) -> list[bytes]:
        try:
            while not self.is_closed and select.select([self._connection], [], [], 0)[0]:
                data = self._connection.recv(65_536)
                self._rest += data
                self.is_closed = not data or len(self._rest) > _LONGEST
        except (OSError, ValueError):
            self.is_closed = True
        *lines, self._rest = self._rest.split(b"\n")
        return lines

    def _parsed(self, line: bytes) -> dict[int, str]:
        """Read a line of answers; nothing where it is none, or says that the terminal is lost."""
        try:
            said = json.loads(line)
            if not hmac.compare_digest(said["word"].encode(), self._word.encode()):
                return {}
            return {int(number): answer for number, answer in said["answers"].items() if answer in _KNOWN}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {}
