"""Take down what `apply` has made, after showing it and asking.

What others made stays, and so does a bucket that holds objects, unless its name is typed. A key can be called
back for 30 days.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from awsactivate.account.removal import Removal, named
from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import flags, shown
from awsactivate.errors import AwsactivateError
from awsactivate.frozen import replace
from awsactivate.opening import caller
from awsactivate.person import terminal


def add_arguments(parser: Parser) -> None:
    """Take what describes the account, whether to ask, and which buckets go with what they hold."""
    flags.add_all(parser)
    caller.add_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask (a bucket with objects stays)")
    parser.add_argument(
        "--delete-objects-of",
        action="append",
        default=[],
        metavar="BUCKET",
        help="delete this bucket with all that it holds (repeatable)",
    )
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Take the account down."""
    from awsactivate.aws import secure_account, take_down

    access, _, _ = flags.open_account(arguments, context)
    access = replace(access, settings=secure_account.add_what_stays(access))
    settings = access.settings
    removals = _with_names(take_down.plan(access), arguments.delete_objects_of)
    if any(step.action == "delete" for step in removals):
        sys.stderr.write(shown.removal_text(removals))
        where = f"account {settings.account_id}, region {settings.region}"
        if not arguments.yes and not terminal.confirm(f"delete this from {where}?"):
            raise AwsactivateError("nothing was deleted")
        take_down.take_down(access, removals, terminal.say)
    if arguments.json:
        context.write(shown.removal_json(settings, removals, done=True))
    else:
        context.write(shown.removal_text(removals))
    return 0


def _with_names(removals: Sequence[Removal], names: Sequence[str]) -> tuple[Removal, ...]:
    return tuple(
        named(step) if step.needs_name and step.resource.name in names else step for step in removals
    )
