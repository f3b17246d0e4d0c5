"""Revoke role sessions on the server: every copy of their credentials is worth nothing then.

A user's own sessions are denied by the user's own tag on a role that `bootstrap` made, which takes the user's
key and an MFA code; sessions of other roles by an inline policy, by whoever may write one.
The session that is active in this shell signs nothing here. `deactivate --revoke` revokes that one.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.commands.revoke import admins, lifting, listing, mine, session
from awsactivate.errors import UsageError

_WHAT = ("session", "mine", "user", "everyone", "list", "lift")


def add_arguments(parser: Parser) -> None:
    """Take what is to be done, to whom, and as whom."""
    group = parser.add_argument_group("what")
    what = group.add_mutually_exclusive_group()
    what.add_argument("--session", metavar="ID", help="one session: its AssumedRoleId, such as AROA…:alice=…")
    what.add_argument("--mine", action="store_true", help="all of the caller's own sessions up to now")
    what.add_argument("--user", metavar="NAME", help="all sessions of a user up to now (administrators)")
    what.add_argument("--everyone", action="store_true", help="all sessions of the role up to now (the same)")
    what.add_argument("--lift", metavar="ENTRY", help="lift one denial, as --list names it (administrators)")
    what.add_argument("--role", metavar="NAME", help="with --sign-ins: those of a role (administrators)")
    group.add_argument("--list", action="store_true", help="show what is denied at present, and until when")
    group.add_argument(
        "--sign-ins",
        action="store_true",
        help="not sessions of roles, but sign-ins of `aws login` and of agents: --mine, --user, --role or"
        " --everyone of them, to end or to --list",
    )
    where = parser.add_argument_group("how")
    where.add_argument("--role-arn", metavar="ARN", help="the role (default: this shell's, or the only one)")
    where.add_argument("--dry-run", action="store_true", help="print the document and the call, do nothing")
    where.add_argument("--no-wait", action="store_true", help="do not wait for the proof")
    where.add_argument("--yes", action="store_true", help="do not ask")
    where.add_argument("--json", action="store_true", help="with --list: print a JSON array")
    who = parser.add_argument_group("as whom")
    who.add_argument("--profile", metavar="P", help="default: the user whose key began the session")
    who.add_argument("--mfa-code", metavar="CODE", help="a code, where one is asked for (`-`: stdin)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do the one that was asked for."""
    if arguments.json and not arguments.list:
        raise UsageError("--json goes with --list")
    if arguments.sign_ins:
        return _sign_ins(arguments, context)
    _refuse_unclear(arguments)
    if arguments.dry_run and arguments.list:
        raise UsageError("--list changes nothing: it has no --dry-run")
    if arguments.list:
        return listing.run(arguments, context)
    if arguments.lift is not None:
        return lifting.run(arguments, context)
    if arguments.session is not None:
        return session.run(arguments, context)
    if arguments.mine:
        return mine.run(arguments, context)
    return admins.run(arguments, context)


def _refuse_unclear(arguments: argparse.Namespace) -> None:
    if arguments.role is not None:
        raise UsageError("--role goes with --sign-ins", "the sessions of a role: --everyone --role-arn ARN")
    named = [name for name in _WHAT if getattr(arguments, name) not in (None, False)]
    if not named:
        options = " ".join(f"--{name}" for name in _WHAT)
        raise UsageError(
            f"one of the arguments {options} --sign-ins is required", "awsactivate revoke --help"
        )
    if len(named) > 1:  # the parser lets --list stand beside another, for --sign-ins
        first = next(name for name in named if name != "list")
        raise UsageError(f"argument --list: not allowed with argument --{first}", "awsactivate revoke --help")


def _sign_ins(arguments: argparse.Namespace, context: Context) -> int:
    for name in ("session", "lift", "role_arn", "dry_run", "no_wait"):
        if getattr(arguments, name) not in (None, False):
            raise UsageError(f"--{name.replace('_', '-')} does not go with --sign-ins")
    from awsactivate.commands.revoke import sign_ins

    return sign_ins.run(arguments, context)
