"""Enrol and keep MFA devices, and make their codes from seeds in the keyring."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.commands.mfa_devices import enrolling, listing, removing, resyncing, seeds

# verb → (what it does, its arguments, what runs it)
_VERBS = {
    "enroll": ("make a virtual MFA device and enable it", enrolling.add_arguments, enrolling.run),
    "code": ("print a code that was not used yet, from the stored seed", seeds.add_code, seeds.run_code),
    "list": ("tell a user's MFA devices", listing.add_arguments, listing.run),
    "resync": ("let AWS learn a device's clock anew", resyncing.add_arguments, resyncing.run),
    "remove": ("deactivate a device and delete it", removing.add_arguments, removing.run),
    "add-seed": ("store the seed of a device that exists", seeds.add_add_seed, seeds.run_add_seed),
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
