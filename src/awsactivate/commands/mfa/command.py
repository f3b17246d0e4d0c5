"""Enrol and keep MFA devices, and make their codes from seeds in the keyring."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.mfa import enrolling, listing, removing, resyncing, seeds

_VERBS = {
    "enroll": Verb("make a virtual MFA device and enable it", enrolling.add_arguments, enrolling.run),
    "code": Verb("print a code that was not used yet, from the stored seed", seeds.add_code, seeds.run_code),
    "list": Verb("tell a user's MFA devices", listing.add_arguments, listing.run),
    "resync": Verb("let AWS learn a device's clock anew", resyncing.add_arguments, resyncing.run),
    "remove": Verb("deactivate a device and delete it", removing.add_arguments, removing.run),
    "add-seed": Verb("store the seed of a device that exists", seeds.add_add_seed, seeds.run_add_seed),
}


def add_arguments(parser: Parser) -> None:
    """Take a verb with its own arguments."""
    add_verbs(parser, _VERBS)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    return _VERBS[arguments.verb].run(arguments, context)
