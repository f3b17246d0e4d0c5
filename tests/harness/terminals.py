"""A terminal for a test: a pty whose modes can be compared, and the program that has it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pexpect.fdpexpect

SECONDS = 20  # what a slow machine may take; a test that passes waits for none of it


class Terminal:
    """A pty, with one program in a session of its own on it."""

    def __init__(self, argv: list[str], environ: Mapping[str, str] | None = None) -> None:
        self.master, self._slave = os.openpty()
        self.modes_before = self.modes()
        self.program = subprocess.Popen(
            argv,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **(environ or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self._reader = pexpect.fdpexpect.fdspawn(self.master, timeout=SECONDS)

    def modes(self) -> list[Any]:
        """Return the terminal's modes as termios has them."""
        return termios.tcgetattr(self.master)

    def type(self, text: str | bytes) -> None:
        """Press keys."""
        os.write(self.master, text.encode() if isinstance(text, str) else text)

    def expect(self, text: str) -> str:
        """Wait until `text` is shown; return what was shown before it."""
        self._reader.expect_exact(text.encode())
        return bytes(self._reader.before).decode()

    def until_echo(self, is_on: bool) -> None:
        """Wait until the terminal echoes, or does not."""
        until = time.monotonic() + SECONDS
        while bool(self.modes()[3] & termios.ECHO) is not is_on:
            assert time.monotonic() < until, f"echo did not become {is_on}"
            time.sleep(0.01)

    def status(self) -> int:
        """Wait for the program's end; return its status, negative for a signal's number."""
        return self.program.wait(SECONDS)

    def rest(self) -> str:
        """Return all that is still shown, the program having ended."""
        os.set_blocking(self.master, False)
        data = bytes(self._reader.buffer)
        try:
            while more := os.read(self.master, 4096):
                data += more
        except OSError:
            pass
        return data.decode()

    def hang_up(self) -> None:
        """Close the terminal, as a window that is shut does."""
        os.close(self._slave)
        os.close(self.master)
        self.master = self._slave = -1

    def close(self) -> None:
        """End what still runs, and the terminal."""
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait(SECONDS)
        if self.master >= 0:
            self.hang_up()


@contextmanager
def terminal(argv: list[str], environ: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Open a pty and run `argv` on it; all is ended afterwards."""
    opened = Terminal(argv, environ)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def python(program: str, environ: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run the text of a Python program on a terminal."""
    with terminal([sys.executable, "-c", program], environ) as opened:
        yield opened
