"""Let one person join the group that may assume the role, or leave it.

Who leaves has nothing left that works: sessions are revoked, keys made inactive, devices deleted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from awsactivate.account.settings import MOST_USERS, Settings, user_name
from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import apply, flags
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.opening import caller
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal
from awsactivate.sessions.limits import INLINE_POLICIES_OF_A_ROLE

if TYPE_CHECKING:
    from awsactivate.aws.resources.access import Access

_NEARLY_FULL = 5  # users


def add_arguments(parser: Parser) -> None:
    """Take who joins or leaves."""
    actions = parser.add_subparsers(dest="user_action", required=True, metavar="add|remove")
    add = actions.add_parser("add", description="Add a user, who is made where there is none.")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--json", action="store_true", help="print what was done as JSON")
    remove = actions.add_parser(
        "remove", description="Revoke a user's sessions, keys and devices, and take the user out."
    )
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--delete", action="store_true", help="delete the IAM user as well")
    for action in (add, remove):
        action.add_argument("--yes", action="store_true", help="do not ask")
        flags.add_names(action)
        caller.add_arguments(action)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do the one or the other."""
    from awsactivate.aws import team

    name = user_name(arguments.name)
    access, found, _ = flags.open_account(arguments, context)
    settings = team.with_members(access)
    if arguments.user_action == "add":
        access = replace(access, settings=replace(settings, users=tuple(sorted({*settings.users, name}))))
        apply.carry_out(access, team.plan_joining(access, name), arguments, context)
        _say_what_room_is_left(access)
        return 0
    if not team.is_known(replace(access, settings=settings), name):
        members = ", ".join(settings.users) or "nobody"
        raise ProfileError(f"{name!r} is not in group {settings.group_name}, which has {members}")
    access = replace(access, settings=_without(settings, name))
    what = "revoke all sessions, keys and devices of" + (", then delete," if arguments.delete else "")
    where = f"user {name} in account {settings.account_id}"
    if not arguments.yes and not terminal.confirm(f"{what} {where}?"):
        raise AwsactivateError("nothing was changed")
    team.leave(
        access, name, _clock_of_aws(found, settings, context), delete=arguments.delete, say=terminal.say
    )
    context.write(f"{name} has left group {settings.group_name}\n")
    return 0


def _say_what_room_is_left(access: Access) -> None:
    from awsactivate.aws import team

    room = team.more_that_fit(access)
    if room <= _NEARLY_FULL:
        terminal.say(
            f"role {access.settings.role_name} has room for {room} more {'user' if room == 1 else 'users'}"
            f" ({INLINE_POLICIES_OF_A_ROLE:,} characters of inline policies, {MOST_USERS} tags)"
        )


def _clock_of_aws(found: Signer, settings: Settings, context: Context) -> Callable[[], float]:
    """Return a clock that goes as AWS's does, which compares with it when sessions were issued."""
    from awsactivate.aws.sts import Sts

    sts = Sts(found.credentials, found.profile, partition=settings.partition)
    ahead = sts.caller_identity().skew_seconds or 0
    return lambda: context.clock() - ahead


def _without(settings: Settings, name: str) -> Settings:
    return replace(
        settings,
        users=tuple(user for user in settings.users if user != name),
        former_users=tuple(user for user in settings.former_users if user != name),
    )
