"""A list on the terminal from which a person chooses one line: by fzf where it is installed, else our own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from awsactivate.errors import InterruptedByUser, UsageError
from awsactivate.person import terminal, typed_line
from awsactivate.person.turns import Turn
from awsactivate.sessions.environment import of_helper

_TTY = "/dev/tty"
_FZF_FAILED = 2  # 1 is no match, 130 is Escape or Ctrl-C


def is_possible(environ: Mapping[str, str]) -> bool:
    """Tell whether there is a terminal that can show a list, and it is ours."""
    if environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        fd = os.open(_TTY, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.isatty(2) and typed_line.is_in_foreground(fd)
    finally:
        os.close(fd)


def choose(prompt: str, lines: Sequence[str], environ: Mapping[str, str]) -> int:
    """Have the person choose one of `lines`, which hold no control characters, and return its index.

    InterruptedByUser where none is chosen, UsageError where there is no terminal.
    """
    if not is_possible(environ):
        raise UsageError("there is no terminal to show a list on", "awsactivate list")
    program = shutil.which("fzf", path=environ.get("PATH", os.defpath))
    with Turn(terminal.tell_waiting):
        chosen = _pick_by_fzf(program, prompt, lines, environ) if program else None
        return _pick_by_ourselves(prompt, lines) if chosen is None else chosen


def _pick_by_fzf(program: str, prompt: str, lines: Sequence[str], environ: Mapping[str, str]) -> int | None:
    """Return None where fzf itself fails, as an old one does that does not know an option."""
    done = subprocess.run(
        [
            program,
            f"--prompt={prompt}> ",
            "--delimiter=\t",
            "--with-nth=2..",
            "--no-multi",
            "--layout=reverse",
            "--height=40%",
            "--tiebreak=index",
        ],
        input="".join(f"{at}\t{line}\n" for at, line in enumerate(lines)),
        stdout=subprocess.PIPE,
        env=of_helper(environ),
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    if done.returncode == _FZF_FAILED:
        return None
    # a person's own options may have it print more than the line
    for line in reversed(done.stdout.splitlines()):
        number = line.partition("\t")[0]
        if number.isascii() and number.isdigit() and int(number) < len(lines):
            return int(number)
    raise InterruptedByUser("nothing was chosen")


def _pick_by_ourselves(prompt: str, lines: Sequence[str]) -> int:
    # The terminal's answer to this question could come when nobody reads it any more but the shell.
    os.environ["PROMPT_TOOLKIT_NO_CPR"] = "1"
    import questionary
    from prompt_toolkit.input import create_input
    from prompt_toolkit.output import create_output

    with open(_TTY, encoding="utf-8") as keys, open(_TTY, "w", encoding="utf-8") as screen:  # noqa: PTH123
        chosen: int = questionary.select(
            prompt,
            [questionary.Choice(title=line, value=at) for at, line in enumerate(lines)],
            qmark="",
            instruction="(type to filter, Enter to choose)",
            use_search_filter=True,
            use_jk_keys=False,
            erase_when_done=True,
            input=create_input(keys),
            output=create_output(screen),
        ).unsafe_ask()
    return chosen
