"""Set up an AWS account in which terraform works with short-lived, MFA-protected sessions only.

`plan` shows, `apply` does, `awsactivate verify` proves, and `destroy` takes down again.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from awsactivate.commandline import Context, Parser

_ACTIONS = {
    "plan": "show what apply would create and change",
    "apply": "create and change what is needed",
    "destroy": "take down what apply has made",
    "backend": "print the terraform block that keeps state in the account's bucket",
    "template": "print the account's description for CloudFormation or terraform",
    "user": "let one person join or leave",
}


def add_arguments(parser: Parser) -> None:
    """Take what to do, with its own options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in _ACTIONS.items():
        module = import_module(f"awsactivate.commands.bootstrap.{name}")
        module.add_arguments(actions.add_parser(name, help=summary, description=module.__doc__))


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do it."""
    module = import_module(f"awsactivate.commands.bootstrap.{arguments.action}")
    status: int = module.run(arguments, context)
    return status
