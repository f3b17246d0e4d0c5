"""A scratch home with a core of its own: scripts of shells that run to their end, and shells to type into.

- `Lab(tmp_path, core=None)`: a scratch home folder and a core. `core` is the path of the real console script;
  without it the fake one of `shell/fake_core.py` is installed. `lab.environ` is what its shells start with
  (change it freely before you start one), `lab.log()` what the fake core saw last.
- `lab.prelude(shell, **settings)`: the text that loads the integration, as `awsactivate init` composes it.
- `lab.installed(shell)`: the line that does so where `awsactivate install` has set the shell up.
- `lab.script(shell, text, *options)`: run `text` after the prelude, without a terminal → `Result`.
- `lab.terminal(shell, *options)`: a `Shell` on a terminal with the integration loaded.
- `bash_version()`: of the bash that is tried, where a program of others does less in an old one.
- `exporting`, `assigning`, `unsetting`: statements of one shell about a variable.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from awsactivate.sessions import names
from awsactivate.shells import integration, quoting, table
from harness.shells import PLAIN, Result, Shell
from harness.states import DUMPS
from needs import needs_shell

FOLDER = Path(__file__).resolve().parents[2] / "shell"
FAKE_CORE = Path(__file__).resolve().parents[1] / "shell/fake_core.py"
LOG = "core.json"
# A session whose list names all that may be adopted, and what may not.
NOT_ADOPTED = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_REGIONS", "AWS_VAULT", "TF_VAR", "TF_VARS_x"), "mine")
INHERITED = {
    **dict.fromkeys((*names.ADOPTABLE, *(prefix + "x1" for prefix in names.ADOPTABLE_PREFIXES)), "theirs"),
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "theirs"),
    "AWSACTIVATE_PROFILE": "prod",
}
INHERITED["AWSACTIVATE_VARS"] = " ".join([*INHERITED, *NOT_ADOPTED, "AWSACTIVATE_VARS"])
PROMPTS = {
    "bash": "PS1='$ '\n",
    "zsh": "PROMPT='$ '\n",
    "fish": "function fish_prompt; echo '$ '; end\n",
}


def bash_version() -> tuple[int, int]:
    """Return the first two numbers of the version of the bash that is tried."""
    told = subprocess.run(
        [needs_shell("bash"), "-c", 'echo "${BASH_VERSINFO[0]} ${BASH_VERSINFO[1]}"'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return int(told[0]), int(told[1])


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


class Lab:
    """A scratch home, a core, and shells that know both."""

    def __init__(self, folder: Path, core: str | None = None) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.log_file = folder / LOG
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
        text = FAKE_CORE.read_text(encoding="utf-8")
        path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def log(self) -> dict[str, Any]:
        """Return argv and environment of the fake core's last run."""
        result: dict[str, Any] = json.loads(self.log_file.read_text(encoding="utf-8"))
        return result

    def prelude(self, shell: str, **settings: str) -> str:
        """Return the text that loads the integration; `settings` are names after `_awsactivate_`."""
        given = {"core": self.core, "version": "0.1.0", "folder": str(FOLDER)}
        given |= {"adoptable": names.ADOPTABLE_WORDS, **settings}
        text = table.ALL[shell].assignments({f"_awsactivate_{name}": value for name, value in given.items()})
        word = "source" if shell in ("fish", "tcsh") else "."
        return f"{text}{word} {quoting.quote_posix(str(FOLDER / f'awsactivate.{shell}'))}\n"

    def installed(self, shell: str) -> str:
        """Return the line of a start-up file that loads what `install` has written."""
        file = self.folder / f"awsactivate.{shell}"
        text = integration.text(shell, self.core, None, short_names=True, file=str(file))
        file.write_text(text, encoding="utf-8")
        return f"{'source' if shell == 'fish' else chr(92) + '.'} {quoting.quote_posix(str(file))}\n"

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

    def terminal(self, shell: str, *options: str, before: str = "", **settings: str) -> Shell:
        """Start an interactive shell that has run `before` and loaded the integration; its prompt is "$ "."""
        text = PROMPTS[shell] + before + self.prelude(shell, **settings)
        return Shell(shell, self.environ, self.folder, *options, text=text, scratch=self.folder)
