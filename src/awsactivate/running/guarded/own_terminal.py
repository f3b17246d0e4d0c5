"""COMMAND's own terminal as a place to ask: while COMMAND has neither its screen nor its keys."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

from awsactivate.running.guarded import ancestry, asking
from awsactivate.running.guarded.channel import Channel
from awsactivate.sessions import environment

_LOCAL = 3  # where termios keeps the local modes
_TTY = "/dev/tty"
_SECONDS = 2.0
_LOOK_EVERY = 0.05  # seconds


def is_there() -> bool:
    """Tell whether this process has a terminal at all."""
    try:
        os.close(_opened())
    except OSError:
        return False
    return True


def is_free() -> bool:
    """Tell whether COMMAND has it in lines, as it was, and nothing of it waits for what is typed."""
    try:
        fd = _opened()
    except OSError:
        return False
    try:
        if not _is_in_lines(fd):
            return False
        in_front = ancestry.group_below(os.tcgetpgrp(fd), os.getpid())
        return bool(in_front) and not any(map(ancestry.reads_terminal, in_front))
    except (OSError, termios.error):
        return False
    finally:
        os.close(fd)


def _is_in_lines(fd: int) -> bool:
    local = termios.tcgetattr(fd)[_LOCAL]
    return bool(local & termios.ICANON) and bool(local & termios.ECHO)


def _group_in_front() -> int | None:
    try:
        fd = _opened()
    except OSError:
        return None
    try:
        return os.tcgetpgrp(fd)
    except OSError:
        return None
    finally:
        os.close(fd)


def _opened() -> int:
    return os.open(_TTY, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC | os.O_NONBLOCK)


def put_in_front(group: int) -> None:
    """Give the terminal to a group, where this process's has it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
    with suppress(OSError):
        fd = _opened()
        try:
            os.tcsetpgrp(fd, group)
        finally:
            os.close(fd)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


class OwnTerminal:
    """The program that asks there, which is started when it is needed first, and stays."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environment.of_helper(environ)
        self._program: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None

    def place(self) -> Channel | None:
        """Return the channel to it; None where it can't be had."""
        if self._channel is None or self._channel.is_closed:
            self.end()
            self._start()
        return self._channel

    def _start(self) -> None:
        self._program = subprocess.Popen(
            # isolated, and without site: nothing of the person's is looked for in the present folder
            [sys.executable, "-I", "-S", asking.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environ,
            process_group=0,
        )
        if self._program.stdin and self._program.stdout:
            ends = self._program.stdout.fileno(), self._program.stdin.fileno()
            self._channel = Channel(*ends, is_own=True)

    def sees_to(self, process: int, number: int) -> bool:
        """Tell whether COMMAND, which was stopped, will go on by itself: after a question, or at once."""
        group = os.getpgid(process)
        asking = self._program.pid if self._program else None
        is_by_question = number in (signal.SIGTTIN, signal.SIGTTOU) and _group_in_front() in (asking, group)
        if not is_by_question and group == os.getpgrp():
            return False
        threading.Thread(target=self._continue, args=(asking, group), daemon=True).start()
        return True

    def _continue(self, asking: int | None, group: int) -> None:
        while asking is not None and _group_in_front() == asking:
            time.sleep(_LOOK_EVERY)
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)

    def end(self) -> None:
        """Have it give the terminal back, and end."""
        if self._program is None:
            return
        if self._program.stdin:
            self._program.stdin.close()
        try:
            self._program.wait(_SECONDS)
        except subprocess.TimeoutExpired:  # it waits for a terminal that takes nothing
            self._program.kill()
            self._program.wait()
        if self._program.stdout:
            self._program.stdout.close()
        self._program = self._channel = None
