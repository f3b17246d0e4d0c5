"""The shell files themselves: clean for their linters, and within what the oldest shells understand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from harness.lab import FOLDER
from needs import needs_program

PROJECT = FOLDER.parent
# The one list of linters is the script's.
LINTS = subprocess.run(
    [PROJECT / "scripts/lint-shell", "--list"], capture_output=True, text=True, check=True
).stdout.splitlines()


def files(*suffixes: str) -> list[str]:
    """Return the paths, below shell/, of the files in these languages, completion and demo too."""
    found = [str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in suffixes]
    return sorted(found)


BOTH = ["activate", "bin/activate"]  # read by bash and by zsh
BASH = [*files(".bash"), *BOTH]
# here, in shell variables, secrets are
SECRETIVE = [*files(".bash", ".zsh", ".fish", ".sh", ".tcsh"), *BOTH]

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
    r"\$\{[\w!]+(\[[@*]\])?@[A-Za-z]\}": "4.4, transformations",
    r"\blocal -(?!\w)": "4.4, local options",
    r"EPOCHSECONDS|EPOCHREALTIME|SRANDOM|BASH_ARGV0": "5.0, variables",
    r"\$\{ |\$\{\|": "5.3, command substitution without a subshell",
    r"printf -v \"?\$?\w+\[": "4.1, printf into an array",
    r"\$\{\w+\[@\]:|\$\{@:": "4.0, a slice that is several words where IFS has no space",
}
# How often each file has it nevertheless, where another way is taken by the versions before.
GUARDED = {
    ("hook.bash", r"%\([^)]*\)T"): 1,
    ("hook.bash", r"\$\{[\w!]+(\[[@*]\])?@[A-Za-z]\}"): 1,
    ("prompt.bash", r"\$\{[\w!]+(\[[@*]\])?@[A-Za-z]\}"): 1,
    ("completion/complete.bash", r"\bmapfile\b|\breadarray\b|\bcoproc\b"): 1,
}


def code(name: str) -> list[str]:
    """Return the lines of a shell file without its comments."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [re.sub(r"(^|\s)#.*", "", line) for line in lines]


@pytest.mark.parametrize("line", LINTS)
def test_the_linter_has_nothing_to_say(line: str) -> None:
    command = line.split()
    needs_program(command[0])
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_file_of_a_shell_is_linted_by_that_shell() -> None:
    parsers = {"bash": ".bash", "zsh": ".zsh", "fish": ".fish", "tcsh": ".tcsh", "shellcheck": ".sh"}
    linted = {(line.split()[0], line.split()[-1]) for line in LINTS}
    missing = {
        (parser, f"shell/{name}") for parser, suffix in parsers.items() for name in files(suffix)
    } - linted
    assert missing == set()


@pytest.mark.parametrize("name", BASH)
def test_bash_3_2_understands_every_line(name: str) -> None:
    found = {
        why: lines
        for pattern, why in NEWER.items()
        if len(lines := [line.strip() for line in code(name) if re.search(pattern, line)])
        > GUARDED.get((name, pattern), 0)
    }
    assert found == {}


def test_no_file_is_forgotten() -> None:
    assert {"awsactivate.bash", "prompt.bash", "start.bash", "revoke.bash", "completion/load.bash"} <= {*BASH}
    assert {"prompt.zsh", "revoke.fish", "tcsh/start.tcsh", "awsactivate.sh", "bin/activate"} <= {*SECRETIVE}


def test_what_is_newer_than_bash_3_2_would_be_found() -> None:
    newer = "declare -A x;echo |& cat;${x^};${x,,};mapfile;;;&;[[ -v x ]];${x[-1]}"
    newer += ";printf %(%s)T;local -n y;${x@Q};local -;$EPOCHSECONDS;${ x; };printf -v a[1] x;declare -g z"
    newer += ";${x[@]:1}"
    assert [pattern for pattern in NEWER if not re.search(pattern, newer)] == []


MADE_BY_A_SHELL = r"<<|<\(|>\(|(?<![\w\]+])=\(|\bpsub\b|mktemp"


def test_a_file_that_a_shell_makes_would_be_found() -> None:
    made = ["cat <<E", "cat <<<x", "cat <(x)", "tee >(x)", "cat =(x)", "cat (x | psub)", "x=$(mktemp)"]
    assert [line for line in made if not re.search(MADE_BY_A_SHELL, line)] == []
    assert not re.search(MADE_BY_A_SHELL, "a=(b) c+=(d) e[1]=(f)")


@pytest.mark.parametrize("name", SECRETIVE)
def test_no_secret_can_reach_a_file_that_a_shell_makes(name: str) -> None:
    # here-documents, here-strings, process substitutions and psub are files on disk in several shells
    assert [line for line in code(name) if re.search(MADE_BY_A_SHELL, line)] == []


def test_every_set_of_fish_names_a_scope_where_it_could_touch_a_universal_variable() -> None:
    lines = [line for name in files(".fish") for line in code(name)]
    erasing = [line.strip() for line in lines if re.search(r"\bset -e\b", line)]
    # a list of the function's own is shortened by its index
    unscoped = [line for line in erasing if not re.search(r"set -e -(g|U) |set -e \w+\[|set -e \$name", line)]
    assert unscoped == []


def test_the_shims_are_what_a_shell_can_find() -> None:
    shim = Path(FOLDER / "bin" / "activate")
    assert shim.read_text("utf-8").startswith("#!/bin/sh\n")
    assert shim.stat().st_mode & 0o111
    assert [path.name for path in (FOLDER / "bin").iterdir()] == ["activate"]
