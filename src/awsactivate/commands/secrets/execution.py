"""One command run with services' values as its variables, and nobody else."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Mapping
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.commands.secrets.services import open_store, read, tell
from awsactivate.errors import UsageError
from awsactivate.parameter_store.names import environment_variable, merge, terraform_variable
from awsactivate.parameter_store.strict import PLACEHOLDER, filled
from awsactivate.person import terminal
from awsactivate.running.become import become, find_program

_USAGE = "awsactivate secrets exec SERVICE -- COMMAND"


def add_arguments(parser: Parser) -> None:
    """Take services, of which a later one wins, then `--`, then the command as it is."""
    parser.add_argument("services", metavar="SERVICE", nargs="+")
    names = parser.add_mutually_exclusive_group()
    names.add_argument(
        "--terraform", action="store_true", help="TF_VAR_… with the keys in lower case (the default)"
    )
    names.add_argument("--env", action="store_true", help="the keys in upper case, as chamber names them")
    parser.add_argument(
        "--pristine", action="store_true", help="the values only, nothing of this environment"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help=f"fill exactly the variables that hold `{PLACEHOLDER}`, and refuse where one is left, or set",
    )
    parser.add_argument(
        "--strict-value", metavar="V", default=PLACEHOLDER, help=f"instead of `{PLACEHOLDER}` (with --strict)"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Fetch all values, then become COMMAND."""
    program = find_program(arguments.command, context, _USAGE)
    if arguments.strict_value != PLACEHOLDER and not arguments.strict:
        raise UsageError("--strict-value is for --strict")
    variable = environment_variable if arguments.env else terraform_variable
    values = tell(merge(read(arguments.services, open_store(arguments, context)), variable))
    if arguments.strict:
        values = filled(context.environ, values, arguments.strict_value)
    if not arguments.env:
        with contextlib.suppress(FileNotFoundError):  # the present folder was deleted
            _tell_shadows(values, Path.cwd())
    environ = values if arguments.pristine else {**context.environ, **values}
    environ.pop("AWSACTIVATE_MFA_CODE", None)
    return become(program, arguments.command, environ, context)


def _tell_shadows(values: Mapping[str, str], folder: Path) -> None:
    """Tell which values terraform would take from a file here instead: the environment is its last resort."""
    from awsactivate.parameter_store.shadows import is_read_by_terraform, variables_of

    for file in sorted(path for path in folder.iterdir() if is_read_by_terraform(path.name)):
        names = sorted(variables_of(file.name, file.read_bytes()) & values.keys())
        if names:
            terminal.say(f"{file.name} sets {', '.join(names)} too, and terraform prefers the file")
