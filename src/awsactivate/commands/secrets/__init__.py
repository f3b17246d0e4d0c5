"""Keep secrets in Parameter Store, by chamber's rules, and give them to terraform or any program.

A service is a path such as `app` or `app/prod`; its keys are its parameters. Values are shown only by
`get` and `export`.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.commands import caller
from awsactivate.commands.secrets import execution, exporting, importing, reading, writing
from awsactivate.commands.secrets.remembered import remember
from awsactivate.errors import UsageError

# verb → (what it does, its arguments, what runs it)
_VERBS = {
    "list": ("tell a service's keys, with who changed them and when", reading.add_list, reading.run_list),
    "get": ("print one value, byte for byte", reading.add_get, reading.run_get),
    "set": ("store one value, from a prompt, stdin or a file", writing.add_set, writing.run_set),
    "delete": ("delete one key with all its versions", writing.add_delete, writing.run_delete),
    "history": ("tell the versions of one key", reading.add_history, reading.run_history),
    "rollback": ("store an earlier value again", writing.add_rollback, writing.run_rollback),
    "import": ("store the values of a file", importing.add_arguments, importing.run),
    "export": ("print services' values as a file of some format", exporting.add_arguments, exporting.run),
    "exec": ("run one command with services' values as variables", execution.add_arguments, execution.run),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    parser.command_follows = True
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    for verb, (summary, add, _run) in _VERBS.items():
        own: Parser = verbs.add_parser(verb, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if verb == "exec":
            own.usage = "awsactivate secrets exec SERVICE ... [options] -- COMMAND [ARGUMENT ...]"
        add(own)
        caller.add_arguments(own)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    if arguments.command and arguments.verb != "exec":
        raise UsageError("only `secrets exec` runs a command", hint="awsactivate secrets --help")
    _summary, _add, runs = _VERBS[arguments.verb]
    if arguments.verb == "exec":
        remember(arguments, context)  # beforehand, since it does not come back
    status = runs(arguments, context)
    remember(arguments, context)
    return status
