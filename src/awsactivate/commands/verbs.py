"""A command that is a group of verbs, such as `keys add` and `keys list`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import NamedTuple

from awsactivate.commandline import Context, Parser


class Verb(NamedTuple):
    """What it does, in words; what takes its arguments; what does it and returns the exit status."""

    summary: str
    add_arguments: Callable[[Parser], None]
    run: Callable[[argparse.Namespace, Context], int]


def add_verbs(parser: Parser, verbs: Mapping[str, Verb]) -> dict[str, Parser]:
    """Have `parser` take one of `verbs` with its own arguments; return the parser of each."""
    parsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    own: dict[str, Parser] = {}
    for name, verb in verbs.items():
        description = f"{verb.summary[0].upper()}{verb.summary[1:]}."
        own[name] = parsers.add_parser(name, help=verb.summary, description=description)
        verb.add_arguments(own[name])
    return own
