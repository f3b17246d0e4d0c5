"""The person's own shell, which is run where no COMMAND is named."""

from __future__ import annotations

import os
import pwd

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.person import terminal


def instead_of_command(gets: str, context: Context, usage: str) -> list[str]:
    """Return the words that start it, having said what it `gets`; UsageError where there is no terminal."""
    if not context.is_on_terminal():
        raise UsageError("there is no command to run, and no terminal to open a shell on", usage)
    shell = context.environ.get("SHELL") or _of_this_user()
    terminal.say(f"{shell} gets {gets}, and `exit` ends it")
    return [shell]


def _of_this_user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_shell or "/bin/sh"
    except KeyError:
        return "/bin/sh"
