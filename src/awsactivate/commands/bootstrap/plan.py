"""Show what `apply` would create and change; nothing is changed."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import flags, shown
from awsactivate.frozen import replace
from awsactivate.opening import caller


def add_arguments(parser: Parser) -> None:
    """Take what describes the account, and the form of the answer."""
    flags.add_all(parser)
    caller.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write the plan."""
    from awsactivate.aws import secure_account

    access, _, _ = flags.open_account(arguments, context)
    access = replace(access, settings=secure_account.add_what_stays(access))
    planned = secure_account.plan(access)
    if arguments.json:
        context.write(shown.plan_json(access.settings, planned))
    else:
        context.write(shown.plan_text(planned))
    return 0
