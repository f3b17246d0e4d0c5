"""Start or end a session in this shell: works where the shell integration is loaded."""

from __future__ import annotations

import argparse
from typing import NoReturn

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError


def add_arguments(parser: Parser) -> None:
    """Take whatever comes: it would have been for the integration to read."""
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(_arguments: argparse.Namespace, context: Context) -> NoReturn:
    """Say that a process can't change the shell that started it, with the command that loads what can."""
    shell = context.environ.get("SHELL", "").rpartition("/")[2]
    load = (
        "awsactivate init fish | source"
        if shell == "fish"
        else f'eval "$(awsactivate init {shell or "bash"})"'
    )
    raise UsageError("this shell has not loaded awsactivate's integration", hint=load)
