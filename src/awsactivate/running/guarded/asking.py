"""A program by itself, and a loop that others may run: it asks what it is told to ask on a terminal.

It knows nothing of AWS and has no credentials. While a question stands the terminal is its own: its modes,
and its foreground process group, so that COMMAND gets neither the keys nor the Ctrl-C; both are as they were
afterwards. It imports nothing of ours but what asks.

On the socket come lines of JSON, each with the whole list that waits now; an empty one ends the question:
`{"calls": [[NUMBER, TEXT, WHERE, CAN_LAST, [DETAIL, ...]], ...], "who": TEXT, "note": TEXT, "word": WORD}`.
It says there `{"answers": {"NUMBER": ANSWER}, "word": WORD}`, with the word that only the guard and this one
know, or `{"lost": true}` where the terminal is somebody else's now.

COMMAND is the same user's, and could answer for the person by writing where the answers go, which is why that
is a socket: no path of /proc opens one; or by looking into this process, which therefore lets nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import termios
from types import FrameType, TracebackType
from typing import Any

from awsactivate.running.guarded.question import Question, TerminalLostError, waiting, write

_LOCAL, _CHARACTERS = 3, 6  # where termios keeps the local modes and the control characters
_LOOK_EVERY = 0.25  # seconds: whether the terminal is still ours
_PR_SET_DUMPABLE = 4  # prctl(2)
READY = b"\n"
"""What it says when nobody can look into it any more."""


class Messages:
    """The lines that come: each is one whole list of what waits."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._rest = b""

    def read_newest(self) -> dict[str, Any] | None:
        """Wait for a line, and return the last of those that have come; None at the end."""
        while b"\n" not in self._rest:
            try:
                data = os.read(self.descriptor, 65_536)
            except ConnectionError:
                data = b""
            if not data:
                return None
            self._rest += data
        whole, _, self._rest = self._rest.rpartition(b"\n")
        message: dict[str, Any] = json.loads(whole.rpartition(b"\n")[2])
        return message


class Taken:
    """The terminal, from here on one's own; `takes` it even from another foreground group."""

    def __init__(self, terminal: int, *, takes: bool) -> None:
        self._terminal = terminal
        self._takes = takes
        self._own = os.getpgrp()

    def __enter__(self) -> Taken:
        try:
            self._group = os.tcgetpgrp(self._terminal)
            self._before = termios.tcgetattr(self._terminal)
            if self._takes:
                os.tcsetpgrp(self._terminal, self._own)
            self.require()
            # what was typed before the question stood answers nothing
            termios.tcsetattr(self._terminal, termios.TCSAFLUSH, _modes(self._before))
        except (OSError, termios.error) as error:
            raise TerminalLostError from error
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError, termios.error):  # a terminal that is gone has no modes
            if os.tcgetpgrp(self._terminal) != self._own:
                return
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)
            if self._takes:
                self._give()

    def _give(self) -> None:
        try:
            os.tcsetpgrp(self._terminal, self._group)
        except OSError:  # that job has ended: who started this one is next
            os.tcsetpgrp(self._terminal, os.getpgid(os.getppid()))

    def require(self) -> None:
        """Raise TerminalLostError where another has taken it."""
        try:
            is_own = os.tcgetpgrp(self._terminal) == self._own
        except OSError as error:
            raise TerminalLostError from error
        if not is_own:
            raise TerminalLostError


def _modes(before: list[Any]) -> list[Any]:
    modes = [*before[:_CHARACTERS], list(before[_CHARACTERS])]
    # Ctrl-C is a key here: no signal goes to anybody
    modes[_LOCAL] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL | termios.ISIG | termios.IEXTEN)
    modes[_CHARACTERS][termios.VMIN] = 1
    modes[_CHARACTERS][termios.VTIME] = 0
    return modes


def serve(terminal: int, socket: int, *, takes: bool) -> None:
    """Ask on `terminal` what comes on `socket`, until that ends."""
    lines = Messages(socket)
    answered: set[int] = set()
    while (message := lines.read_newest()) is not None:
        if not waiting(message, answered):
            _tell_note(terminal, message)
            continue
        try:
            if not _ask(terminal, lines, message, answered, takes=takes):
                return
        except TerminalLostError:
            _send(socket, {"lost": True})


def _tell_note(terminal: int, message: dict[str, Any]) -> None:
    if note := message.get("note"):
        with contextlib.suppress(TerminalLostError):
            write(terminal, f"awsactivate: {note}\n")


def _ask(
    terminal: int,
    lines: Messages,
    message: dict[str, Any],
    answered: set[int],
    *,
    takes: bool,
) -> bool:
    """Ask until nothing waits any more; tell whether more can come."""
    last: dict[str, Any] | None = message
    with Taken(terminal, takes=takes) as taken:
        question = Question(terminal, termios.tcgetattr(terminal)[_CHARACTERS][termios.VINTR], answered)
        question.show(message)
        while question.stands:
            readable, _, _ = select.select([terminal, lines.descriptor], [], [], _LOOK_EVERY)
            taken.require()
            if lines.descriptor in readable:
                if (last := lines.read_newest()) is None:
                    break
                question.show(last)
            elif terminal in readable and (answers := question.type(_read_key(terminal))):
                _send(lines.descriptor, {"answers": answers, "word": message["word"]})
        question.end()
    if last is not None and not last["calls"]:
        _tell_note(terminal, last)
    return last is not None


def _read_key(terminal: int) -> bytes:
    try:
        key = os.read(terminal, 1)
    except OSError as error:
        raise TerminalLostError from error
    if not key:
        raise TerminalLostError
    return key


def _send(socket: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    with contextlib.suppress(OSError):  # who asked is gone, which reading tells too
        while data:
            data = data[os.write(socket, data) :]


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)  # by way of what gives the terminal back


def _hide_memory() -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> None:
    """Ask on this session's terminal what comes on the socket that is stdin; say first that it is ready."""
    _hide_memory()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _leave)
    # or to take the terminal, and to write on it, would stop this process
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
    terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    os.write(0, READY)
    serve(terminal, 0, takes=True)
