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


def add_arguments(parser: Parser) -> None:
    """Take what is to be done, to whom, and as whom."""
    what = parser.add_argument_group("what").add_mutually_exclusive_group(required=True)
    what.add_argument("--session", metavar="ID", help="one session: its AssumedRoleId, such as AROA…:alice=…")
    what.add_argument("--mine", action="store_true", help="all of the caller's own sessions up to now")
    what.add_argument("--user", metavar="NAME", help="all sessions of a user up to now (administrators)")
    what.add_argument("--everyone", action="store_true", help="all sessions of the role up to now (the same)")
    what.add_argument("--list", action="store_true", help="show what is denied at present, and until when")
    what.add_argument("--lift", metavar="ENTRY", help="lift one denial, as --list names it (administrators)")
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
