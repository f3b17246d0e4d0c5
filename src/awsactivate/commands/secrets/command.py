"""Keep secrets in Parameter Store, by chamber's rules, and give them to terraform or any program.

A service is a path such as `app` or `app/prod`; its keys are its parameters. Values are shown only by
`get` and `export`.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.secrets.remembered import remember
from awsactivate.opening import caller

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


def _verb(summary: str, module: str, adds: str = "add_arguments", runs: str = "run") -> Verb:
    """Name what adds a verb's arguments and what runs it, in a module that is loaded for this verb alone."""

    def named(function: str) -> Any:
        return getattr(import_module(f"awsactivate.commands.secrets.{module}"), function)

    return Verb(
        summary,
        lambda parser: named(adds)(parser),
        lambda arguments, context: named(runs)(arguments, context),
    )


_VERBS = {
    "list": _verb("tell a service's keys, with who changed them and when", "reading", "add_list", "run_list"),
    "get": _verb("print one value, byte for byte", "reading", "add_get", "run_get"),
    "set": _verb("store one value, from a prompt, stdin or a file", "writing", "add_set", "run_set"),
    "delete": _verb("delete one key with all its versions", "writing", "add_delete", "run_delete"),
    "history": _verb("tell the versions of one key", "reading", "add_history", "run_history"),
    "rollback": _verb("store an earlier value again", "writing", "add_rollback", "run_rollback"),
    "import": _verb("store the values of a file", "importing"),
    "export": _verb("print services' values as a file of some format", "exporting"),
    "exec": _verb("run one command with services' values as variables", "execution"),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    parser.command_follows, parser.command_verb = True, "exec"
    parsers = add_verbs(parser, _VERBS, caller.add_arguments)
    parsers["exec"].usage = "awsactivate secrets exec SERVICE ... [options] -- COMMAND [ARGUMENT ...]"


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    if arguments.verb == "exec":
        remember(arguments, context)  # beforehand, since it does not come back
    status = _VERBS[arguments.verb].run(arguments, context)
    remember(arguments, context)
    return status
