"""Sign in by the browser: to IAM Identity Center, or for a profile of `aws login`.

A name that is a profile's and a session's is the profile. Over SSH, without a display, or with
--device-code, a code is shown that is given in a browser anywhere. The token goes into the keyring.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AwsactivateError, KeyringError, SignInNeededError, UsageError

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsactivate.signin.key import Key


def add_arguments(parser: Parser) -> None:
    """Take what to sign in to, and how."""
    parser.add_argument(
        "name", metavar="PROFILE|SSO-SESSION", nargs="?", help="default: the only one that there is"
    )
    parser.add_argument(
        "--device-code", action="store_true", help="show a code to give in a browser anywhere, and open none"
    )
    parser.add_argument(
        "--share", action="store_true", help="keep the token in the AWS CLI's cache, a file in plain text"
    )
    parser.add_argument(
        "--start-url", metavar="URL", help="write the section [sso-session NAME] with it, to begin with"
    )
    parser.add_argument("--sso-region", metavar="R", help="where IAM Identity Center is, with --start-url")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Have a person sign in, and keep the token."""
    if (arguments.start_url is None) != (arguments.sso_region is None):
        raise UsageError("--start-url and --sso-region go together", "awsactivate login --help")
    from datetime import UTC, datetime

    from awsactivate.opening import login_sign_ins, sign_ins
    from awsactivate.person import terminal
    from awsactivate.sessions.credentials import rfc3339
    from awsactivate.sessions.environment import without_session
    from awsactivate.signin.key import Key
    from awsactivate.signin.sso_tokens import SsoTokens

    environ = without_session(context.environ)
    own = None if arguments.start_url is not None else login_sign_ins.find_profile(arguments.name, context)
    if own is not None:
        key = Key("login", (own.login_session or "").strip())
        _refuse_without_place(f"profile {own.name!r}", key, arguments, environ)
        login_sign_ins.sign_in(own, context, device_code=arguments.device_code, share=arguments.share)
        return 0
    if arguments.start_url is not None:
        settings = sign_ins.plan_session(arguments.name, arguments.start_url, arguments.sso_region, environ)
    else:
        settings = sign_ins.find_named(arguments.name, context)
    _refuse_without_place(settings.whose, settings.key, arguments, environ)
    if arguments.start_url is not None:
        path = sign_ins.write_section(settings, environ)
        terminal.say(f"{path} has the section [sso-session {settings.name}]")
    tokens = SsoTokens(settings, environ, context.clock)
    token = tokens.sign_in(device_code=arguments.device_code, share=arguments.share, must_keep=True)
    renews = token.can_be_renewed(datetime.fromtimestamp(context.clock(), UTC))
    more = ", and renewed by itself from then on" if renews else ""
    terminal.say(f"signed in to {settings.key.name} until {rfc3339(token.ends)}{more}")
    return 0


def _refuse_without_place(
    whose: str, key: Key, arguments: argparse.Namespace, environ: Mapping[str, str]
) -> None:
    """Refuse what could keep no token, or ask nobody, before the browser opens."""
    from awsactivate.person import terminal
    from awsactivate.signin.store import Store

    try:
        Store(environ).refuse_without_place(key, share=arguments.share)
    except KeyringError as error:
        hint = f"{error.hint}; or --share, which keeps the token in the AWS CLI's cache in plain text"
        raise KeyringError(f"{whose}: {error.message}", hint) from error
    except AwsactivateError as error:
        error.message = f"{whose}: the sign-in could not be kept: {error.message}"
        raise
    if not terminal.can_ask():
        raise SignInNeededError(f"{whose}: there is no terminal to sign in on", "run it on a terminal")
