"""Virtual environments have a `deactivate` too: whichever was activated last is ended first."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from shell.harness import Lab, Terminal

FLAVOURS = ("venv", "virtualenv")

# what is typed, and then: the session, the virtual environment, and whose `deactivate` is
ORDERS = {
    "a session in a virtual environment": [
        ("A", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("deactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "a virtual environment in a session": [
        ("activate prod", ("prod", "none", "ours")),
        ("A", ("prod", "A", "venv")),
        ("deactivate", ("prod", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
    "another virtual environment on top": [
        ("A", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("B", ("prod", "B", "venv")),
        ("deactivate", ("prod", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
    "the same virtual environment again": [
        ("A", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("A", ("prod", "A", "venv")),
        ("awsdeactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "the session ends first": [
        ("activate prod", ("prod", "none", "ours")),
        ("A", ("prod", "A", "venv")),
        ("awsdeactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "a switch inside a virtual environment": [
        ("A", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("activate dev", ("dev", "A", "ours")),
        ("deactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "somebody removes the function": [
        ("A", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("REMOVE", ("prod", "A", "ours")),
        ("deactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "two virtual environments, then a session": [
        ("A", ("none", "A", "venv")),
        ("B", ("none", "B", "venv")),
        ("activate prod", ("prod", "B", "ours")),
        ("deactivate", ("none", "B", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "a switch above a virtual environment": [
        ("activate prod", ("prod", "none", "ours")),
        ("A", ("prod", "A", "venv")),
        ("activate dev", ("dev", "A", "ours")),
        ("deactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
    "switches that fail": [
        ("A", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("activate fail", ("prod", "A", "ours")),
        ("activate half", ("prod", "A", "ours")),
        ("deactivate", ("none", "A", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
}


@pytest.fixture(scope="module", params=FLAVOURS)
def environments(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the virtual environments A and B."""
    if find_spec(request.param) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{request.param} is not installed, and CI must not go without it")
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    extra = ["--without-pip"] if request.param == "venv" else ["--no-seed", "--no-periodic-update"]
    for name in ("A", "B"):
        subprocess.run(
            [sys.executable, "-m", request.param, *extra, str(folder / name)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder


OWNER = {
    "bash": "case $(declare -f deactivate) "
    "in *_awsactivate_*) echo ours;; *VIRTUAL_ENV*) echo venv;; *) echo none;; esac",
    "zsh": "case ${functions[deactivate]-} "
    "in *_awsactivate_*) echo ours;; *VIRTUAL_ENV*) echo venv;; *) echo none;; esac",
    "fish": "if functions -q deactivate; functions deactivate | string match -q '*_awsactivate_*'; "
    "and echo ours; or echo venv; else; echo none; end",
}


def situation(terminal: Terminal) -> tuple[str, str, str]:
    """Return the session, the virtual environment's name, and whose `deactivate` is."""
    terminal.run("true")  # the prompt's hook has had its turn
    file = terminal.lab.folder / "situation"
    terminal.run(
        f"begin; {OWNER['fish']}; end >'{file}'"
        if terminal.shell == "fish"
        else f"{{ {OWNER[terminal.shell]}; }} >'{file}'"
    )
    owner = file.read_text("utf-8").strip()
    terminal.run(f"env >'{file}'")
    environ = dict(line.partition("=")[::2] for line in file.read_text("utf-8").splitlines())
    return environ.get("AWSACTIVATE_PROFILE", "none"), Path(environ.get("VIRTUAL_ENV", "none")).name, owner


@pytest.mark.parametrize("order", ORDERS)
def test_last_in_is_first_out(lab: Lab, shell: str, environments: Path, order: str) -> None:
    script = "activate.fish" if shell == "fish" else "activate"
    lines = {name: f"source {environments}/{name}/bin/{script}" for name in ("A", "B")}
    lines["REMOVE"] = "functions -e deactivate" if shell == "fish" else "unset -f deactivate"
    happened = []
    lab.environ["PATH"] = "/usr/bin:/bin"
    del lab.environ["VIRTUAL_ENV_DISABLE_PROMPT"]
    with lab.terminal(shell, bin="/nowhere/bin") if shell != "fish" else lab.terminal(shell) as terminal:
        first = terminal.state()["environment PATH"]
        for line, _ in ORDERS[order]:
            terminal.run(lines.get(line, line))
            happened.append((line, situation(terminal)))
        assert terminal.prompt() == "$ "
        assert terminal.state()["environment PATH"] == first
    assert happened == ORDERS[order]


def test_the_prompts_of_both_come_and_go(lab: Lab, shell: str, environments: Path) -> None:
    script = "activate.fish" if shell == "fish" else "activate"
    del lab.environ["VIRTUAL_ENV_DISABLE_PROMPT"]
    shown = []
    with lab.terminal(shell) as terminal:
        for line in ("activate prod", f"source {environments}/A/bin/{script}", "awsdeactivate", "deactivate"):
            terminal.run(line)
            terminal.run("true")
            shown.append(terminal.prompt())
    # ours stays where it was; a virtual environment puts itself first
    assert shown == ["(prod 60m) $ ", "(A) (prod 60m) $ ", "(A) $ ", "$ "]


def test_deactivate_nondestructive_keeps_the_session(lab: Lab, shell: str, environments: Path) -> None:
    script = "activate.fish" if shell == "fish" else "activate"
    with lab.terminal(shell) as terminal:
        terminal.run(f"source {environments}/A/bin/{script}")
        terminal.run("activate prod")
        assert terminal.run("deactivate nondestructive").status == 0
        assert situation(terminal) == ("prod", "none", "ours")
        terminal.run("deactivate")
        assert situation(terminal) == ("none", "none", "none")


def test_a_function_deactivate_of_the_users_comes_back(lab: Lab, shell: str) -> None:
    own = "function deactivate; echo mine; end" if shell == "fish" else "deactivate() { echo mine; }"
    done = lab.script(shell, "activate prod\ndeactivate\ndeactivate\n", before=own + "\n")
    assert (done.output, done.errors) == ("mine\n", "activated prod\n")
