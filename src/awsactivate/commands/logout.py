"""End a sign-in at AWS, and forget its token here and in the AWS CLI's cache.

Credentials that were handed out already live until their own end, which is told.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AwsactivateError, UsageError

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.opening.sign_outs import SignOut
    from awsactivate.signin.key import Key

_LEFT = "what it gave lives on: its credentials for at most 15 minutes, sessions of roles until their own end"


def add_arguments(parser: Parser) -> None:
    """Take what to sign out of."""
    parser.add_argument(
        "name", metavar="PROFILE|SSO-SESSION", nargs="?", help="default: the only one that there is"
    )
    parser.add_argument("--all", action="store_true", help="end every sign-in that is kept")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """End the sign-ins one by one; the last error is told in the end."""
    from awsactivate.opening import sign_outs
    from awsactivate.person import terminal

    if arguments.all and arguments.name is not None:
        raise UsageError("a name and --all exclude each other", "awsactivate logout --all")
    errors: list[AwsactivateError] = []
    outs = sign_outs.find_all(context) if arguments.all else [sign_outs.find_named(arguments.name, context)]
    try:
        were_kept = [_end(out, context, errors, says_none=not arguments.all) for out in outs]
    except BaseException:  # Ctrl-C: what was forgotten all the same is told
        for error in errors:
            terminal.say(error.message)
        raise
    if not any(were_kept) and arguments.all:
        terminal.say("nobody was signed in")
    for error in errors[:-1]:
        terminal.say(error.message)
    if errors:
        raise errors[-1]
    return 0


def _end(out: SignOut, context: Context, errors: list[AwsactivateError], *, says_none: bool) -> bool:
    """End one, and say so unless there were errors; False where there was nothing to end."""
    from awsactivate.person import terminal

    before = len(errors)
    ended = out.end(errors.append)
    whose = f"{'as' if out.key.kind == 'login' else 'to'} {out.key.name}"
    if not ended.were_kept:
        if says_none:
            terminal.say(f"nobody was signed in {whose}")
        return False
    if len(errors) > before:
        return True
    no_more = "" if out.is_configured else ", which no configuration names"
    if not ended.at_aws:
        terminal.say(f"forgot the sign-in, which had ended already, {whose}{no_more}")
    else:
        terminal.say(f"signed out {'of' if out.key.kind == 'sso' else 'as'} {out.key.name}{no_more}")
    if out.key.kind == "login":
        terminal.say(_LEFT)
    else:
        _say_what_lives(out.key, context)
    return True


def _say_what_lives(key: Key, context: Context) -> None:
    from datetime import UTC, datetime

    from awsactivate.journal import entry, file
    from awsactivate.opening import sign_ins
    from awsactivate.person import terminal
    from awsactivate.sessions.credentials import rfc3339
    from awsactivate.sessions.environment import without_session

    names = sign_ins.profiles_on(key, context)
    nodes = entry.tree(file.read(without_session(context.environ)), context.clock())
    ends = [node.entry.ends for node in nodes if node.entry.profile in names and node.entry.ends]
    known = (
        "" if not ends else f", those of this machine until {rfc3339(datetime.fromtimestamp(max(ends), UTC))}"
    )
    terminal.say(f"credentials that were handed out before live until their own end{known}")
