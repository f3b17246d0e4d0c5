"""One line typed at a terminal, whose modes are put back on every way out.

While the line is typed, signals do not run handlers at any odd instant: they come through a pipe and are
read like keys. So there is one place that obeys them, after the modes are as they were.
"""

from __future__ import annotations

import codecs
import locale
import os
import resource
import select
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from awsactivate.errors import AwsactivateError, InterruptedByUser
from awsactivate.person.line_editor import Line, Rules, shown, typed
from awsactivate.person.turns import Turn

# SIGINT first: it is taken over before, and given back after, whatever its handler could interrupt.
_WATCHED = (
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGTSTP,
    signal.SIGCONT,
)
_LOCAL, _CHARACTERS = 3, 6  # where termios keeps the local modes and the control characters

Failure = Callable[[str], AwsactivateError]


def read(fd: int, prompt: str, rules: Rules, failure: Failure, turn: Turn | None = None) -> str | None:
    """Show `prompt` on the terminal open at `fd` (not blocking) and return the line typed there.

    None is end-of-file. `failure` makes the error for a terminal that is somebody else's or goes away.
    While this process is stopped, another may have the `turn` to ask. Ctrl-C raises InterruptedByUser; the
    other signals do what they always do, the terminal being in order.
    Must be called in the main thread.
    """
    signals = _Signals()
    line = None
    try:
        line = _edit(fd, prompt.encode(encoding(), "backslashreplace"), rules, failure, signals, turn)
    except (OSError, termios.error) as error:
        raise failure("the terminal was closed while it was asked") from error
    finally:
        arrived = signals.restore()
        _end_line(fd)
        _obey(arrived)
    return line.text if line is not None and line.ended == "enter" else None


def encoding() -> str:
    """Return the encoding of the person's locale."""
    return locale.getencoding()


def _edit(
    fd: int, prompt: bytes, rules: Rules, failure: Failure, signals: _Signals, turn: Turn | None
) -> Line:
    """Edit a line until a key ends it, or a signal that is left in `signals` for the caller to obey."""
    require_foreground(fd, failure)
    before = termios.tcgetattr(fd)
    decoder = codecs.getincrementaldecoder(encoding())("surrogateescape")
    line, output = Line(), prompt
    try:
        # TCSADRAIN, here and below, keeps what was typed ahead: a code pasted before the prompt stood.
        termios.tcsetattr(fd, termios.TCSADRAIN, _typing_modes(before))
        while not line.ended:
            readable, writable, _ = select.select([fd, signals.fd], [fd] if output else [], [])
            if signals.fd in readable:
                signals.receive()
            if signals.has_ending():
                break
            if signals.take(signal.SIGTSTP):
                termios.tcsetattr(fd, termios.TCSADRAIN, before)
                signals.stop_without(turn)
            if signals.take(signal.SIGCONT):
                require_foreground(fd, failure)
                termios.tcsetattr(fd, termios.TCSADRAIN, _typing_modes(before))
                output = b"\r" + prompt + _encoded(shown(line, rules))
                continue
            if fd in writable:
                output = output[_write_some(fd, output) :]
            if fd in readable:
                # One byte at a time: what follows Enter belongs to whoever reads the terminal next.
                for character in decoder.decode(_read_byte(fd, failure)):
                    line, show = typed(line, character, rules)
                    output += _encoded(show)
    finally:
        with suppress(OSError, termios.error):  # a terminal that is gone has no modes
            if is_in_foreground(fd):
                termios.tcsetattr(fd, termios.TCSADRAIN, before)
    return line


class _Signals:
    """The signals that would end or stop this process, held back from the time this is made.

    A signal that was ignored is still ignored.
    """

    def __init__(self) -> None:
        self.received: list[int] = []
        self.fd, self._write_end = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write_end, False)
        # With the pipe there is no instant, such as just before a read begins, at which a signal is missed.
        self._wakeup_fd = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        self._before: dict[int, Any] = {}
        for number in _WATCHED:
            handler = signal.getsignal(number)
            if handler is not None and handler != signal.SIG_IGN:
                self._before[number] = handler
                signal.signal(number, _only_note)

    def receive(self) -> None:
        """Move what has arrived into `received`."""
        with suppress(BlockingIOError):
            while data := os.read(self.fd, 64):
                self.received += [number for number in data if number in self._before]

    def take(self, number: int) -> bool:
        """Tell whether `number` is among those received, and take it out."""
        found = number in self.received
        self.received = [other for other in self.received if other != number]
        return found

    def has_ending(self) -> bool:
        """Tell whether one of those received ends the process, or at least the question."""
        return any(number not in (signal.SIGTSTP, signal.SIGCONT) for number in self.received)

    def stop_without(self, turn: Turn | None) -> None:
        """Stop, and have no turn to ask until this process goes on."""
        if turn is None:
            self.stop()
            return
        turn.give()
        self.stop()

        def is_over() -> bool:
            self.receive()
            return self.has_ending()

        turn.take(is_over)

    def stop(self) -> None:
        """Stop this process as SIGTSTP does by default; return when it goes on."""
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, _only_note)
        self.receive()
        self.received.append(signal.SIGCONT)  # none comes where the kernel lets nothing stop

    def restore(self) -> list[int]:
        """Give every signal its handler back; return those that arrived and are yet to be obeyed."""
        for number in reversed(self._before):
            signal.signal(number, self._before[number])
        self.receive()
        signal.set_wakeup_fd(self._wakeup_fd)
        os.close(self.fd)
        os.close(self._write_end)
        return self.received


def _only_note(_number: int, _frame: object) -> None:
    """Do nothing: that this is a handler makes Python write the number into the pipe."""


def _obey(numbers: list[int]) -> None:
    for number in numbers:
        if number == signal.SIGINT:
            raise InterruptedByUser("interrupted")
        if number == signal.SIGQUIT:  # whose core file would hold the source's credentials
            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        if number != signal.SIGCONT:
            signal.raise_signal(number)


def _typing_modes(before: list[Any]) -> list[Any]:
    modes = [*before[:_CHARACTERS], list(before[_CHARACTERS])]
    modes[_LOCAL] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL)
    modes[_LOCAL] |= termios.ISIG
    modes[_CHARACTERS][termios.VMIN] = 1
    modes[_CHARACTERS][termios.VTIME] = 0
    return modes


def is_in_foreground(fd: int) -> bool:
    """Tell whether the terminal open at `fd` is this process's to ask on."""
    return os.tcgetpgrp(fd) == os.getpgrp()


def require_foreground(fd: int, failure: Failure) -> None:
    """Refuse where asking would stop this process, or take keys that are typed for another program."""
    if not is_in_foreground(fd):
        raise failure("a background job can't ask on the terminal")


def _read_byte(fd: int, failure: Failure) -> bytes:
    require_foreground(fd, failure)
    try:
        data = os.read(fd, 1)
    except BlockingIOError:
        return b""
    if not data:
        raise failure("the terminal was closed while it was asked")
    return data


def _write_some(fd: int, data: bytes) -> int:
    try:
        return os.write(fd, data)
    except BlockingIOError:
        return 0


def _end_line(fd: int) -> None:
    """End the prompt's line, unless the terminal takes nothing now: it is closed, or held by Ctrl-S."""
    with suppress(OSError):
        if is_in_foreground(fd):
            os.write(fd, b"\n")


def _encoded(text: str) -> bytes:
    return text.encode(encoding(), "surrogateescape")
