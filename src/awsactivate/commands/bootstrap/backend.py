"""Print the terraform block that keeps state in the account's bucket."""

from __future__ import annotations

import argparse

from awsactivate.account.backend import backend
from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import flags
from awsactivate.opening import caller


def add_arguments(parser: Parser) -> None:
    """Take which bucket, and the state's key in it."""
    parser.add_argument(
        "--key", default="terraform.tfstate", help="the state's key in the bucket (default: %(default)s)"
    )
    parser.add_argument(
        "--bootstrap", action="store_true", help="use the bucket for the state of what makes the account"
    )
    flags.add_places(parser)
    caller.add_arguments(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write the block."""
    access, _, _ = flags.open_account(arguments, context)
    context.write(backend(access.settings, arguments.key, of_bootstrap=arguments.bootstrap))
    return 0
