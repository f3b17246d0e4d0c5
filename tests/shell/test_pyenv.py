"""pyenv-virtualenv has `pyenv activate`, and takes away any function that is called `deactivate`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.lab import Lab
from harness.states import changes
from needs import needs_program
from shell.test_virtualenvs import ours, situation

# what is typed, and then: the session, the virtual environment, and whose `deactivate` is
ORDERS = {
    "a session in an environment": [
        ("pyenv activate A", ("none", "A", "none")),
        ("activate prod", ("prod", "A", "ours")),
        ("deactivate", ("none", "A", "none")),
        ("pyenv deactivate", ("none", "none", "none")),
    ],
    "an environment in a session": [
        ("activate prod", ("prod", "none", "ours")),
        ("pyenv activate A", ("prod", "A", "ours")),
        ("pyenv deactivate", ("prod", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
    "the environment ends first": [
        ("pyenv activate A", ("none", "A", "none")),
        ("activate prod", ("prod", "A", "ours")),
        ("pyenv deactivate", ("prod", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
    "the session ends first": [
        ("activate prod", ("prod", "none", "ours")),
        ("pyenv activate A", ("prod", "A", "ours")),
        ("deactivate", ("none", "A", "none")),
        ("pyenv deactivate", ("none", "none", "none")),
    ],
    "another environment, and failures": [
        ("pyenv activate nothing", ("none", "none", "none")),
        ("activate prod", ("prod", "none", "ours")),
        ("pyenv activate A", ("prod", "A", "ours")),
        ("pyenv activate nothing", ("prod", "A", "ours")),
        ("activate fail", ("prod", "A", "ours")),
        ("pyenv activate B", ("prod", "B", "ours")),
        ("activate dev", ("dev", "B", "ours")),
        ("pyenv deactivate", ("dev", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
    "a virtual environment of another kind between": [
        ("activate prod", ("prod", "none", "ours")),
        ("VENV", ("prod", "V", "venv")),
        ("pyenv activate A", ("prod", "V", "venv")),  # refused: one is active already
        ("deactivate", ("prod", "none", "ours")),
        ("pyenv activate A", ("prod", "A", "ours")),
        ("pyenv deactivate", ("prod", "none", "ours")),
        ("deactivate", ("none", "none", "none")),
    ],
}
LOADING = {
    "bash": 'eval "$(pyenv init -)"\neval "$(pyenv virtualenv-init -)"\n',
    "zsh": 'eval "$(pyenv init -)"\neval "$(pyenv virtualenv-init -)"\n',
    "fish": "pyenv init - fish | source\npyenv virtualenv-init - fish | source\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pyenv of our own: two virtual environments are its versions, the plugin is the one installed."""
    real = Path(subprocess.check_output([needs_program("pyenv"), "root"], text=True).strip())
    plugin = real / "plugins" / "pyenv-virtualenv"
    if not plugin.is_dir():
        pytest.skip("pyenv-virtualenv is not installed")
    root = tmp_path_factory.mktemp("pyenv")
    (root / "plugins").mkdir()
    (root / "plugins" / "pyenv-virtualenv").symlink_to(plugin)
    for path in (root / "versions" / "A", root / "versions" / "B", root / "V"):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(path)], check=True)
    return root


# one of them in each shell is enough for every day
CASES = [
    pytest.param(order, loaded, marks=() if quick else pytest.mark.exhaustive)
    for order in ORDERS
    for loaded in ("first", "last")
    for quick in [(order, loaded) == ("the environment ends first", "first")]
]


@pytest.mark.parametrize(("order", "loaded"), CASES)
def test_pyenv_virtualenv_and_a_session_keep_out_of_each_others_way(
    lab: Lab, shell: str, root: Path, order: str, loaded: str
) -> None:
    pyenv = Path(needs_program("pyenv")).resolve().parent
    lab.environ |= {
        "PATH": f"{pyenv}:{os.defpath}",
        "PYENV_ROOT": str(root),
        "PYENV_SHELL": shell,
        "AWS_PROFILE": "mine",
        "VIRTUAL_ENV_DISABLE_PROMPT": "1",
    }
    lines = {"VENV": f"source {root}/V/bin/activate{'.fish' if shell == 'fish' else ''}"}
    happened = []
    with lab.terminal(shell, before=LOADING[shell] if loaded == "first" else "") as terminal:
        if loaded == "last":
            file = lab.folder / "pyenv"
            file.write_text(LOADING[shell], "utf-8")
            terminal.call(f"source '{file}'")
        terminal.call("pyenv activate A; pyenv deactivate")
        first = terminal.state()
        for line, _ in ORDERS[order]:
            terminal.call(lines.get(line, line))
            happened.append((line, situation(terminal)))
        assert terminal.shown_prompt() == "$ "
        last = terminal.state()
    for state in (first, last):  # how we left PROMPT_COMMAND, in which pyenv's hook was before us
        state.pop("variable _awsactivate_watched", None)
    assert happened == ORDERS[order]
    assert last["environment PATH"] == first["environment PATH"]
    assert changes(ours(first), ours(last)) == {}
