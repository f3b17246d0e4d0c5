"""End a sign-in at AWS, and forget its token here and in the AWS CLI's cache.

Credentials that were handed out already live until their own end, which is told.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AwsactivateError, UsageError

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsactivate.signin.sso_settings import SsoSettings

_UNAUTHORIZED = 401


def add_arguments(parser: Parser) -> None:
    """Take what to sign out of."""
    parser.add_argument(
        "name", metavar="PROFILE|SSO-SESSION", nargs="?", help="default: the only one that there is"
    )
    parser.add_argument("--all", action="store_true", help="end every sign-in that is kept")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """End the sign-ins one by one; the last error is told in the end."""
    from functools import partial

    from awsactivate.opening import login_sign_ins, sign_ins
    from awsactivate.person import terminal

    if arguments.all and arguments.name is not None:
        raise UsageError("a name and --all exclude each other", "awsactivate logout --all")
    own = None if arguments.all else login_sign_ins.profile_of(arguments.name, context)
    if own is not None:
        login_sign_ins.end(own, context)
        return 0
    settings = list(sign_ins.all_of(context)) if arguments.all else [sign_ins.named(arguments.name, context)]
    ends = [partial(_end, one, context, says_none=not arguments.all) for one in settings]
    for profile in login_sign_ins.all_of(context) if arguments.all else ():
        ends.append(partial(login_sign_ins.end, profile, context, says_none=False))
    errors: list[AwsactivateError] = []
    for end in ends:
        try:
            end()
        except AwsactivateError as error:
            if errors:
                terminal.say(errors[-1].message)
            errors.append(error)
    if arguments.all:
        _forget_others(context)
    if errors:
        raise errors[-1]
    return 0


def _end(settings: SsoSettings, context: Context, *, says_none: bool) -> None:
    """End one sign-in: what AWS refuses is forgotten here all the same, and said."""
    from awsactivate.aws.answers import Refused
    from awsactivate.aws.sign_on import Portal, refused_words
    from awsactivate.person import terminal
    from awsactivate.sessions.environment import without_session
    from awsactivate.signin.sso_tokens import SsoTokens
    from awsactivate.signin.store import Store

    environ = without_session(context.environ)
    name, store = settings.key.name, Store(environ)
    failed: AwsactivateError | None = None
    ended = "forgot the sign-in, which had ended already, to"
    try:
        for token in SsoTokens(settings, environ, context.clock).to_end():
            try:
                Portal(settings).log_out(token)
                ended = "signed out of"
            except Refused as refused:
                if refused.status != _UNAUTHORIZED:
                    hint = "sign out on the portal's page in a browser"
                    failed = refused_words(settings, "Logout", refused, hint)
    except AwsactivateError as error:
        if error.exit_code not in (6, 7):
            raise  # such as a keyring that is locked: nothing is forgotten then
        failed = error
    if not store.forget(settings.key):
        if says_none:
            terminal.say(f"nobody was signed in to {name}")
        return
    if failed is not None:
        failed.message += ": forgotten here all the same"
        raise failed
    terminal.say(f"{ended} {name}")
    _say_what_lives(settings, context, environ)


def _say_what_lives(settings: SsoSettings, context: Context, environ: Mapping[str, str]) -> None:
    from datetime import UTC, datetime

    from awsactivate.journal import entry, file
    from awsactivate.opening import sign_ins
    from awsactivate.person import terminal
    from awsactivate.sessions.credentials import rfc3339

    names = sign_ins.profiles_on(settings.key, context)
    nodes = entry.tree(file.read(environ), context.clock())
    ends = [node.entry.ends for node in nodes if node.entry.profile in names and node.entry.ends]
    known = (
        "" if not ends else f", those of this machine until {rfc3339(datetime.fromtimestamp(max(ends), UTC))}"
    )
    terminal.say(f"credentials that were handed out before live until their own end{known}")


def _forget_others(context: Context) -> None:
    """Forget what the configuration does not name any more."""
    from awsactivate.keychain import index
    from awsactivate.person import terminal
    from awsactivate.sessions.environment import without_session
    from awsactivate.signin import key
    from awsactivate.signin.store import Store

    environ = without_session(context.environ)
    for text in index.read_sign_ins(environ):
        found = key.read(text)
        if found is not None and Store(environ).forget(found):
            terminal.say(f"forgot the sign-in to {found.name}, which no configuration names")
