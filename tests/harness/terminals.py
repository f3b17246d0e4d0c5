"""A terminal for a test: a pty whose modes can be compared, and the program that has it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect.fdpexpect

# How a program gets a session of its own, with the terminal on its stdin. For a function between fork and
# exec the whole process of the tests is copied, which takes longer than most programs run; for util-linux's
# program it is not.
_SETSID = shutil.which("setsid") if sys.platform == "linux" else None
_OWNER = [_SETSID, "--ctty"] if _SETSID else []
_OWNING: dict[str, Any] = (
    {} if _SETSID else {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}
)

SECONDS = 60  # what a slow machine may take; a test that passes waits for none of it


class Terminal:
    """A pty, with one program in a session of its own on it."""

    def __init__(
        self,
        argv: list[str],
        environ: Mapping[str, str] | None = None,
        *,
        inherits: bool = True,
        folder: Path | None = None,
        size: tuple[int, int] | None = None,
        echo: bool = True,
    ) -> None:
        """Start `argv`.

        The program `inherits` this process's environment, with `environ` over it; else it gets that alone.
        """
        own = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"} if inherits else {}
        self.master, slave = os.openpty()
        if size is not None:
            termios.tcsetwinsize(slave, size)
        if not echo:
            modes = termios.tcgetattr(slave)
            modes[3] &= ~termios.ECHO
            termios.tcsetattr(slave, termios.TCSANOW, modes)
        self.modes_before = self.modes()
        try:
            self.program = subprocess.Popen(
                [*_OWNER, *argv],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env={**own, **(environ or {})},
                cwd=folder,
                **_OWNING,
            )
        finally:
            os.close(slave)
        self._reader = pexpect.fdpexpect.fdspawn(
            self.master, timeout=SECONDS, encoding="utf-8", codec_errors="replace"
        )

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self.program.pid

    def modes(self) -> list[Any]:
        """Return the terminal's modes as termios has them."""
        return termios.tcgetattr(self.master)

    def answer(self, text: str) -> None:
        """Type what answers a question of the guard's, once that has stood for long enough to be read."""
        time.sleep(1.1)
        self.type(text)

    def type(self, text: str | bytes) -> None:
        """Press keys."""
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.master, data) :]

    def send(self, line: str) -> None:
        """Type a line."""
        self.type(f"{line}\n")

    def control(self, character: str) -> None:
        """Press Ctrl and `character`."""
        self.type(bytes([ord(character.upper()) - 64]))

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.control("c")

    def expect(self, text: str) -> str:
        """Wait until `text` is shown; return what was shown before it."""
        self._reader.expect_exact(text)
        return str(self._reader.before)

    def search(self, pattern: str) -> re.Match[str]:
        """Wait until what is shown matches `pattern`; return the match."""
        self._reader.expect(pattern)
        match: re.Match[str] = self._reader.match
        return match

    def read(self) -> str:
        """Return all that is shown until the program's end."""
        self._reader.expect(pexpect.EOF)
        return str(self._reader.before)

    def until_echo(self, is_on: bool) -> None:
        """Wait until the terminal echoes, or does not."""
        until = time.monotonic() + SECONDS
        while bool(self.modes()[3] & termios.ECHO) is not is_on:
            assert time.monotonic() < until, f"echo did not become {is_on}"
            time.sleep(0.01)

    def wait(self) -> int:
        """Wait for the program's end; return its status, negative for a signal's number."""
        return self.program.wait(SECONDS)

    def rest(self) -> str:
        """Return all that is still shown, the program having ended."""
        shown = str(self._reader.buffer)
        try:
            while True:
                shown += self._reader.read_nonblocking(4096, timeout=0)
        except (pexpect.EOF, pexpect.TIMEOUT):  # the latter where the program left a child behind
            return shown

    def hang_up(self) -> None:
        """Close the terminal, as a window that is shut does."""
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        """End what still runs, and the terminal."""
        if self.program.poll() is None:
            self._kill()
            self.program.wait(SECONDS)
        if self.master >= 0:
            self.hang_up()

    def _kill(self) -> None:
        try:
            os.killpg(self.program.pid, signal.SIGKILL)
        except ProcessLookupError:  # it leads no group yet
            self.program.kill()


@contextmanager
def terminal(
    argv: list[str], environ: Mapping[str, str] | None = None, *, inherits: bool = True
) -> Iterator[Terminal]:
    """Open a pty and run `argv` on it; all is ended afterwards."""
    opened = Terminal(argv, environ, inherits=inherits)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def python(program: str, environ: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run the text of a Python program on a terminal."""
    with terminal([sys.executable, "-c", program], environ) as opened:
        yield opened
