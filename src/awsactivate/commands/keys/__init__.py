"""Keep long-term access keys in the system keyring, out of plain files.

A profile whose key is in the keyring works wherever a profile works: `activate`, `exec`, as a source.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.commands.keys import adding, importing, listing, removing, rotating

# verb → (what it does, its arguments, what runs it)
_VERBS = {
    "add": ("store an access key, typed or from the console's CSV", adding.add_arguments, adding.run),
    "import": ("move access keys out of ~/.aws/credentials", importing.add_arguments, importing.run),
    "list": ("tell which access keys are stored", listing.add_arguments, listing.run),
    "rotate": ("replace an access key by a new one", rotating.add_arguments, rotating.run),
    "remove": ("take an access key out of the keyring", removing.add_arguments, removing.run),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    for verb, (summary, add, _run) in _VERBS.items():
        add(verbs.add_parser(verb, help=summary, description=f"{summary[0].upper()}{summary[1:]}."))


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    _summary, _add, runs = _VERBS[arguments.verb]
    return runs(arguments, context)
