"""One question that stands on a terminal: what is shown of it, what is typed, and what that answers."""

from __future__ import annotations

import contextlib
import locale
import os
import termios
import time
from typing import Any, NamedTuple

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


class Call(NamedTuple):
    """One call that waits: NUMBER, TEXT, WHERE, CAN_LAST and the DETAILs."""

    number: int
    text: str
    where: str
    can_last: bool
    details: list[str]


class TerminalLostError(Exception):
    """The terminal is somebody else's, or gone."""


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
        calls = waiting(message, self._answered)
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
            return self._enter()
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

    def _enter(self) -> dict[int, str]:
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


def waiting(message: dict[str, Any], answered: set[int]) -> list[Call]:
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
