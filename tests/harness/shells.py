"""A real interactive shell on a terminal, with the real integration, which a test types into.

`run` waits for the next prompt, as a person does; `call` for a mark behind the line, which works with
whatever prompt a test has given to the shell.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from awsactivate.shells import quoting
from harness.states import DUMPS, State, dump, read_state
from harness.terminals import Terminal
from needs import needs_shell

PROGRAM = Path(sys.executable).parent / "awsactivate"
SHELLS = ("bash", "zsh", "fish")
PLAIN = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}
PROMPT = "@@> "

# zsh's line editor throws typed-ahead input away
_INTERACTIVE = {"bash": ("-i",), "zsh": ("-i", "+Z"), "fish": ("-i",)}
# Readline would send the terminal's codes around each line; a bash without it fails, and needs nothing.
_QUIET = {
    "bash": "bind 'set enable-bracketed-paste off' 2>/dev/null || :\n",
    "zsh": "unsetopt prompt_cr prompt_sp\n",
    "fish": "function fish_title; end\nfunction fish_greeting; end\n",
}
_PROMPTS = {
    "bash": f"PS1='{PROMPT}'\n",
    "zsh": f"PROMPT='{PROMPT}'\n",
    # numbered, since fish draws a prompt again whenever it likes
    "fish": (
        "set -g prompts 0\n"
        "function fish_prompt; set -g prompts (math $prompts + 1); echo -n @@$prompts'> '; end\n"
    ),
}
_LOAD = {
    "bash": f"eval \"$('{PROGRAM}' init bash)\"\n",
    "zsh": f"eval \"$('{PROGRAM}' init zsh)\"\n",
    "fish": f"'{PROGRAM}' init fish | source\n",
}


@dataclass(frozen=True)
class Result:
    """What a script or a line came to."""

    status: int
    output: str
    errors: str = ""


class Shell(Terminal):
    """One of the three shells at its prompt, the integration loaded."""

    def __init__(
        self,
        name: str,
        environ: dict[str, str],
        folder: Path,
        *options: str,
        text: str | None = None,
        scratch: Path | None = None,
    ) -> None:
        """Start it in `folder`; what the tests need for it is written into `scratch`, by default beside that.

        It reads `text`, which sets its prompt and loads the integration; by default as the real program tells
        it to, with a prompt for `run` to wait for.
        """
        self.name = name
        self.scratch = scratch or folder.parent
        super().__init__(
            [needs_shell(name), *PLAIN[name], *_INTERACTIVE[name], *options],
            environ,
            inherits=False,
            folder=folder,
            size=(50, 1000),
            echo=False,
        )
        self._prompts = 0
        self._has_our_prompt = text is None
        if text is None:
            text = _PROMPTS[name] + _LOAD[name]
        file = self.scratch / f"start.{name}"
        file.write_text(_QUIET[name] + DUMPS[name] + text, encoding="utf-8")
        self.loaded = self.call(f"{'source' if name == 'fish' else '.'} {quoting.quote_posix(str(file))}")
        if self._has_our_prompt:
            if name == "fish":
                self._prompts = int(self.search("@@([0-9]+)> ")[1])
            else:
                self.expect(PROMPT)
            self.state()  # the first look loads what the look itself needs

    def expect(self, text: str) -> str:
        """Wait until `text` is shown; return what was shown before it, without the terminal's codes."""
        return clean(super().expect(text))

    def begin(self, line: str, until: str) -> str:
        """Enter a line, and wait for some text; return what was shown before it."""
        self.send(line)
        return self.expect(until)

    def prompt(self) -> str:
        """Wait for the prompt; return what was shown before it."""
        self._prompts += 1
        return self.expect(f"@@{self._prompts}> " if self.name == "fish" else PROMPT)

    def run(self, line: str) -> str:
        """Enter a line, wait for the prompt; return what it printed (with the prompt's segment, if any)."""
        self.send(line)
        return self.prompt()

    def call(self, line: str) -> Result:
        """Enter a line, wait until it is done, and return its status and what it printed."""
        self.send(line)
        return self.finish()

    def finish(self) -> Result:
        """Wait until the line entered last is done, and return its status and what it printed."""
        self.send(f"printf '\\n<%s:%s>\\n' end {self._status}")
        found = self.search(r"<end:(\d+)>\r?\n")
        return Result(int(found[1]), found.string[: found.start()].replace("\r\n", "\n"))

    def value(self, text: str) -> str:
        """Return what the shell makes of a word, between marks that the typed line does not hold."""
        self.send(f'printf "%s%s%s\\n" "<<" "{text}" ">>"')
        found = clean(self.search(r"<<([^\n]*)>>\r?\n")[1])
        self.prompt()
        return found

    def status(self) -> int:
        """Return the exit status of the line before."""
        return int(self.value(self._status))

    def shown_prompt(self) -> str:
        """Return what the prompt shows now, with its escape sequences as they are."""
        if self.name == "bash":  # before 4.4 it has no other way to tell than to show it
            self.send("printf '<%s>\\n' shown")
            self.search(r"<shown>\r?\n")
            self.send("printf '\\n<%s>\\n' over")
            over = self.search(r"\r?\n<over>\r?\n")
            # with an echo, which a killed core leaves behind, what was typed is there too
            return re.sub(r"printf .*\r\n", "", over.string[: over.start()])
        file = self.scratch / "prompt"
        show = {"zsh": 'print -rnP -- "$PROMPT"', "fish": "fish_prompt"}
        self.call(f"{show[self.name]} >{quoting.quote_posix(str(file))}")
        return file.read_text("utf-8").removesuffix("\n")

    def state(self) -> State:
        """Return all that the shell holds, and the environment that it gives to its children."""
        file = self.scratch / "state"
        if self._has_our_prompt:
            self.run(dump(file))
        else:
            self.call(dump(file))
        return read_state(self.name, file)

    @property
    def _status(self) -> str:
        return "$status" if self.name == "fish" else "$?"

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
