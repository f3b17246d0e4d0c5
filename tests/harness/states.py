"""All that a shell holds, as one value, so that a test can tell what changed."""

from __future__ import annotations

import re
from pathlib import Path

from awsactivate.shells import quoting

# The functions that write a shell's state. Names only that begin with `t_`, which no test compares.
DUMPS = {
    "bash": r"""
t_dump() {
  { printf '%s\0' environment; env -0
    printf '%s\0' variables  # one by one: 3.2 and 4.0 show all of them otherwise than each
    compgen -v | while IFS= read -r t_name; do declare -p "$t_name" || :; done 2>/dev/null; printf '\0'
    printf '%s\0' functions; declare -f; printf '\0'
    printf '%s\0' options; shopt; set -o; printf '\0'
    printf '%s\0' traps; trap -p; printf '\0'
    printf '%s\0' aliases; alias; printf '\0'; } >|"$1"
}
""",
    "zsh": r"""
function t_dump {
  { printf '%s\0' environment; env -0
    printf '%s\0' variables; typeset -p; printf '\0'
    printf '%s\0' functions; functions; printf '\0'
    printf '%s\0' options; set -o; printf '\0'
    printf '%s\0' traps; trap; printf '\0'
    printf '%s\0' aliases; alias -L; printf '\0'; } >|"$1"
}
""",
    "fish": r"""
function t_dump
    begin
        printf '%s\0' environment
        env -0
        printf '%s\0' variables
        set --show
        printf '\0%s\0' functions
        for name in (functions -a -n | string match -r '.*activate.*|fish_prompt|_old_fish_prompt')
            echo "# $name"
            functions -q $name; and functions $name
        end
        printf '\0%s\0' 'function names'
        functions -a -n | string match -v 't_*'
        printf '\0%s\0' traps
        trap -p
        printf '\0'
    end >$argv[1]
end
""",
}

KINDS = ("environment", "variables", "functions", "function names", "options", "traps", "aliases")
# Variables that change from one command to the next by themselves, or that a running command makes.
VOLATILE = {
    "bash": r"declare -\S+ (_|BASH_\w+|BASHPID|COLUMNS|EPOCH\w+|FUNCNAME|HISTCMD|LINENO|LINES|OPTIND|"
    r"PIPESTATUS|RANDOM|SECONDS|SRANDOM|PPID)\b",
    "zsh": r"(typeset|export|readonly)( -\S+)* (_|\?|!|@|\*|#|0|argv|status|pipestatus|COLUMNS|LINES|"
    r"EPOCH\w+|epochtime|HISTCMD|LINENO|RANDOM|SECONDS|TTYIDLE|TRY_BLOCK_\w+|ERRNO|SHLVL|funcstack|func\w+trace|"
    r"zsh_eval_context|ZSH_EVAL_CONTEXT|history\w*|job\w+|OPTIND|PERIOD|functions\w*|dis_functions\w*)\b",
    "fish": r"\$(_|COLUMNS|LINES|CMD_DURATION|history|pipestatus|status|status_generation|fish_kill_signal|"
    r"argv|prompts|fish_read_limit|fish_killring|__fish_\w+|last_\w+)(\[\d+\])?:",
}


class State(dict[str, str]):
    """Kind and name of each thing that a shell knows, such as "variable PS1", and the shell's words for it.

    Without what changes by itself from one command to the next.
    """

    @property
    def environ(self) -> dict[str, str]:
        """What the shell's children get."""
        kind = "environment "
        return {name.removeprefix(kind): text for name, text in self.items() if name.startswith(kind)}


def dump(file: Path) -> str:
    """Return the command that writes the shell's whole state to `file`."""
    return f"t_dump {quoting.quote_posix(str(file))}"


def read_state(shell: str, file: Path) -> State:
    """Read what `dump` wrote: kind and name → text."""
    parts = file.read_bytes().decode("utf-8", "surrogateescape").split("\0")
    state = State()
    kind = ""
    for part in parts:
        if part in KINDS:
            kind = part
        elif kind == "environment" and "=" in part:
            name, _, value = part.partition("=")
            if name not in ("_", "SHLVL", "COLUMNS", "LINES"):
                state[f"environment {name}"] = value
        elif kind == "variables":
            for entry in re.split(r"\n(?=declare -|typeset |export |readonly |\$\w)", part):
                if entry and not re.match(VOLATILE[shell], entry):
                    state[f"variable {_name(entry)}"] = entry.rstrip("\n")
        elif kind == "functions" and part:
            # fish says in a comment where a function was copied from
            state["functions"] = re.sub(r"# Defined .*\n", "", part)
        elif part:
            state[kind] = part
    return state


def changes(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Return what differs between two states: name → what it was, what it is."""
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return {name: (before.get(name), after.get(name)) for name in sorted(names)}


def assert_same(after: State, before: State) -> None:
    """Fail with the difference, where there is one."""
    assert changes(before, after) == {}


def _name(entry: str) -> str:
    words = entry.split("=")[0].split(":")[0].split()
    return words[-1] if words else entry
