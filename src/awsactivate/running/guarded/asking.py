"""A program by itself, and a loop that others may run: it asks what it is told to ask on a terminal.

It knows nothing of AWS and has no credentials. While a question stands the terminal is its own: its modes,
and its foreground process group, so that COMMAND gets neither the keys nor the Ctrl-C; both are as they were
afterwards. It is run by its path, and imports nothing of ours.

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
import locale
import os
import select
import signal
import sys
import termios
import time
from types import FrameType, TracebackType
from typing import Any, NamedTuple

_LOCAL, _CHARACTERS = 3, 6  # where termios keeps the local modes and the control characters
_LOOK_EVERY = 0.25  # seconds: whether the terminal is still ours
_ANSWERS = {"o": "once", "once": "once", "5": "5 minutes", "5 minutes": "5 minutes"} | {
    "a": "always",
    "always": "always",
    "n": "no",
    "no": "no",
}
_EACH = ("e", "each")
_INTERRUPTED = "interrupted"
_ERASE, _ERASE_LINE, _ENTER, _END = (b"\x7f", b"\b"), b"\x15", (b"\r", b"\n"), b"\x04"
_LISTED = ("l", "list")
_ONE_TIME = "[o]nce, [n]o"
_ANY_TIME = "[o]nce, [5] minutes, [a]lways this action, [n]o"
_LASTING = ("5 minutes", "always")
_TO_READ = 1.0  # seconds that a call must have been on the screen before it can be allowed
_BELL = "\a"
_PR_SET_DUMPABLE = 4  # prctl(2)
READY = b"\n"
"""What it says when nobody can look into it any more."""


class Call(NamedTuple):
    """One call that waits: NUMBER, TEXT, WHERE, CAN_LAST and the DETAILs."""

    number: int
    text: str
    where: str
    can_last: bool
    details: list[str]


class TerminalLostError(Exception):
    """The terminal is somebody else's, or gone."""


class Incoming:
    """The lines that come: each is one whole list of what waits."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._rest = b""

    def newest(self) -> dict[str, Any] | None:
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


class Question:
    """One question that stands: what is shown of it, what is typed, and what that answers."""

    def __init__(self, terminal: int, interrupt: bytes, answered: set[int]) -> None:
        self._terminal = terminal
        self._interrupt = interrupt
        self._answered = answered
        self._calls: list[Call] = []
        self._who = ""
        self._drawn: dict[int, float] = {}  # since when each call has been on the screen
        self._typed = ""
        self._in_turn = False
        self._has_drawn = False

    def show(self, message: dict[str, Any]) -> None:
        """Take the list that waits now; what was typed was about another one."""
        calls = _waiting(message, self._answered)
        if calls == self._calls:
            return
        is_same = self._in_turn and calls[:1] == self._calls[:1]  # that one alone is asked
        self._calls, self._who = calls, message["who"]
        if calls and not is_same:
            self._draw()

    def _draw(self) -> None:
        self._typed = ""
        with contextlib.suppress(termios.error):  # what was typed was about another list
            termios.tcflush(self._terminal, termios.TCIFLUSH)
        text = "\n" if self._has_drawn else "\r"
        self._has_drawn = True
        asked = self._asked()
        choices = _ANY_TIME if all(one.can_last for one in asked) else _ONE_TIME
        if any(one.details for one in asked):
            choices += ", [l]ist all"
        if len(asked) == 1:
            text += f"awsactivate: {self._who} wants {asked[0].text} in {asked[0].where}: {choices}? "
        else:
            text += f"awsactivate: {self._who} wants{_list(asked)}{choices}, or [e]ach? "
        self._write(text)
        now = time.monotonic()
        for one in asked:
            self._drawn.setdefault(one.number, now)

    def _asked(self) -> list[Call]:
        return self._calls[:1] if self._in_turn else self._calls

    def type(self, key: bytes) -> dict[int, str]:
        """Return what a key answers, by the numbers of the calls that it answers."""
        if key in (self._interrupt, _END, b"\x1c"):
            self._write("\n")
            return self._answer(_INTERRUPTED, every=True)
        if key in _ENTER:
            return self._entered()
        if key in _ERASE or key == _ERASE_LINE:
            kept = self._typed[:-1] if key in _ERASE else ""
            gone = len(self._typed) - len(kept)
            self._write("\b \b" * gone if gone else _BELL)
            self._typed = kept
        elif b" " <= key <= b"~" and len(self._typed) < 16:
            self._typed += key.decode("ascii")
            self._write(key.decode("ascii"))
        else:
            self._write(_BELL)
        return {}

    def _entered(self) -> dict[int, str]:
        word = self._typed.strip().lower()
        asked = self._asked()
        answer = _ANSWERS.get(word)
        if word in _EACH and len(asked) > 1:
            self._in_turn = True
        elif word in _LISTED and any(one.details for one in asked):
            self._write("\n" + "".join(f"  {line}\n" for one in asked for line in one.details or [one.text]))
            self._has_drawn = False
        elif answer not in (None, "no") and self._is_new(asked):
            self._write(f"{_BELL}\nawsactivate: too soon: what is asked must have stood here for a second")
        elif answer is not None and (answer not in _LASTING or all(one.can_last for one in asked)):
            self._write("\n")
            self._has_drawn = False
            return self._answer(answer, every=not self._in_turn)
        else:
            self._write(_BELL)
        self._draw()
        return {}

    def _is_new(self, asked: list[Call]) -> bool:
        """Tell whether nobody can have read all of it yet: COMMAND chooses when it calls."""
        return any(time.monotonic() - self._drawn[one.number] < _TO_READ for one in asked)

    def _answer(self, answer: str, *, every: bool) -> dict[int, str]:
        answered = self._calls if every else self._calls[:1]
        self._calls = self._calls[len(answered) :]
        self._answered.update(one.number for one in answered)
        if self._calls:
            self._draw()
        return {one.number: answer for one in answered}

    @property
    def stands(self) -> bool:
        """Whether something is yet to be answered."""
        return bool(self._calls)

    def end(self) -> None:
        """Leave the line on which an answer was waited for."""
        if self._has_drawn:
            self._write("\n")

    def _write(self, text: str) -> None:
        write(self._terminal, text)


def _list(calls: list[Call]) -> str:
    """Write the calls, each on a line; where, once if it is the same for all."""
    places = {one.where for one in calls}
    is_one = len(places) == 1
    lines = [f"  {at}  {one.text}{'' if is_one else f' in {one.where}'}\n" for at, one in enumerate(calls, 1)]
    return (f" in {calls[0].where}:\n" if is_one else ":\n") + "".join(lines)


def _waiting(message: dict[str, Any], answered: set[int]) -> list[Call]:
    """Return what waits yet: an answer may have crossed the list on its way."""
    return [call for call in (Call(*one) for one in message["calls"]) if call.number not in answered]


def write(terminal: int, text: str) -> None:
    """Show `text`."""
    data = text.encode(locale.getencoding(), "backslashreplace")
    try:
        while data:
            data = data[os.write(terminal, data) :]
    except OSError as error:
        raise TerminalLostError from error


def serve(terminal: int, socket: int, *, takes: bool) -> None:
    """Ask on `terminal` what comes on `socket`, until that ends."""
    lines = Incoming(socket)
    answered: set[int] = set()
    while (message := lines.newest()) is not None:
        if not _waiting(message, answered):
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
    lines: Incoming,
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
                if (last := lines.newest()) is None:
                    break
                question.show(last)
            elif terminal in readable and (answers := question.type(_key(terminal))):
                _send(lines.descriptor, {"answers": answers, "word": message["word"]})
        question.end()
    if last is not None and not last["calls"]:
        _tell_note(terminal, last)
    return last is not None


def _key(terminal: int) -> bytes:
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


if __name__ == "__main__":
    main()
