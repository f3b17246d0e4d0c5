"""Let one person join a group that may assume the role, or leave it; or show a person's role and profiles.

Who leaves has nothing left that works: sessions are revoked, keys made inactive, devices deleted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from awsactivate.account.settings import Settings, user_name
from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.commands.bootstrap import apply, flags, shown
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.frozen import replace
from awsactivate.opening import caller
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal
from awsactivate.person.printable import json_text
from awsactivate.sessions.limits import INLINE_POLICIES_OF_A_ROLE

if TYPE_CHECKING:
    from awsactivate.aws.resources.access import Access

_NEARLY_FULL = 5  # users
_FEW = 40  # names that are all said


def add_arguments(parser: Parser) -> None:
    """Take who joins or leaves."""
    add_verbs(parser, _VERBS, _add_common, dest="user_verb")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do one of the three."""
    return _VERBS[arguments.user_verb].run(arguments, context)


def _add_common(parser: Parser) -> None:
    flags.add_names(parser)
    caller.add_arguments(parser)


def _add_arguments_of_add(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    flags.add_named_places(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_arguments_of_show(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_arguments_of_remove(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--delete", action="store_true", help="delete the IAM user as well")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add(arguments: argparse.Namespace, context: Context) -> int:
    from awsactivate.aws import team

    name = user_name(arguments.name)
    access, _, _ = flags.open_account(arguments, context)
    access = replace(access, settings=replace(access.settings, users=(name,)))
    access = replace(access, settings=team.read_members(access))
    home = access.settings.home_of(name) or access.settings
    planned = team.plan_joining(access, name, home)
    apply.carry_out(access, planned, arguments, context, (name,))
    _say_what_room_is_left(access, home)
    return 0


def _show(arguments: argparse.Namespace, context: Context) -> int:
    from awsactivate.aws import team

    name = user_name(arguments.name)
    access, _, _ = flags.open_account(arguments, context)
    settings = team.read_members(access)
    if settings.home_of(name) is None:
        raise _unknown(name, settings)
    if arguments.json:
        context.write(json_text(shown.person(settings, name)))
    else:
        context.write(shown.person_text(settings, name))
    return 0


def _remove(arguments: argparse.Namespace, context: Context) -> int:
    from awsactivate.aws import team

    name = user_name(arguments.name)
    access, found, _ = flags.open_account(arguments, context)
    settings = team.read_members(access)
    homes = team.list_homes(replace(access, settings=settings), name)
    if not homes:
        raise _unknown(name, settings)
    what = "revoke all sessions, keys and devices of" + (", then delete," if arguments.delete else "")
    where = f"user {name} in account {settings.account_id}"
    if not arguments.yes and not terminal.confirm(f"{what} {where}?"):
        raise AwsactivateError("nothing was changed")
    clock = _ask_clock(found, settings, context)
    for home in homes:
        is_last = home == homes[-1]
        one = replace(access, settings=_without(home, name))
        team.leave(one, name, clock, delete=arguments.delete and is_last, say=terminal.say)
    context.write(f"{name} has left group {', '.join(home.group_name for home in homes)}\n")
    return 0


def _unknown(name: str, settings: Settings) -> ProfileError:
    groups = ", ".join(one.group_name for one in settings.each)
    names = sorted(user for one in settings.each for user in one.users)
    members = ", ".join(names) if len(names) <= _FEW else f"{len(names)} users"
    return ProfileError(f"{name!r} is not in group {groups}, which has {members or 'nobody'}")


def _say_what_room_is_left(access: Access, home: Settings) -> None:
    from awsactivate.aws import team

    # the others have no more: who is new goes where most is left
    room = team.count_more_that_fit(access, home)
    if room <= _NEARLY_FULL:
        terminal.say(
            f"role {home.role_name} has room for {room} more {'user' if room == 1 else 'users'}"
            f" ({INLINE_POLICIES_OF_A_ROLE:,} characters of inline policies, {home.most_users} tags);"
            " whom it has no room for gets another of its kind"
        )


def _ask_clock(found: Signer, settings: Settings, context: Context) -> Callable[[], float]:
    """Return a clock that goes as AWS's does, which compares with it when sessions were issued."""
    from awsactivate.aws.sts import Sts

    sts = Sts(found.credentials, found.profile, partition=settings.partition)
    ahead = sts.get_caller_identity().skew_seconds or 0
    return lambda: context.clock() - ahead


def _without(settings: Settings, name: str) -> Settings:
    return replace(
        settings,
        users=tuple(user for user in settings.users if user != name),
        former_users=tuple(user for user in settings.former_users if user != name),
    )


_VERBS = {
    "add": Verb("add a user, who is made where there is none", _add_arguments_of_add, _add),
    "show": Verb(
        "print the role that a user may assume, and the user's profiles", _add_arguments_of_show, _show
    ),
    "remove": Verb(
        "revoke a user's sessions, keys and devices, and take the user out", _add_arguments_of_remove, _remove
    ),
}
