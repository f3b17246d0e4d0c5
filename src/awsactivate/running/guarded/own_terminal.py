"""COMMAND's own terminal as a place to ask: while COMMAND has neither its screen nor its keys."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from awsactivate.errors import AwsactivateError
from awsactivate.person import terminal
from awsactivate.running.guarded import ancestry, asking
from awsactivate.running.guarded.channel import Channel
from awsactivate.sessions.environment import of_helper

_LOCAL = 3  # where termios keeps the local modes
_TTY = "/dev/tty"
_PROGRAMS = Path(asking.__file__).parents[3]  # where our own lie: Python's own come first
_START = """
import sys
sys.path.append(sys.argv[1])
from awsactivate.running.guarded import asking
asking.main()
"""
_SECONDS = 2.0
_SECONDS_TO_START = 10.0
_LOOK_EVERY = 0.05  # seconds


@contextmanager
def _open() -> Iterator[int]:
    """Open it; OSError where this process has none."""
    fd = os.open(_TTY, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _open_to_change() -> Iterator[int]:
    """Open it to change it, for which this process is not stopped, though another group may have it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
    try:
        with _open() as fd:
            yield fd
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def is_there() -> bool:
    """Tell whether this process has a terminal at all."""
    try:
        with _open():
            return True
    except OSError:
        return False


def is_free() -> bool:
    """Tell whether COMMAND has it in lines, as it was, and nothing of it waits for what is typed."""
    try:
        with _open() as fd:
            if not _is_in_lines(fd):
                return False
            in_front = ancestry.find_group_below(os.tcgetpgrp(fd), os.getpid())
            return bool(in_front) and not any(map(ancestry.reads_terminal, in_front))
    except (OSError, termios.error):
        return False


def _is_in_lines(fd: int) -> bool:
    local = termios.tcgetattr(fd)[_LOCAL]
    return bool(local & termios.ICANON) and bool(local & termios.ECHO)


def _find_group_in_front() -> int | None:
    try:
        with _open() as fd:
            return os.tcgetpgrp(fd)
    except OSError:
        return None


def put_in_front(group: int) -> None:
    """Give the terminal to a group, where this process's has it."""
    with suppress(OSError), _open_to_change() as fd:
        os.tcsetpgrp(fd, group)


def _read_state() -> tuple[list[Any], int] | None:
    """Return the terminal's modes, and which group has it; None where it is gone."""
    try:
        with _open() as fd:
            return termios.tcgetattr(fd), os.tcgetpgrp(fd)
    except (OSError, termios.error):
        return None


def _restore(modes: list[Any], group: int, *, taken_by: int) -> None:
    """Have the terminal as it was, where the group that took it has not given it back."""
    if _find_group_in_front() != taken_by:
        return
    with suppress(OSError, termios.error), _open_to_change() as fd:
        termios.tcsetattr(fd, termios.TCSANOW, modes)
        try:
            os.tcsetpgrp(fd, group)
        except OSError:  # that job has ended
            os.tcsetpgrp(fd, os.getpgrp())


class OwnTerminal:
    """The program that asks there: it is started before COMMAND, and never again.

    COMMAND, which may be able to write where programs lie, would say what is started later.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = of_helper(environ)
        self._program: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._channel: Channel | None = None
        self._before: tuple[list[Any], int] | None = None

    def start(self) -> None:
        """Begin to start it, where there is a terminal; `wait` must come before COMMAND is."""
        if not is_there():
            return
        self._connection, other = socket.socketpair()
        with other:
            self._program = subprocess.Popen(
                # isolated, and without site: nothing of the person's is looked for in the present folder
                [sys.executable, "-I", "-S", "-c", _START, str(_PROGRAMS)],
                stdin=other.fileno(),
                stdout=subprocess.DEVNULL,
                env=self._environ,
                process_group=0,
            )

    def wait(self) -> None:
        """Return when nobody can look into it any more."""
        if self._connection is None:
            return
        self._connection.settimeout(_SECONDS_TO_START)
        try:
            said = self._connection.recv(len(asking.READY))
        except OSError:
            said = b""
        if said != asking.READY:
            raise AwsactivateError("the program that asks on this terminal could not be started")
        self._connection.settimeout(None)
        self._channel = Channel(self._connection, is_own=True)
        threading.Thread(target=self._see_it_end, daemon=True).start()

    def place(self) -> Channel | None:
        """Return the channel to it; None where it isn't there any more.

        What the terminal is like now, it will be like again, even if that program is killed meanwhile.
        """
        if self._channel is None or self._channel.is_closed:
            return None
        self._before = _read_state()
        return self._channel

    def _see_it_end(self) -> None:
        program, connection = self._program, self._connection
        if program is None or connection is None:
            return
        program.wait()
        if self._before is not None:
            _restore(*self._before, taken_by=program.pid)
        if self._connection is connection:  # nobody has ended it
            terminal.say("note: the program that asks was killed: nothing can be asked here any more, but by")
            terminal.say(f"awsactivate guard attach {os.getpid()}, in a second terminal")

    def sees_to(self, process: int, number: int) -> bool:
        """Tell whether COMMAND, which was stopped, will go on by itself: after a question, or at once."""
        group = os.getpgid(process)
        asking = self._program.pid if self._program else None
        is_by_question = number in (signal.SIGTTIN, signal.SIGTTOU) and _find_group_in_front() in (
            asking,
            group,
        )
        if not is_by_question and group == os.getpgrp():
            return False
        threading.Thread(target=self._continue, args=(asking, group), daemon=True).start()
        return True

    def _continue(self, asking: int | None, group: int) -> None:
        while asking is not None and _find_group_in_front() == asking:
            time.sleep(_LOOK_EVERY)
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)

    def end(self) -> None:
        """Have it give the terminal back, and end."""
        program, connection = self._program, self._connection
        self._program = self._connection = self._channel = None
        if program is None or connection is None:
            return
        connection.close()
        try:
            program.wait(_SECONDS)
        except subprocess.TimeoutExpired:  # it waits for a terminal that takes nothing
            program.kill()
            program.wait()
        if self._before is not None:
            _restore(*self._before, taken_by=program.pid)
