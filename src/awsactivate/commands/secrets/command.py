"""Keep secrets in Parameter Store, by chamber's rules, and give them to terraform or any program.

A service is a path such as `app` or `app/prod`; its keys are its parameters. Values are shown only by
`get` and `export`.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.secrets import execution, exporting, importing, reading, writing
from awsactivate.commands.secrets.remembered import remember
from awsactivate.opening import caller

_VERBS = {
    "list": Verb("tell a service's keys, with who changed them and when", reading.add_list, reading.run_list),
    "get": Verb("print one value, byte for byte", reading.add_get, reading.run_get),
    "set": Verb("store one value, from a prompt, stdin or a file", writing.add_set, writing.run_set),
    "delete": Verb("delete one key with all its versions", writing.add_delete, writing.run_delete),
    "history": Verb("tell the versions of one key", reading.add_history, reading.run_history),
    "rollback": Verb("store an earlier value again", writing.add_rollback, writing.run_rollback),
    "import": Verb("store the values of a file", importing.add_arguments, importing.run),
    "export": Verb("print services' values as a file of some format", exporting.add_arguments, exporting.run),
    "exec": Verb(
        "run one command with services' values as variables", execution.add_arguments, execution.run
    ),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    parser.command_follows, parser.command_verb = True, "exec"
    parsers = add_verbs(parser, _VERBS)
    parsers["exec"].usage = "awsactivate secrets exec SERVICE ... [options] -- COMMAND [ARGUMENT ...]"
    for own in parsers.values():
        caller.add_arguments(own)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    if arguments.verb == "exec":
        remember(arguments, context)  # beforehand, since it does not come back
    status = _VERBS[arguments.verb].run(arguments, context)
    remember(arguments, context)
    return status
