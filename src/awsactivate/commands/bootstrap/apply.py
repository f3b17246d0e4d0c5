"""Create and change what the secure account needs, after showing it and asking.

Nothing is deleted, and what is stricter than asked for stays. Stopped at any point, a second run goes on.
With --enroll it ends with the person at this machine able to `activate`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from awsactivate.account.resources import Planned
from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import enrolment, flags, shown
from awsactivate.errors import AwsactivateError
from awsactivate.frozen import replace
from awsactivate.opening import caller
from awsactivate.person import terminal

if TYPE_CHECKING:
    from awsactivate.aws.resources.access import Access


def add_arguments(parser: Parser) -> None:
    """Take what describes the account, and whether to ask."""
    flags.add_all(parser)
    enrolment.add_arguments(parser)
    caller.add_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Bring the account to what is described."""
    from awsactivate.aws import secure_account

    person = enrolment.read_wanted(arguments)
    access, _, _ = flags.open_account(arguments, context)
    access = replace(access, settings=secure_account.add_what_stays(access))
    home = access.settings.home_of(person.user_name) if person else None
    if person and home:
        enrolment.check(person, home, access.client("iam"), context)
    carry_out(access, secure_account.plan(access), arguments, context, () if person else arguments.user)
    if person and home:
        enrolment.enroll(person, home, access.client("iam"), context)
        say = terminal.say if arguments.json else lambda text: context.write(f"{text}\n")
        say(f"{person.user_name} is enrolled; from now on: activate {person.role_profile}")
    return 0


def carry_out(
    access: Access,
    planned: Sequence[Planned],
    arguments: argparse.Namespace,
    context: Context,
    people: Sequence[str],
) -> None:
    """Show a plan, ask, do it, and write what was done, with the profiles of `people`."""
    from awsactivate.aws import secure_account

    settings = access.settings
    if any(step.action != "unchanged" for step in planned):
        sys.stderr.write(shown.plan_text(planned))
        is_free_of_conflicts = not any(step.conflict for step in planned)
        if is_free_of_conflicts and not arguments.yes:
            where = f"account {settings.account_id}, region {settings.region}"
            if not terminal.confirm(f"do this in {where}?"):
                raise AwsactivateError("nothing was changed")
    secure_account.apply(access, planned, terminal.say)
    if arguments.json:
        context.write(shown.plan_json(settings, planned, done=True, people=people))
    else:
        counted = [sum(step.action == action for step in planned) for action in ("create", "change")]
        context.write(
            f"account {settings.account_id} is as described:"
            f" {counted[0]} created, {counted[1]} changed, {len(planned) - sum(counted)} unchanged\n"
        )
        context.write(shown.people_text(settings, people))
