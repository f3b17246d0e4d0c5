"""Set up an AWS account in which terraform works with short-lived, MFA-protected sessions only.

`plan` shows, `apply` does, `awsactivate verify` proves, and `destroy` takes down again.
"""

from __future__ import annotations

import argparse
from types import ModuleType

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.bootstrap import apply, backend, destroy, plan, template, user


def _verb(summary: str, module: ModuleType) -> Verb:
    """Let a module that is one verb tell its help itself."""
    return Verb(summary, module.add_arguments, module.run, module.__doc__)


_VERBS = {
    "plan": _verb("show what apply would create and change", plan),
    "apply": _verb("create and change what is needed", apply),
    "destroy": _verb("take down what apply has made", destroy),
    "backend": _verb("print the terraform block that keeps state in the account's bucket", backend),
    "template": _verb("print the account's description for CloudFormation or terraform", template),
    "user": _verb("let one person join or leave", user),
}


def add_arguments(parser: Parser) -> None:
    """Take what to do, with its own options."""
    add_verbs(parser, _VERBS)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do it."""
    return _VERBS[arguments.verb].run(arguments, context)
