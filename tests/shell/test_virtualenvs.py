"""Virtual environments have a `deactivate` too: whichever was activated last is ended first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.lab import Lab
from harness.shells import Shell
from harness.states import changes
from needs import needs_program

# Who makes A, and who makes B. The standard library's scripts differ from version to version.
MAKERS = [
    "venv virtualenv",
    pytest.param("uv venv", marks=pytest.mark.long),
    *(
        pytest.param(pair, marks=pytest.mark.exhaustive)
        for pair in (
            "venv-3.8 venv-3.9",
            "venv-3.9 venv-3.10",
            "venv-3.10 venv-3.12",
            "venv-3.12 venv-3.13",
            "venv-3.13 venv-3.8",
            "virtualenv uv",
            "virtualenv venv-3.13",
            "uv venv-3.8",
        )
    ),
]

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
    "failures before, between and after": [
        ("activate fail", ("none", "none", "none")),
        ("NOTHING", ("none", "none", "none")),
        ("A", ("none", "A", "venv")),
        ("activate open", ("none", "A", "venv")),
        ("activate prod", ("prod", "A", "ours")),
        ("NOTHING", ("prod", "A", "ours")),
        ("B", ("prod", "B", "venv")),
        ("activate garbage", ("prod", "B", "venv")),
        ("deactivate", ("prod", "none", "ours")),
        ("activate fail", ("prod", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
    "sessions and virtual environments by turns": [
        ("activate prod", ("prod", "none", "ours")),
        ("A", ("prod", "A", "venv")),
        ("activate dev", ("dev", "A", "ours")),
        ("B", ("dev", "B", "venv")),
        ("awsdeactivate", ("none", "B", "venv")),
        ("activate prod", ("prod", "B", "ours")),
        ("deactivate", ("none", "B", "venv")),
        ("deactivate", ("none", "none", "none")),
    ],
}


def maker(name: str) -> list[str]:
    """Return the command that makes a virtual environment in the folder named after it."""
    if name == "uv":
        uv = Path(sys.executable).with_name("uv")
        return [
            str(uv) if uv.exists() else needs_program("uv"),
            "venv",
            "-q",
            "--offline",
            "-p",
            sys.executable,
        ]
    if name == "virtualenv":
        if find_spec(name) is None:
            needs_program(name)
        return [sys.executable, "-m", "virtualenv", "-q", "--no-seed", "--no-periodic-update"]
    version = name.removeprefix("venv").removeprefix("-")
    return [python(version) if version else sys.executable, "-m", "venv", "--without-pip"]


def python(version: str) -> str:
    """Return a Python of `version`: what pyenv has on PATH is a stand-in that may only print an error."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for path in (*root.glob(f"versions/{version}.*/bin/python{version}"), shutil.which(f"python{version}")):
        if path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return str(path)
    pytest.skip(f"there is no Python {version}")


@pytest.fixture(scope="module", params=MAKERS)
def environments(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the virtual environments A and B."""
    folder = tmp_path_factory.mktemp("environments")
    for name, made_by in zip(("A", "B"), request.param.split(), strict=True):
        subprocess.run([*maker(made_by), str(folder / name)], check=True, stdout=subprocess.DEVNULL)
    return folder


OWNER = {
    "bash": "case $(declare -f deactivate) "
    "in *_awsactivate_*) echo ours;; *VIRTUAL_ENV*) echo venv;; *) echo none;; esac",
    "zsh": "case ${functions[deactivate]-} "
    "in *_awsactivate_*) echo ours;; *VIRTUAL_ENV*) echo venv;; *) echo none;; esac",
    "fish": "if functions -q deactivate; functions deactivate | string match -q '*_awsactivate_*'; "
    "and echo ours; or echo venv; else; echo none; end",
}


def situation(terminal: Shell) -> tuple[str, str, str]:
    """Return the session, the virtual environment's name, and whose `deactivate` is."""
    terminal.call("true")  # the prompt's hook has had its turn
    file = terminal.scratch / "situation"
    terminal.call(
        f"begin; {OWNER['fish']}; end >'{file}'"
        if terminal.name == "fish"
        else f"{{ {OWNER[terminal.name]}; }} >'{file}'"
    )
    owner = file.read_text("utf-8").strip()
    terminal.call(f"env >'{file}'")
    environ = dict(line.partition("=")[::2] for line in file.read_text("utf-8").splitlines())
    session = environ.get("AWSACTIVATE_PROFILE", "none")
    shown = (environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_PROFILE"))
    assert shown == ((None, "mine") if session == "none" else (f"ASIA{session.upper()}", None))
    return session, Path(environ.get("VIRTUAL_ENV", "none")).name, owner


def on_path(terminal: Shell) -> list[str]:
    """Return the folders of virtual environments that are on PATH, by their environments' names."""
    folders = terminal.state()["environment PATH"].split(":")
    return [Path(folder).parent.name for folder in folders if re.search(r"/[AB]/bin\Z", folder)]


def ours(state: dict[str, str]) -> dict[str, str]:
    """Return what of a state is ours, or may be changed by us."""
    # some virtual environments define pydoc, which those of another kind leave behind
    functions = re.sub(r"^pydoc \(\) ?\n?\{.*?^\}\n", "", state["functions"], flags=re.MULTILINE | re.DOTALL)
    named = {name: text for name, text in state.items() if "aws" in name.lower()}
    return {**named, "functions": functions, "traps": state.get("traps", "")}


@pytest.mark.parametrize("order", ORDERS)
def test_last_in_is_first_out(lab: Lab, shell: str, environments: Path, order: str) -> None:
    script = "activate.fish" if shell == "fish" else "activate"
    lines = {name: f"source {environments}/{name}/bin/{script}" for name in ("A", "B")}
    lines["REMOVE"] = "functions -e deactivate" if shell == "fish" else "unset -f deactivate"
    lines["NOTHING"] = f"source {environments}/nothing/bin/{script}"
    happened = []
    lab.environ |= {"PATH": "/usr/bin:/bin", "AWS_PROFILE": "mine"}
    del lab.environ["VIRTUAL_ENV_DISABLE_PROMPT"]
    with lab.terminal(shell, bin="/nowhere/bin") if shell != "fish" else lab.terminal(shell) as terminal:
        first = terminal.state()
        for line, _ in ORDERS[order]:
            terminal.call(lines.get(line, line))
            happened.append((line, found := situation(terminal)))
            assert on_path(terminal) == [name for name in found[1:2] if name != "none"]
        assert terminal.shown_prompt() == "$ "
        last = terminal.state()
    assert happened == ORDERS[order]
    assert last["environment PATH"] == first["environment PATH"]
    assert changes(ours(first), ours(last)) == {}


def test_the_prompts_of_both_come_and_go(lab: Lab, shell: str, environments: Path) -> None:
    script = "activate.fish" if shell == "fish" else "activate"
    del lab.environ["VIRTUAL_ENV_DISABLE_PROMPT"]
    shown = []
    with lab.terminal(shell) as terminal:
        for line in ("activate prod", f"source {environments}/A/bin/{script}", "awsdeactivate", "deactivate"):
            terminal.call(line)
            terminal.call("true")
            shown.append(terminal.shown_prompt().replace("A()", "(A)"))  # so does 3.13.0 in fish
    # ours stays where it was; a virtual environment puts itself first
    assert shown == ["(prod 60m) $ ", "(A) (prod 60m) $ ", "(A) $ ", "$ "]


def test_deactivate_nondestructive_keeps_the_session(lab: Lab, shell: str, environments: Path) -> None:
    script = "activate.fish" if shell == "fish" else "activate"
    lab.environ["AWS_PROFILE"] = "mine"
    with lab.terminal(shell) as terminal:
        terminal.call(f"source {environments}/A/bin/{script}")
        terminal.call("activate prod")
        assert terminal.call("deactivate nondestructive").status == 0
        assert situation(terminal) == ("prod", "none", "ours")
        terminal.call("deactivate")
        assert situation(terminal) == ("none", "none", "none")


def test_a_function_deactivate_of_the_users_comes_back(lab: Lab, shell: str) -> None:
    own = "function deactivate; echo mine; end" if shell == "fish" else "deactivate() { echo mine; }"
    done = lab.script(shell, "activate prod\ndeactivate\ndeactivate\n", before=own + "\n")
    assert (done.output, done.errors) == ("mine\n", "activated prod\n")
