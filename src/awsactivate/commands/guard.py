"""Answer what a guarded command asks, in a terminal that it does not have.

`awsactivate exec --guard` says its number at the start. What COMMAND itself starts can't attach.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser, Verb, add_verbs, number
from awsactivate.running.guarded import attaching


def add_arguments(parser: Parser) -> None:
    """Take one of the verbs."""
    add_verbs(parser, _VERBS)


def _add_number(parser: Parser) -> None:
    parser.add_argument("number", metavar="NUMBER", type=number, help="which guard: it said so at its start")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    return _VERBS[arguments.verb].run(arguments, context)


_VERBS = {"attach": Verb("ask here what the guard of that number asks", _add_number, attaching.run)}
