"""A real interactive shell on a pty, with the real integration, and all that it holds as one value."""

from __future__ import annotations

import difflib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pexpect

from needs import needs_shell

PROGRAM = Path(sys.executable).parent / "awsactivate"
SHELLS = ("bash", "zsh", "fish")
PROMPT = "@@> "
SECONDS = 30  # what a slow machine may take; a test that passes waits for none of it

_START = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
_PREPARE = {
    "bash": f"bind 'set enable-bracketed-paste off'; PS1='{PROMPT}'; eval \"$('{PROGRAM}' init bash)\"",
    "zsh": f"unsetopt zle prompt_cr prompt_sp; PROMPT='{PROMPT}'; eval \"$('{PROGRAM}' init zsh)\"",
    "fish": (
        # numbered, since fish draws a prompt again whenever it likes
        f"set -g prompts 0; function fish_prompt; set -g prompts (math $prompts + 1); "
        "echo -n @@$prompts'> '; end; "
        "function fish_title; end; "
        f"'{PROGRAM}' init fish | source"
    ),
}
# Everything a shell holds: variables with their attributes, functions, options, traps, and what children get.
_DUMP = {
    "bash": "{ declare -p; declare -f; set +o; shopt; trap; alias; } >'%s' 2>&1; env -0 >'%s.env'",
    "zsh": "{ typeset -p; functions; setopt; trap; alias; } >'%s' 2>&1; env -0 >'%s.env'",
    "fish": (
        # the bodies of those only that are not fish's own: to print one is to load it
        "begin; set --show (set --names); functions --all --names; "
        "for f in (functions --all --names | string match -r '.*activate.*|fish_prompt|_old_.*'); "
        "functions $f; end; "
        "trap -p; end >'%s' 2>&1; env -0 >'%s.env'"
    ),
}
# What changes by itself from one line to the next.
_VOLATILE = {
    "bash": re.compile(
        r"^declare -\S+ (_|LINENO|RANDOM|SRANDOM|SECONDS|EPOCH\w+|BASH_\w+|HISTCMD|PIPESTATUS|FUNCNAME"
        r"|LINES|COLUMNS)(=.*)?\n",
        re.MULTILINE,
    ),
    "zsh": re.compile(
        r"^(typeset|export|readonly) .*?\b(_|\?|!|0|#|-|\$|\*|@|status|pipestatus|RANDOM|SECONDS|EPOCH\w+"
        r"|LINENO"
        r"|HISTCMD|TTYIDLE|epochtime|history\w*|funcstack|func\w+trace|jobstates|jobtexts|jobdirs|commands"
        r"|parameters|options|LINES|COLUMNS|usergroups|nameddirs|userdirs|ZSH_SUBSHELL|psvar|PSVAR)=.*\n?",
        re.MULTILINE,
    ),
    "fish": re.compile(
        r"^\$(status|pipestatus|status_generation|history|CMD_DURATION|COLUMNS|LINES|_|fish_kill_signal"
        r"|last_pid|fish_killring|argv|f|prompts|__fish_cancel_text)(: |\[).*\n?",
        re.MULTILINE,
    ),
}


@dataclass(frozen=True)
class State:
    """What a shell holds: `lines` of its own words for it, and the environment of its children."""

    lines: tuple[str, ...]
    environ: dict[str, str]


def assert_same(after: State, before: State) -> None:
    """Fail with the difference, where there is one."""
    difference = [line for line in difflib.unified_diff(before.lines, after.lines, n=0) if line[:2] != "@@"]
    assert difference == [], "\n".join(difference)
    assert after.environ == before.environ, (after.environ, before.environ)


class Shell:
    """One of the three shells at its prompt, the integration loaded."""

    def __init__(self, name: str, environ: dict[str, str], folder: Path) -> None:
        self.name = name
        self._dump = folder.parent / "dump"
        self._process = pexpect.spawn(
            needs_shell(name),
            _START[name],
            env=environ,
            encoding="utf-8",
            timeout=SECONDS,
            dimensions=(50, 400),
            cwd=str(folder),
            echo=False,
        )
        self._process.delaybeforesend = None
        self._prompts = 1
        self._process.sendline(_PREPARE[name] + "; echo rea''dy")
        self._process.expect_exact("ready")
        if name == "fish":  # it may have drawn more than one before the line was read
            self._process.expect("@@([0-9]+)> ")
            self._prompts = int(self._process.match.group(1))
        else:
            self._process.expect_exact(PROMPT)
        self.state()  # the first look loads what the look itself needs

    def type(self, text: str) -> None:
        """Press keys."""
        self._process.send(text)

    def begin(self, line: str, until: str) -> str:
        """Enter a line, and wait for some text; return what was shown before it."""
        self._process.sendline(line)
        return self.expect(until)

    def expect(self, text: str) -> str:
        """Wait for some text; return what was shown before it."""
        self._process.expect_exact(text)
        return clean(self._process.before)

    def prompt(self) -> str:
        """Wait for the prompt; return what was shown before it."""
        self._prompts += 1
        return self.expect(f"@@{self._prompts}> " if self.name == "fish" else PROMPT)

    def run(self, line: str) -> str:
        """Enter a line, wait for the prompt; return what it printed (with the prompt's segment, if any)."""
        self._process.sendline(line)
        return self.prompt()

    def value(self, text: str) -> str:
        """Return what the shell makes of a word, between marks that the typed line does not hold."""
        self._process.sendline(f'printf "%s%s%s\\n" "<<" "{text}" ">>"')
        self._process.expect(r"<<([^\n]*)>>\r?\n")
        found = clean(self._process.match.group(1))
        self.prompt()
        return found

    def status(self) -> int:
        """Return the exit status of the line before."""
        return int(self.value("$status" if self.name == "fish" else "$?"))

    def state(self) -> State:
        """Return all that the shell holds, and the environment that it gives to its children."""
        self.run(_DUMP[self.name].replace("%s", str(self._dump)))
        text = self._dump.read_text(errors="surrogateescape")
        pairs = Path(f"{self._dump}.env").read_bytes().decode(errors="surrogateescape").split("\0")
        environ = dict(pair.split("=", 1) for pair in pairs if pair)
        for name in ("_", "COLUMNS", "LINES", "SHLVL"):
            environ.pop(name, None)
        return State(tuple(_VOLATILE[self.name].sub("", text).splitlines()), environ)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.sendintr()

    @property
    def pid(self) -> int:
        """The shell's process id."""
        return int(self._process.pid)

    def hang_up(self) -> None:
        """Let the terminal go, and the shell end as it does then."""
        self._process.ptyproc.fileobj.close()  # pexpect's own close would also press Ctrl-C

    def close(self) -> None:
        """Shut the window."""
        self._process.close(force=True)


def clean(text: str) -> str:
    """Drop the terminal's control sequences and carriage returns."""
    return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>()][A-Z0-9]?)|\r", "", text)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Build the environment of a person who has just logged in."""
    return {
        "HOME": str(home),
        "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}",
        "TERM": "dumb",
        "LANG": "C.UTF-8",
        "USER": "somebody",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }
