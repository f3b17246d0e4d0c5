"""direnv changes the environment at each prompt: what it sets and what a session sets stay apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.lab import Lab
from harness.shells import Shell
from needs import needs_program

HOOK = {
    "bash": 'eval "$(direnv hook bash)"\n',
    "zsh": 'eval "$(direnv hook zsh)"\n',
    "fish": "direnv hook fish | source\n",
}
NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION")
PROD = {"AWS_ACCESS_KEY_ID": "ASIAPROD", "AWS_SESSION_TOKEN": "TOKEN/prod", "AWS_REGION": "prod-region-1"}


@pytest.fixture
def project(lab: Lab) -> Path:
    """A folder whose .envrc, allowed, sets AWS_PROFILE and AWS_REGION."""
    direnv = needs_program("direnv")
    folder = lab.folder / "project"
    folder.mkdir()
    (folder / ".envrc").write_text("export AWS_PROFILE=of-the-folder AWS_REGION=folder-region-1\n", "utf-8")
    lab.environ |= {"DIRENV_LOG_FORMAT": "", "AWS_PROFILE": "mine"}
    assert os.spawnve(os.P_WAIT, direnv, ["direnv", "allow", str(folder)], lab.environ) == 0
    return folder


def held(terminal: Shell) -> dict[str, str]:
    """Return which of the names have which values, after a prompt at which direnv did its work."""
    terminal.call("true")
    file = terminal.scratch / "held"
    terminal.call(f"env >'{file}'")
    environ = dict(line.partition("=")[::2] for line in file.read_text("utf-8").splitlines())
    return {name: environ[name] for name in NAMES if name in environ}


def start(lab: Lab, shell: str, first: str) -> Shell:
    """Start a shell in which the hook of `first`, direnv or ours, was loaded before the other."""
    if first == "direnv":
        return lab.terminal(shell, before=HOOK[shell])
    terminal = lab.terminal(shell)
    file = lab.folder / f"direnv.{shell}"
    file.write_text(HOOK[shell], "utf-8")
    terminal.call(f"source '{file}'")
    return terminal


OF_FOLDER = {"AWS_PROFILE": "of-the-folder", "AWS_REGION": "folder-region-1"}


@pytest.mark.parametrize("first", ["direnv", "ours"])
def test_a_folder_entered_and_left_while_a_session_is_on(
    lab: Lab, shell: str, project: Path, first: str
) -> None:
    with start(lab, shell, first) as terminal:
        assert held(terminal) == {"AWS_PROFILE": "mine"}
        terminal.call("activate prod")
        assert held(terminal) == PROD
        terminal.call(f"cd '{project}'")
        assert held(terminal) == {**PROD, **OF_FOLDER}
        terminal.call("cd ..")
        assert held(terminal) == PROD  # direnv puts back what it found
        terminal.call("deactivate")
        assert held(terminal) == {"AWS_PROFILE": "mine"}
        assert terminal.shown_prompt() == "$ "


@pytest.mark.parametrize("first", ["direnv", "ours"])
def test_a_session_that_ends_in_the_folder_leaves_what_the_folder_set(
    lab: Lab, shell: str, project: Path, first: str
) -> None:
    with start(lab, shell, first) as terminal:
        terminal.call("activate prod")
        held(terminal)
        terminal.call(f"cd '{project}'")
        held(terminal)
        terminal.call("deactivate")
        assert held(terminal) == OF_FOLDER
        terminal.call("activate prod")
        assert held(terminal) == PROD
        terminal.call("deactivate")
        assert held(terminal) == OF_FOLDER


@pytest.mark.parametrize("first", ["direnv", "ours"])
def test_a_session_that_starts_in_the_folder_gives_way_to_what_direnv_puts_back(
    lab: Lab, shell: str, project: Path, first: str
) -> None:
    with start(lab, shell, first) as terminal:
        terminal.call(f"cd '{project}'")
        assert held(terminal) == OF_FOLDER
        terminal.call("activate prod")
        assert held(terminal) == PROD
        terminal.call("cd ..")
        left = held(terminal)
        # direnv restores its own names, whoever holds them now; the keys it has nothing to do with
        assert left == {**{name: PROD[name] for name in NAMES[:2]}, "AWS_PROFILE": "mine"}
        terminal.call("deactivate")
        assert held(terminal) == {"AWS_PROFILE": "mine"}


@pytest.mark.parametrize("first", ["direnv", "ours"])
def test_the_status_and_the_segment_are_shown_beside_direnv(
    lab: Lab, shell: str, project: Path, first: str
) -> None:
    prompts = {
        "bash": "PS1='[$?] $ '\n",
        "zsh": "PROMPT='[%?] $ '\n",
        "fish": 'function fish_prompt; echo "[$status] \\$ "; end\n',
    }
    with start(lab, shell, first) as terminal:
        file = lab.folder / "prompt-with-status"
        file.write_text(prompts[shell], "utf-8")
        terminal.call(f"source '{file}'")
        terminal.call("activate prod")
        terminal.call(f"cd '{project}'")
        terminal.send("(exit 7)" if shell != "fish" else "sh -c 'exit 7'")
        terminal.expect("(prod 60m) [7] $ ")
