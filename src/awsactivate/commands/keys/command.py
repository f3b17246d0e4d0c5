"""Keep long-term access keys in the system keyring, out of plain files.

A profile whose key is in the keyring works wherever a profile works: `activate`, `exec`, as a source.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.keys import adding, importing, listing, removing, rotating

_VERBS = {
    "add": Verb("store an access key, typed or from the console's CSV", adding.add_arguments, adding.run),
    "import": Verb("move access keys out of ~/.aws/credentials", importing.add_arguments, importing.run),
    "list": Verb("tell which access keys are stored", listing.add_arguments, listing.run),
    "rotate": Verb("replace an access key by a new one", rotating.add_arguments, rotating.run),
    "remove": Verb("take an access key out of the keyring", removing.add_arguments, removing.run),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    add_verbs(parser, _VERBS)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    return _VERBS[arguments.verb].run(arguments, context)
