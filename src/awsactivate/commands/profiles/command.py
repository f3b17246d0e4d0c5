"""Write the profiles of all accounts and roles that one may use by single sign-on, and keep them so."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.profiles import syncing

_VERBS = {
    "sync": Verb(
        "write a profile for each account and role that one may use",
        syncing.add_arguments,
        syncing.run,
        "Write a profile for each account and role that one may use, between two marks in ~/.aws/config\n"
        "that carry the session's name; no line outside of them is touched.",
    ),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    add_verbs(parser, _VERBS)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    return _VERBS[arguments.verb].run(arguments, context)
