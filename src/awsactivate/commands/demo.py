"""Open a shell on an embedded AWS, to try all of it with no account; leaving it cleans everything up."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError
from awsactivate.shells.table import INSTALLED


def add_arguments(parser: Parser) -> None:
    """Take the shell, and what to run in it instead of a person's commands."""
    parser.add_argument("--shell", choices=INSTALLED, help="default: $SHELL if it is one of these, else bash")
    parser.add_argument(
        "--script",
        metavar="FILE",
        type=Path,
        help="run FILE's lines without a terminal, exit with their status",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Start the AWS, then the shell, and end as the shell does."""
    if find_spec("moto") is None:
        raise UsageError("the demo needs the extra `demo`", hint="pip install 'awsactivate[demo]'")
    from awsactivate.demo.shell import run_demo

    own = Path(context.environ.get("SHELL", "")).name
    if arguments.script is not None and not arguments.script.is_file():
        raise UsageError(f"--script {arguments.script}: there is no such file")
    context.release_stdout()
    return run_demo(
        arguments.shell or (own if own in INSTALLED else "bash"),
        program=context.program,
        environ=context.environ,
        script=arguments.script,
    )
