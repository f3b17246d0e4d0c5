"""A shell that inherits a session adopts it and ends it alone; one that does not inherit has none."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.lab import Lab
from harness.shells import PLAIN
from needs import needs_program, needs_shell
from shell import documentation
from shell.fake_core import secret

# How one shell starts another, which runs a file: what the other inherits.
WAYS = {
    "nested": ("{run}", True),
    "nested twice": ("sh -c '{run}'", True),
    "in the background": ("{run} & wait", True),
    "by script": ("script -q -e -c '{run}' typescript >/dev/null", True),
    "by su": ("su -s /bin/sh -c '{run}' root", True),
    "by env -i": ("env -i HOME=/ PATH=/usr/bin:/bin {run}", False),
    "by su -": ("su -s /bin/sh -c '{run}' - root", False),
}


def environment(file: Path) -> dict[str, str]:
    """Return which variables of a session a file, written by env -0, tells of."""
    entries = (entry.partition("=")[::2] for entry in file.read_text("utf-8").split("\0") if entry)
    return {name: value for name, value in entries if name.startswith("AWS")}


@pytest.mark.parametrize("way", WAYS)
def test_another_shell_adopts_what_it_inherits_and_ends_it_alone(lab: Lab, shell: str, way: str) -> None:
    command, inherits = WAYS[way]
    needs_program(command.split()[0] if command[0] != "{" else "sh")
    if command.startswith("su ") and os.geteuid() != 0:
        pytest.skip("only root can su without a password")
    lab.folder.chmod(0o755)
    active, ended, parent = (lab.folder / name for name in ("active", "ended", "parent"))
    inner = lab.folder / "inner"
    status = "$status" if shell == "fish" else "$?"
    inner.write_text(
        lab.prelude(shell)
        + f"env -0 >'{active}'\nawsactivate_prompt_info >'{lab.folder}/shown'\n"
        + f"awsdeactivate 2>'{lab.folder}/said'\necho {status} >'{lab.folder}/status'\nenv -0 >'{ended}'\n",
        "utf-8",
    )
    run = " ".join([needs_shell(shell), *PLAIN[shell], str(inner)])
    done = lab.script(shell, f"activate prod\n{command.format(run=run)}\nenv -0 >'{parent}'\nawsdeactivate\n")
    assert (done.status, done.output, done.errors) == (0, "", "activated prod\n")
    shown, said, code = ((lab.folder / name).read_text("utf-8") for name in ("shown", "said", "status"))
    if inherits:
        assert environment(active) == environment(parent)
        assert (shown, said, code) == ("(prod 60m) ", "", "0\n")
    else:
        assert environment(active) == {}
        assert (shown, code) == ("", "1\n")
        assert said == "awsactivate: error: no session is active in this shell\n"
    assert environment(ended) == {}
    assert environment(parent)["AWS_SECRET_ACCESS_KEY"] == secret("prod")


class Tmux:
    """A tmux server of our own, whose windows run the shell with the integration loaded."""

    def __init__(self, lab: Lab, shell: str) -> None:
        self.lab = lab
        self.name = f"awsactivate-{uuid.uuid4().hex}"
        self.program = needs_program("tmux")
        start = lab.folder / "start"
        start.mkdir()
        prompt = "function fish_prompt; echo '$ '; end\n" if shell == "fish" else "PS1='$ '\n"
        (start / ".zshrc").write_text(prompt + lab.prelude(shell), "utf-8")
        program = needs_shell(shell)
        self.command = {
            "bash": f"{program} --noprofile --rcfile {start}/.zshrc -i",
            "zsh": f"ZDOTDIR={start} {program} -d -i",
            "fish": f"{program} --no-config -i -C 'source {start}/.zshrc'",
        }[shell]

    def arguments(self, *words: str) -> list[str]:
        return [self.program, "-L", self.name, "-f", "/dev/null", *words]

    def run(self, *words: str) -> str:
        """Run a command of tmux from outside all sessions."""
        return subprocess.run(
            self.arguments(*words), env=self.lab.environ, check=True, capture_output=True, text=True
        ).stdout

    def screen(self, window: str) -> str:
        return self.run("capture-pane", "-p", "-t", window)

    def type(self, window: str, line: str, shows: str) -> str:
        """Type a line into a window and wait until its screen shows a text."""
        self.run("send-keys", "-t", window, "-l", line)
        self.run("send-keys", "-t", window, "Enter")
        return self.wait(window, shows)

    def wait(self, window: str, shows: str) -> str:
        until = time.monotonic() + 20
        while shows not in (screen := self.screen(window)):
            assert time.monotonic() < until, screen
            time.sleep(0.05)
        return screen


@pytest.fixture
def tmux(lab: Lab, shell: str) -> Iterator[Tmux]:
    server = Tmux(lab, shell)
    yield server
    subprocess.run(server.arguments("kill-server"), capture_output=True, check=False)


def test_a_window_of_a_tmux_started_in_a_session_adopts_it(lab: Lab, shell: str, tmux: Tmux) -> None:
    lab.environ["TERM"] = "xterm"
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        words = " ".join(tmux.arguments("new-session", "-d", "-s", "s", "-x", "150", "-y", "20"))
        assert terminal.call(f'{words} "{tmux.command}"').status == 0
        tmux.run("set-option", "-g", "default-command", tmux.command)
        tmux.wait("s:0", "(prod 60m) $")
        screen = tmux.type("s:0", "deactivate; printenv AWS_ACCESS_KEY_ID; echo 'left':", "left:")
        assert "ASIAPROD" not in screen
        # the server itself was started with the session: every later window has it, and can end it alone
        terminal.call("deactivate")
        tmux.run("new-window", "-t", "s:1")
        tmux.wait("s:1", "(prod 60m) $")
        tmux.type("s:1", "printenv AWS_ACCESS_KEY_ID", "ASIAPROD")
        screen = tmux.type("s:1", "clear; deactivate; printenv AWS_ACCESS_KEY_ID; echo 'left':", "left:\n")
        assert "ASIAPROD" not in screen
        tmux.wait("s:1", "\n$")


def test_a_window_of_a_tmux_started_before_has_a_session_of_its_own(lab: Lab, shell: str, tmux: Tmux) -> None:
    lab.environ["TERM"] = "xterm"
    tmux.run("new-session", "-d", "-s", "s", "-x", "150", "-y", "20", tmux.command)
    tmux.run("set-option", "-g", "default-command", tmux.command)
    tmux.wait("s:0", "$")
    tmux.type("s:0", "activate prod", "(prod 60m) $")
    tmux.run("new-window", "-t", "s:1")
    screen = tmux.type(
        "s:1",
        "echo ${AWS_ACCESS_KEY_ID-none} 'end'"
        if shell != "fish"
        else "set -q AWS_ACCESS_KEY_ID; or echo none 'end'",
        "none end",
    )
    assert "prod" not in screen
    assert "AWS" not in tmux.run("show-environment", "-g")


def test_the_status_line_of_tmux_can_show_the_session(lab: Lab, shell: str, tmux: Tmux) -> None:
    """As docs/prompt.md says: the title of the pane, written at each prompt."""
    lab.environ["TERM"] = "xterm"
    blocks = documentation.blocks("tmux's status line")
    settings = lab.folder / "tmux.conf"
    settings.write_text(blocks["tmux"], "utf-8")
    snippet = lab.folder / "snippet"
    snippet.write_text(blocks[shell], "utf-8")
    tmux.run("new-session", "-d", "-s", "s", "-x", "150", "-y", "20", tmux.command)
    tmux.run("source-file", str(settings))
    tmux.wait("s:0", "$")
    tmux.type("s:0", f"source {snippet}; activate prod", "(prod 60m) $")
    until = time.monotonic() + 20
    while "(prod 60m)" not in tmux.run("display-message", "-p", "-t", "s:0", "#{pane_title} "):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "pane_title" in tmux.run("show-options", "-g", "status-right")
    tmux.type("s:0", "deactivate; clear; echo 'en'd", "end\n$")
    assert "prod" not in tmux.run("display-message", "-p", "-t", "s:0", "#{pane_title} ")
