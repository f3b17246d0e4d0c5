"""The shell files themselves: clean for their linters, and within what the oldest shells understand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from needs import needs_program
from shell.harness import FOLDER

LINTS = [
    ("awsactivate.bash", ["shellcheck", "-s", "bash"]),
    ("activate", ["shellcheck", "-s", "bash"]),
    ("bin/activate", ["shellcheck", "-s", "bash"]),
    ("awsactivate.bash", ["bash", "-n"]),
    ("activate", ["bash", "-n"]),
    ("bin/activate", ["bash", "-n"]),
    ("awsactivate.zsh", ["zsh", "-n"]),
    ("activate", ["zsh", "-n"]),
    ("bin/activate", ["zsh", "-n"]),
    ("activate", ["sh", "-n"]),
    ("bin/activate", ["sh", "-n"]),
    ("awsactivate.fish", ["fish", "-n"]),
    ("awsactivate.fish", ["fish_indent", "--check"]),
    ("prompt.fish", ["fish", "-n"]),
    ("prompt.fish", ["fish_indent", "--check"]),
]

# What bash learnt after 3.2: the text to look for → since which version.
NEWER = {
    r"\bdeclare -A|\blocal -A|\btypeset -A": "4.0, associative arrays",
    r"\|&|&>>": "4.0, pipes and appending of both outputs",
    r"\$\{[A-Za-z_!][\w!]*(\[[^]]*\])?(\^|,,?\}|,,?[^}]*\})": "4.0, case conversion",
    r"\bmapfile\b|\breadarray\b|\bcoproc\b": "4.0, builtins",
    r";;&|;&": "4.0, falling through a case",
    r"\[\[ -v|\[ -v|\btest -v": "4.2, -v",
    r"\$\{\w+\[-\d+\]\}|\$\{\w+: -\d+:": "4.2, negative subscripts",
    r"%\([^)]*\)T": "4.2, the time by printf",
    r"\bdeclare -g|\blocal -n|\bdeclare -n": "4.2 and 4.3, global and nameref",
    r"\$\{[\w!]+@[A-Za-z]\}": "4.4, transformations",
    r"\blocal -(?!\w)": "4.4, local options",
    r"EPOCHSECONDS|EPOCHREALTIME|SRANDOM|BASH_ARGV0": "5.0, variables",
    r"\$\{ |\$\{\|": "5.3, command substitution without a subshell",
    r"printf -v \"?\$?\w+\[": "4.1, printf into an array",
}
# Guarded by BASH_VERSINFO, with another way for the versions before.
GUARDED = {"%\\([^)]*\\)T": 1}


def code(name: str) -> list[str]:
    """Return the lines of a shell file without its comments."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [re.sub(r"(^|\s)#.*", "", line) for line in lines]


@pytest.mark.parametrize(("name", "command"), LINTS)
def test_the_linter_has_nothing_to_say(name: str, command: list[str]) -> None:
    needs_program(command[0])
    done = subprocess.run([*command, str(FOLDER / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["awsactivate.bash", "activate", "bin/activate"])
def test_bash_3_2_understands_every_line(name: str) -> None:
    found = {
        why: lines
        for pattern, why in NEWER.items()
        if len(lines := [line.strip() for line in code(name) if re.search(pattern, line)])
        > GUARDED.get(pattern, 0)
    }
    assert found == {}


def test_what_is_newer_than_bash_3_2_would_be_found() -> None:
    newer = "declare -A x;echo |& cat;${x^};${x,,};mapfile;;;&;[[ -v x ]];${x[-1]}"
    newer += ";printf %(%s)T;local -n y;${x@Q};local -;$EPOCHSECONDS;${ x; };printf -v a[1] x;declare -g z"
    assert [pattern for pattern in NEWER if not re.search(pattern, newer)] == []


@pytest.mark.parametrize("name", ["awsactivate.bash", "awsactivate.zsh", "awsactivate.fish"])
def test_no_secret_can_reach_a_file_that_a_shell_makes(name: str) -> None:
    # here-documents, here-strings, process substitutions and psub are files on disk in several shells
    assert [line for line in code(name) if re.search(r"<<|<\(|>\(|(?<!\+)=\(\$|\bpsub\b|mktemp", line)] == []


def test_every_set_of_fish_names_a_scope_where_it_could_touch_a_universal_variable() -> None:
    lines = [*code("awsactivate.fish"), *code("prompt.fish")]
    erasing = [line.strip() for line in lines if re.search(r"\bset -e\b", line)]
    # a list of the function's own is shortened by its index
    unscoped = [line for line in erasing if not re.search(r"set -e -(g|U) |set -e \w+\[|set -e \$name", line)]
    assert unscoped == []


def test_the_shims_are_what_a_shell_can_find() -> None:
    shim = Path(FOLDER / "bin" / "activate")
    assert shim.read_text("utf-8").startswith("#!/bin/sh\n")
    assert shim.stat().st_mode & 0o111
    assert [path.name for path in (FOLDER / "bin").iterdir()] == ["activate"]
