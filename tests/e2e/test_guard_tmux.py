"""`exec --guard` in tmux: a shell, a program with a screen of its own, and a second window that answers."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import World
from e2e.test_guard import AWS, CHOICES, guarded
from harness.shells import PROGRAM
from needs import needs_program

__all__ = ["guarded"]

pytestmark = pytest.mark.long

SECONDS = 60
# A program that has the whole screen, and makes one call each time that a key is pressed.
SCREEN = """
import curses, boto3, botocore.exceptions
def main(screen):
    curses.use_default_colors()
    screen.addstr(0, 0, "full screen: press a key")
    for turn in range(1, 9):
        if screen.getkey() == "q":
            return
        try:
            boto3.client("iam").create_user(UserName=f"user{turn}")
            said = "made"
        except botocore.exceptions.ClientError as error:
            said = error.response["Error"]["Code"]
        screen.addstr(turn, 0, f"user{turn}: {said}.")
curses.wrapper(main)
"""


class Tmux:
    """A server of its own, with windows to type into and to look at."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self._socket = str(folder / "tmux")
        self._environ = {**environ, "TERM": "screen"}
        self._program = needs_program("tmux")

    def __call__(self, *words: str) -> str:
        told = subprocess.run(
            [self._program, "-f", "/dev/null", "-S", self._socket, *words],
            env=self._environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout

    def open(self, name: str, *words: str) -> None:
        """Open a window with a program in it, which stays when that ends."""
        self(
            "new-session",
            "-d",
            "-s",
            name,
            "-x",
            "200",
            "-y",
            "50",
            *words,
            ";",
            "set",
            "remain-on-exit",
            "on",
        )

    def type(self, name: str, *keys: str) -> None:
        """Press keys; those of an answer once its question has stood for long enough to be read."""
        if keys[0] in ("o", "5", "a"):
            time.sleep(1.1)
        self("send-keys", "-t", name, *keys)

    def shown(self, name: str) -> str:
        """Return what the window shows."""
        return self("capture-pane", "-p", "-J", "-t", name)

    def expect(self, name: str, text: str) -> str:
        """Wait until a window shows a text; return all that it shows."""
        until = time.monotonic() + SECONDS
        while text not in (shown := self.shown(name)):
            assert time.monotonic() < until, f"{text!r} is not in:\n{shown}"
            time.sleep(0.1)
        return shown


@pytest.fixture
def tmux(guarded: World, short_folder: Path) -> Iterator[Tmux]:
    opened = Tmux(short_folder, guarded.environ)
    yield opened
    opened("kill-server")


def number(shown: str) -> str:
    found = re.search(r"awsactivate guard attach ([0-9]+)", shown)
    assert found
    return found[1]


def test_a_shell_and_what_is_run_in_it(guarded: World, tmux: Tmux) -> None:
    needs_program("bash")
    tmux.open("one", PROGRAM, "exec", "--guard", "open", "--", "bash", "--norc", "-i")
    tmux.expect("one", "awsactivate guard attach")
    create = f"{AWS} iam create-user --query User.UserName --output text --user-name"
    tmux.type("one", "PS1='$ '", "Enter", "clear", "Enter", f"{create} eve", "Enter")
    tmux.expect("one", f"bash wants iam:CreateUser on user/eve in open ({guarded.account}): {CHOICES}?")
    tmux.type("one", "o", "Enter")
    tmux.expect("one", "\neve\n")
    # Ctrl-C is a no to the question, and ends nothing else
    tmux.type("one", "clear", "Enter", f"{create} bob; echo status $?", "Enter")
    tmux.expect("one", "on user/bob in open")
    tmux.type("one", "C-c")
    tmux.expect("one", "status 255")
    # two at the same time are a list, answered as one
    tmux.type("one", "clear", "Enter", f"{create} carol & {create} dave & wait", "Enter")
    tmux.expect("one", "or [e]ach?")
    tmux.type("one", "a", "Enter")
    tmux.expect("one", "\ncarol\n")
    tmux.expect("one", "\ndave\n")
    # and the shell is as it was: it edits lines, and takes its Ctrl-C
    tmux.type("one", "clear", "Enter", f"{create} frank", "Enter")
    tmux.expect("one", "\nfrank\n")
    tmux.type("one", "sleep 60", "Enter", "C-c", "echo still $((40 + 2))", "Enter")
    tmux.expect("one", "still 42")


def test_a_program_that_has_the_screen_is_answered_in_a_second_window(guarded: World, tmux: Tmux) -> None:
    tmux.open(
        "one",
        PROGRAM,
        "exec",
        "--guard",
        "open",
        "--",
        "sh",
        "-c",
        f"sleep 2; exec {sys.executable} -c '{SCREEN.replace(chr(39), chr(34))}'",
    )
    guard = number(tmux.expect("one", "awsactivate guard attach"))
    tmux.expect("one", "full screen: press a key")
    tmux.open("two", PROGRAM, "guard", "attach", guard)
    tmux.expect("two", f"guard {guard} asks here until its command ends")
    for turn, (key, said) in enumerate([("o", "made"), ("n", "AccessDenied"), ("C-c", "AccessDenied")], 1):
        tmux.type("one", "x")
        tmux.expect("two", f"sh wants iam:CreateUser on user/user{turn} in open ({guarded.account})")
        tmux.type("two", key, *(["Enter"] if key != "C-c" else []))
        shown = tmux.expect("one", f"user{turn}: {said}.")
        assert "wants" not in shown
    tmux.type("one", "q")
    tmux.expect("two", f"guard {guard} has ended")


def test_nobody_answers_for_45_seconds(guarded: World, tmux: Tmux) -> None:
    tmux.open(
        "one", PROGRAM, "exec", "--guard", "open", "--", AWS, "iam", "create-user", "--user-name", "eve"
    )
    tmux.expect("one", f"{CHOICES}?")
    begun = time.monotonic()
    tmux.expect("one", "because nobody answered within 45 s")
    assert 40 < time.monotonic() - begun < 55
