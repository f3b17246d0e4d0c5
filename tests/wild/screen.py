"""A shell that starts as people start it, on a terminal whose screen can be read.

The start-up files are those of a home folder of its own; what the program draws goes through a terminal
emulator, so that a test sees what a person sees, after all redrawing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

from harness.states import read_state

SECONDS = 30  # what a slow machine may take; a test that passes waits for none of it
QUIET = 0.4  # nothing drawn for so long: all is drawn
WIDTH, HEIGHT = 250, 40
# The start and the end of a prompt, as terminals' integrations mark them.
MARK = re.compile(rb"\x1b\](?:133|633|1337|16162);([ABPQ])(?=[;\x07\x1b])")
# Strings for the terminal itself that the emulator would draw: DCS, APC, PM.
STRINGS = re.compile(rb"\x1b[P_^X].*?(?:\x1b\\|\x07)", re.DOTALL)


class Screen(pyte.Screen):
    """A screen that answers what a program asks of its terminal."""

    answer: Callable[[str], None]

    def write_process_input(self, data: str) -> None:
        """Send the terminal's answer, as if it were typed."""
        self.answer(data)

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        """Take colours; xterm's private ones are no colours."""
        if not private:
            super().select_graphic_rendition(*attributes)


class Shell:
    """An interactive shell with the start-up files of `home`."""

    def __init__(self, name: str, argv: list[str], environ: dict[str, str], home: Path) -> None:
        self.name = name
        self.home = home
        self.raw = b""  # what was drawn since the last `prompt`
        self._kept = b""
        self._screen = Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self.child = pexpect.spawn(
            argv[0], argv[1:], env=environ, cwd=str(home), timeout=SECONDS, dimensions=(HEIGHT, WIDTH)
        )
        self.child.delaybeforesend = None
        self._screen.answer = self.child.send

    def settle(self) -> str:
        """Wait until nothing more is drawn; return what the screen shows."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self._read(QUIET):
            pass
        return self.shown()

    def wait(self, is_so: Callable[[str], bool], what: str, seconds: float = SECONDS) -> str:
        """Wait until the screen is as it should be, and stays so when all is drawn."""
        until = time.monotonic() + seconds
        while True:
            self._read(0.05)
            if is_so(self.shown()) and is_so(shown := self.settle()):
                return shown
            assert time.monotonic() < until, f"{what}; the screen shows:\n{self.shown()}"

    def run(self, line: str) -> None:
        """Type `line`, and wait until it is done and the next prompt is drawn."""
        self.settle()
        self.child.send(f"{line}\r")
        self.settle()

    def prompt(self, is_so: Callable[[str], bool] = bool, what: str = "no prompt is drawn") -> str:
        """Clear the screen; return what is drawn then, which is the prompt, once it is as it should be."""
        self.settle()
        # What is typed while a line editor sets the terminal up, which on a busy machine takes its time, is
        # echoed and then lost: so the line is typed again.
        for seconds in (SECONDS / 3, SECONDS / 3, SECONDS):
            self.raw = b""
            self.child.send("clear\r")
            try:
                self.wait(
                    lambda shown: bool(shown) and "clear" not in shown, "the screen was not cleared", seconds
                )
            except AssertionError:
                if seconds == SECONDS:
                    raise
                self.child.send("\x15")  # whatever of it is there
            else:
                break
        return self.wait(is_so, what)

    def marks(self) -> dict[str, int]:
        """Return how often each mark of a terminal's integration stands in the prompt drawn last."""
        found = [mark.decode() for mark in MARK.findall(self.raw)]
        return {mark: found.count(mark) for mark in sorted(set(found))}

    def is_between_marks(self, text: str) -> bool:
        """Say whether `text` stands behind the mark of the prompt's start, and before its end's, if any."""
        before, found, after = self.raw.rpartition(text.encode())
        marks = {
            mark: [place.start() for place in MARK.finditer(before) if place[1] in mark]
            for mark in (b"AP", b"B")
        }
        if not found or not MARK.search(self.raw):
            return bool(found)
        has_end = any(place[1] == b"B" for place in MARK.finditer(self.raw))
        is_behind_start = max(marks[b"AP"], default=-1) > max(marks[b"B"], default=-1)
        return is_behind_start and (not has_end or any(place[1] == b"B" for place in MARK.finditer(after)))

    def state(self) -> dict[str, str]:
        """Return everything that the shell knows."""
        file, done = self.home / "t_state", self.home / "t_done"
        done.unlink(missing_ok=True)
        self.settle()
        self.child.send(f"t_dump {file}; : >{done}\r")
        until = time.monotonic() + SECONDS
        while not done.exists():
            self._read(0.05)
            assert time.monotonic() < until, f"the shell does not answer; the screen shows:\n{self.shown()}"
        self.settle()
        return read_state(self.name, file)

    def shown(self) -> str:
        """Return what the screen shows now."""
        return "\n".join(line.rstrip() for line in self._screen.display).strip("\n")

    def _read(self, seconds: float) -> bool:
        """Take in what is drawn within `seconds`; say whether there was anything."""
        try:
            data = self.child.read_nonblocking(1 << 16, seconds)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            raise AssertionError(f"the shell ended; the screen showed:\n{self.shown()}") from None
        self.raw += data
        data = STRINGS.sub(b"", self._kept + data)
        # a string that has not ended yet waits for its end
        start = max(data.rfind(b"\x1b" + byte) for byte in (b"P", b"_", b"^", b"X"))
        self._kept = data[start:] if start >= 0 else b""
        self._stream.feed(data[:start] if start >= 0 else data)
        return True

    def end(self) -> None:
        """Leave the shell as people do, so that it writes its caches; then end it."""
        self.child.send("exit\r")
        self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=5)
        self.child.close(force=True)
