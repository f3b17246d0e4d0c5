"""Real shells for tests: scripts that run to their end, and terminals one types into.

- `SHELLS`: bash, zsh and fish; `needs.needs_shell` skips what is missing.
- `Lab(tmp_path, core=None)`: a scratch home folder and a core. `core` is the path of the real console script;
  without it the fake one of `fake_core.py` is installed. `lab.environ` is what its shells start with (change
  it freely before you start one), `lab.log()` what the fake core saw last.
- `lab.prelude(shell, **settings)`: the text that loads the integration, as `awsactivate init` composes it.
- `lab.script(shell, text, *options)`: run `text` after the prelude, without a terminal → `Result`.
- `lab.terminal(shell, *options)`: a `Terminal`, an interactive shell in a pty with the integration loaded:
  `run(line)` → `Result` of that line, `send`/`expect` for what happens in the middle of one, `prompt()` what
  the prompt shows now, `state()` everything that the shell knows.
- `bash_version()`: of the bash that is tried, where a program of others does less in an old one.
- `dump(file)`: a shell command that writes the whole state to `file`; `read_state(shell, file)` reads it as a
  dict of name → text, without what changes by itself from one command to the next; `changes(a, b)` compares.
- `exporting`, `assigning`, `unsetting`: statements of one shell about a variable.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect

from awsactivate.shells import quoting, table
from needs import needs_shell

SHELLS = ("bash", "zsh", "fish")
FOLDER = Path(__file__).resolve().parents[2] / "shell"
PLAIN = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}

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
        printf '\0'
    end >$argv[1]
end
""",
}

# Variables that change from one command to the next by themselves, or that a running command makes.
VOLATILE = {
    "bash": r"declare -\S+ (_|BASH_\w+|BASHPID|COLUMNS|EPOCH\w+|FUNCNAME|HISTCMD|LINENO|LINES|OPTIND|"
    r"PIPESTATUS|RANDOM|SECONDS|SRANDOM|PPID)\b",
    "zsh": r"(typeset|export|readonly)( -\S+)* (_|\?|!|@|\*|#|0|argv|status|pipestatus|COLUMNS|LINES|"
    r"EPOCH\w+|epochtime|HISTCMD|LINENO|RANDOM|SECONDS|TTYIDLE|TRY_BLOCK_\w+|ERRNO|SHLVL|funcstack|func\w+trace|"
    r"zsh_eval_context|ZSH_EVAL_CONTEXT|history\w*|job\w+|OPTIND|PERIOD|functions\w*|dis_functions\w*)\b",
    "fish": r"\$(_|COLUMNS|LINES|CMD_DURATION|history|pipestatus|status|status_generation|fish_kill_signal|"
    r"argv|fish_read_limit|__fish_\w+|last_\w+)(\[\d+\])?:",
}


@dataclass(frozen=True)
class Result:
    """What a script or a line came to."""

    status: int
    output: str
    errors: str = ""


def bash_version() -> tuple[int, int]:
    """Return the first two numbers of the version of the bash that is tried."""
    told = subprocess.run(
        [needs_shell("bash"), "-c", 'echo "${BASH_VERSINFO[0]} ${BASH_VERSINFO[1]}"'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return int(told[0]), int(told[1])


def dump(file: Path) -> str:
    """Return the command that writes the shell's whole state to `file`."""
    return f"t_dump {quoting.quote_posix(str(file))}"


def read_state(shell: str, file: Path) -> dict[str, str]:
    """Read what `dump` wrote: kind and name → text."""
    parts = file.read_bytes().decode("utf-8", "surrogateescape").split("\0")
    state: dict[str, str] = {}
    kind = ""
    for part in parts:
        if part in ("environment", "variables", "functions", "options", "traps", "aliases"):
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


def exporting(shell: str, name: str, value: str) -> str:
    """Return the line that exports `name`."""
    if shell == "fish":
        return f"set -g -x {name} {quoting.quote_fish(value)}\n"
    return f"export {name}={quoting.quote_posix(value)}\n"


def assigning(shell: str, name: str, value: str) -> str:
    """Return the line that gives `name` a value without exporting it."""
    if shell == "fish":
        return f"set -g -u {name} {quoting.quote_fish(value)}\n"
    return f"{name}={quoting.quote_posix(value)}\n"


def unsetting(shell: str, name: str) -> str:
    """Return the line that unsets `name`."""
    return f"set -e -g {name}\n" if shell == "fish" else f"unset -v {name}\n"


def _name(entry: str) -> str:
    words = entry.split("=")[0].split(":")[0].split()
    return words[-1] if words else entry


class Lab:
    """A scratch home, a core, and shells that know both."""

    def __init__(self, folder: Path, core: str | None = None) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.log_file = folder / "core.json"
        self.core = core or self._fake_core()
        self.environ = {
            "HOME": str(self.home),
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "FAKE_CORE_LOG": str(self.log_file),
            "VIRTUAL_ENV_DISABLE_PROMPT": "",
        }

    def _fake_core(self) -> str:
        path = self.folder / "core" / "awsactivate"
        path.parent.mkdir()
        text = (Path(__file__).resolve().parents[1] / "shell/fake_core.py").read_text(encoding="utf-8")
        path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def log(self) -> dict[str, Any]:
        """Return argv and environment of the fake core's last run."""
        result: dict[str, Any] = json.loads(self.log_file.read_text(encoding="utf-8"))
        return result

    def prelude(self, shell: str, **settings: str) -> str:
        """Return the text that loads the integration; `settings` are names after `_awsactivate_`."""
        given = {"core": self.core, "version": "0.1.0", "folder": str(FOLDER), **settings}
        text = table.ALL[shell].assignments({f"_awsactivate_{name}": value for name, value in given.items()})
        word = "source" if shell in ("fish", "tcsh") else "."
        return f"{text}{word} {quoting.quote_posix(str(FOLDER / f'awsactivate.{shell}'))}\n"

    def script(
        self, shell: str, text: str, *options: str, before: str = "", plain: bool = True, **settings: str
    ) -> Result:
        """Run `before`, the prelude and `text` with no terminal, and with the shell's `options`.

        `plain` leaves the start-up files out (and with them fish's universal variables).
        """
        file = self.folder / f"script.{shell}"
        file.write_text(before + DUMPS[shell] + self.prelude(shell, **settings) + text, encoding="utf-8")
        return self.run(needs_shell(shell), *(PLAIN[shell] if plain else ()), *options, str(file))

    def run(self, *command: str) -> Result:
        """Run a command at home, with no terminal."""
        done = subprocess.run(
            command,
            env=self.environ,
            cwd=self.folder,
            capture_output=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        output, errors = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return Result(done.returncode, output, errors)

    def terminal(self, shell: str, *options: str, before: str = "", **settings: str) -> Terminal:
        """Start an interactive shell that has run `before` and loaded the integration."""
        return Terminal(self, shell, options, before, settings)


class Terminal:
    """An interactive shell in a pty."""

    def __init__(
        self, lab: Lab, shell: str, options: tuple[str, ...], before: str, settings: dict[str, str]
    ) -> None:
        self.lab = lab
        self.shell = shell
        file = lab.folder / f"start.{shell}"
        prompt = {
            "bash": "PS1='$ '\n",
            "zsh": "PROMPT='$ '\nunsetopt prompt_sp prompt_cr\n",
            "fish": "function fish_prompt; echo '$ '; end\nfunction fish_greeting; end\n",
        }
        file.write_text(prompt[shell] + before + DUMPS[shell] + lab.prelude(shell, **settings), "utf-8")
        self.child = pexpect.spawn(
            needs_shell(shell),
            # zsh's line editor throws typed-ahead input away
            [*PLAIN[shell], "-i", *(("+Z",) if shell == "zsh" else ()), *options],
            env=lab.environ,
            cwd=str(lab.folder),
            encoding="utf-8",
            codec_errors="replace",
            timeout=20,
            dimensions=(50, 1000),
            echo=False,
        )
        self.child.delaybeforesend = None
        # Readline would send terminal codes around each line; `bind` fails harmlessly where there is none.
        if shell == "bash":
            self.run("bind 'set enable-bracketed-paste off'")
        self.loaded = self.run(f"{'source' if shell == 'fish' else '.'} {quoting.quote_posix(str(file))}")

    def run(self, line: str, timeout: float = 20) -> Result:
        """Type `line`, wait until it is done, and return its status and what it printed."""
        self.send(line)
        return self.finish(timeout)

    def finish(self, timeout: float = 20) -> Result:
        """Wait until the line sent last is done, and return its status and what it printed."""
        status = "$status" if self.shell == "fish" else "$?"
        self.child.sendline(f"printf '\\n<%s:%s>\\n' end {status}")
        self.child.expect(r"<end:(\d+)>\r?\n", timeout=timeout)
        return Result(int(self.child.match.group(1)), self.child.before.replace("\r\n", "\n"))

    def send(self, line: str) -> None:
        """Type `line`."""
        self.child.sendline(line)

    def control(self, character: str) -> None:
        """Press Ctrl and `character`."""
        self.child.sendcontrol(character)

    def expect(self, pattern: str) -> str:
        """Wait for `pattern`, and return what matched."""
        self.child.expect(pattern)
        return str(self.child.match.group(0))

    def prompt(self) -> str:
        """Return what the prompt shows now, with its escape sequences as they are."""
        if self.shell == "bash":  # before 4.4 it has no other way to tell than to show it
            self.send("printf '<%s>\\n' shown")
            self.child.expect(r"<shown>\r?\n")
            self.send("printf '\\n<%s>\\n' over")
            self.child.expect(r"\r?\n<over>\r?\n")
            # with an echo, which a killed core leaves behind, what was typed is there too
            return re.sub(r"printf .*\r\n", "", self.child.before)
        file = self.lab.folder / "prompt"
        show = {"zsh": 'print -rnP -- "$PROMPT"', "fish": "fish_prompt"}
        self.run(f"{show[self.shell]} >{quoting.quote_posix(str(file))}")
        return file.read_text("utf-8").removesuffix("\n")

    def state(self, name: str = "state") -> dict[str, str]:
        """Return everything that the shell knows."""
        file = self.lab.folder / name
        self.run(dump(file))
        return read_state(self.shell, file)

    def close(self) -> None:
        """End the shell."""
        self.child.close(force=True)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
