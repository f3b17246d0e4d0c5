"""Services' values as the text of a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.commands.secrets.services import open_store, read, tell
from awsactivate.errors import UsageError
from awsactivate.files import private_files
from awsactivate.parameter_store import exports
from awsactivate.parameter_store.names import environment_variable, input_variable, merge, terraform_variable
from awsactivate.person import terminal


def add_arguments(parser: Parser) -> None:
    """Take services, of which a later one wins, and the form of the answer."""
    parser.add_argument("services", metavar="SERVICE", nargs="+")
    parser.add_argument(
        "--format",
        choices=exports.FORMATS,
        default="json",
        help="json and yaml as chamber imports them, tfvars, dotenv, `export` lines for a shell, fish's own,"
        " java-properties, csv, tsv (default: %(default)s)",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="into a file of mode 0600")
    parser.add_argument(
        "--terraform", action="store_true", help="dotenv, shell, fish: TF_VAR_… for the names, not upper case"
    )
    parser.add_argument(
        "--string",
        metavar="KEY",
        action="append",
        default=[],
        help="tfvars: write KEY as a string, though it looks like a list or an object (repeatable)",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write the values of all services, or none."""
    form = arguments.format
    if arguments.terraform and form in (*exports.OF_KEYS, "tfvars"):
        raise UsageError("--terraform is for variables: --format dotenv, shell or fish")
    if arguments.string and form != "tfvars":
        raise UsageError("--string is for --format tfvars")
    values = tell(merge(read(arguments.services, open_store(arguments, context)), _variable(form, arguments)))
    text = exports.text(values, form, strings=[input_variable(key) for key in arguments.string])
    if arguments.output is None:
        context.write(text)
    else:
        private_files.write(arguments.output, text)
        terminal.say(f"wrote {len(values)} values to {arguments.output}")
    return 0


def _variable(form: str, arguments: argparse.Namespace) -> Callable[[str], str] | None:
    """Return how a format names a key; None where it takes the key itself."""
    if form in exports.OF_KEYS:
        return None
    if form == "tfvars":
        return input_variable
    return terraform_variable if arguments.terraform else environment_variable
