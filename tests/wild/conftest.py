"""Where the checkouts of other people's programs are: never part of the project, given by a path."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from harness.lab import Lab
from harness.states import DUMPS
from needs import needs_named_folder, needs_shell
from shell.conftest import (  # noqa: F401  # each bash of $AWSACTIVATE_TEST_BASH is tried here too
    bash_on_path,
    lab,
    pytest_collection_modifyitems,
    pytest_generate_tests,
)
from wild.frameworks import Framework
from wild.screen import Shell

RC = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
START = {"bash": ["--noprofile"], "zsh": [], "fish": []}


def checkout(name: str) -> Path:
    """Return the folder of a checkout; without one skip the test, or fail it under CI."""
    return needs_named_folder("AWSACTIVATE_TEST_OTHERS", name) / name


class Home:
    """A home folder with one framework and our line in its start-up file."""

    def __init__(self, a_lab: Lab, framework: Framework) -> None:
        self.framework = framework
        self.lab = a_lab
        self._shell = needs_shell(framework.shell)
        self._folders: dict[str, Path] = {}
        for name in (framework.folder, *framework.others):
            self._folders[name] = a_lab.home / "others" / name
            shutil.copytree(
                checkout(name), self._folders[name], symlinks=True, ignore=shutil.ignore_patterns(".git")
            )
        # of a checkout that others may write, zsh's compinit asks whether it may be read
        subprocess.run(["chmod", "-R", "go-w", *map(str, self._folders.values())], check=True)
        a_lab.environ |= {
            "TERM": "xterm-256color",
            "SHELL": self._shell,
            "USER": "tester",
            "LOGNAME": "tester",
        }
        a_lab.environ |= {name: self._filled(value) for name, value in framework.environ.items()}
        if framework.setup:
            done = a_lab.run(self._shell, "-c", self._filled(framework.setup))
            assert done.status == 0, done

    def write(self, *, is_ours_first: bool = False, more: str = "") -> None:
        """Write the start-up file, with our line behind theirs or before it, and `more` behind all."""
        framework, shell = self.framework, self.framework.shell
        ours, theirs = f"{self.lab.prelude(shell)}", self._filled(framework.start)
        parts = [ours, theirs] if is_ours_first else [theirs, ours]
        file = self.lab.home / RC[shell]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(DUMPS[shell] + "".join(parts) + self._filled(framework.end) + more, "utf-8")

    def shell(self) -> Shell:
        """Start the shell."""
        argv = [self._filled(word) for word in self.framework.argv] or START[self.framework.shell]
        name = self.framework.shell
        return Shell(name, [self._shell, *argv, "-i"], self.lab.environ, self.lab.home)

    def _filled(self, text: str) -> str:
        for name, folder in self._folders.items():
            text = text.replace(f"@{name}@", str(folder))
        text = text.replace("@", str(self._folders[self.framework.folder]))
        return str(self.lab.home) if text == "~" else text
