"""A text into the clipboard, by whichever program the desktop has for that."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

from awsactivate.errors import UsageError
from awsactivate.sessions.environment import of_helper

# (the variable that a desktop of this kind sets, the program, its words); the text goes to its stdin
_PROGRAMS = (
    ("WAYLAND_DISPLAY", "wl-copy", ()),
    ("DISPLAY", "xclip", ("-selection", "clipboard")),
    ("DISPLAY", "xsel", ("--clipboard", "--input")),
    (None, "pbcopy", ()),
    (None, "clip.exe", ()),
)
_SECONDS = 5


def copy(text: str, environ: Mapping[str, str]) -> None:
    """Put `text` into the clipboard; UsageError where there is none."""
    for variable, program, words in _PROGRAMS:
        path = shutil.which(program, path=environ.get("PATH"))
        if path is None or not (variable is None or environ.get(variable)):
            continue
        try:
            # its output must not be a pipe: it stays, to serve the clipboard, and would keep the pipe open
            done = subprocess.run(
                [path, *words],
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=of_helper(environ),
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"{program} failed: {type(error).__name__}", "leave --copy out") from error
        if done.returncode == 0:
            return
        raise UsageError(f"{program} failed with exit status {done.returncode}", "leave --copy out")
    raise UsageError("there is no clipboard here", "install wl-clipboard, xclip or xsel, or leave --copy out")
