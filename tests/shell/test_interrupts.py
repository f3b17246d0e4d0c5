"""Ctrl-C, signals and the terminal: whatever happens in the middle, the shell is whole afterwards."""

from __future__ import annotations

import re
import subprocess
import time

import pytest

from harness.lab import Lab, assigning
from harness.shells import PLAIN, Shell
from harness.states import changes

# the harness types without an echo
SHOW = "stty echo icanon </dev/tty"


def echoes(terminal: Shell) -> bool:
    """Whether the shell's terminal shows what is typed into the programs it runs."""
    file = terminal.scratch / "stty"
    terminal.call(f"stty -a >'{file}' </dev/tty")
    words = file.read_text("utf-8").replace(";", " ").split()
    return "echo" in words and "icanon" in words


def test_a_code_is_asked_on_the_terminal_and_the_answer_used(lab: Lab, shell: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.call(SHOW)
        terminal.send("activate ask")
        terminal.expect("code? ")
        terminal.send("123456")
        assert "activated ask" in terminal.finish().output
        assert echoes(terminal)
        terminal.call("deactivate")


@pytest.mark.parametrize("profile", ["hang", "ask"])
def test_ctrl_c_leaves_the_old_session_and_all_options(lab: Lab, shell: str, profile: str) -> None:
    options = {"bash": "set -xT", "zsh": "setopt xtrace", "fish": "set -g fish_trace 1"}
    quiet = {"bash": "set +xT", "zsh": "unsetopt xtrace", "fish": "set -e fish_trace"}
    with lab.terminal(shell) as terminal:
        terminal.call(SHOW)
        terminal.call("activate prod")
        terminal.state()
        first = terminal.state()
        terminal.call(options[shell])
        terminal.send(f"activate {profile}")
        terminal.search("hanging|code[?] ")
        terminal.control("c")
        terminal.expect("(prod 60m) $ ")
        traced = terminal.call("echo traced")
        assert re.search(r"(\+|>) .*echo traced", traced.output)
        terminal.call(quiet[shell])
        assert changes(first, terminal.state()) == {}
        assert echoes(terminal)
        assert terminal.call("deactivate").status == 0


def test_ctrl_c_ends_all_that_stands_on_the_line(lab: Lab, shell: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.send("activate ask; echo went-'on'")
        terminal.expect("code? ")
        terminal.control("c")
        terminal.expect("$ ")  # a shell that resets its terminal throws away what is typed before its prompt
        assert "went-on\n" not in terminal.call("true").output


def test_a_core_killed_while_the_echo_is_off_leaves_a_terminal_that_echoes(lab: Lab, shell: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.call(SHOW)
        assert echoes(terminal)
        assert terminal.call("activate killed").status == 137
        assert echoes(terminal)


def test_a_script_whose_core_is_killed_leaves_such_a_terminal_too(lab: Lab, shell: str) -> None:
    file = lab.folder / "script"
    file.write_text(lab.prelude(shell) + "activate killed\n", "utf-8")
    with lab.terminal("bash") as terminal:
        terminal.call(SHOW)
        assert terminal.call(f"{shell} {' '.join(PLAIN[shell])} '{file}'").status == 137
        assert echoes(terminal)


def test_a_change_that_was_interrupted_is_finished_at_the_next_prompt(lab: Lab, shell: str) -> None:
    # what Ctrl-C between two statements of the change leaves behind: the whole of it is still pending
    text = subprocess.run(
        [lab.core, "_activate", shell, "dev"], capture_output=True, text=True, check=True
    ).stdout.rstrip("\n")
    with lab.terminal(shell) as terminal:
        terminal.state()
        first = terminal.state()
        terminal.call("activate prod")
        terminal.call(("set -e -g" if shell == "fish" else "unset") + " AWS_SESSION_TOKEN")
        file = lab.folder / "pending"
        file.write_text(assigning(shell, "_awsactivate_pending", text), "utf-8")
        finished = terminal.call(("source" if shell == "fish" else ".") + f" '{file}'")
        assert "activated dev" in finished.output
        assert terminal.shown_prompt() == "(dev 60m) $ "
        assert "token=TOKEN/dev\n" in terminal.call('echo "token=$AWS_SESSION_TOKEN"').output
        terminal.call("deactivate")
        assert changes(first, terminal.state()) == {}


def test_an_end_that_was_interrupted_is_finished_at_the_next_prompt(lab: Lab, shell: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.state()
        first = terminal.state()
        terminal.call("activate prod")
        end = "_awsactivate_end deactivate" if shell == "bash" else "_awsactivate_end"
        terminal.call(f"_awsactivate_put_back AWS_REGION; {assigning(shell, '_awsactivate_pending', end)}")
        terminal.call("true")
        assert changes(first, terminal.state()) == {}


def test_ctrl_z_does_not_stop_the_core_where_nobody_could_continue_it(lab: Lab, shell: str) -> None:
    # in a shell that another one started: the first of a terminal cannot be stopped anyway
    file = lab.folder / "inner"
    prompt = "function fish_prompt; echo 'inner> '; end\n" if shell == "fish" else "PS1='inner> '\n"
    file.write_text(prompt + lab.prelude(shell), "utf-8")
    options = " ".join([*PLAIN[shell], "-i", *(["+Z"] if shell == "zsh" else [])])
    with lab.terminal("bash") as terminal:
        terminal.send(f"{shell} {options}; echo left")
        terminal.name = shell
        terminal.call(("source" if shell == "fish" else ".") + f" '{file}'")
        terminal.send("activate hang")
        terminal.expect("hanging")
        terminal.control("z")
        time.sleep(0.3)  # long enough to be stopped
        terminal.control("c")
        # a shell that resets its terminal throws away what is typed before its prompt
        terminal.expect("inner> ")
        assert terminal.call("true").status in (0, 130)
        assert "left" not in terminal.call("echo here").output
