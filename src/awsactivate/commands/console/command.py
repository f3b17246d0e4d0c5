"""Open the AWS console, signed in with the session of this shell, or with a new one of TARGET.

The session is sent to AWS's sign-in alone, which gives a token of 15 minutes for it; the browser gets that
token through a page on this machine that answers once, so neither is in any process's arguments.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from awsactivate.commandline import Context, Parser
from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import dataclass, replace
from awsactivate.journal.entry import CONSOLE
from awsactivate.opening import held_session, noting, options
from awsactivate.opening.after_sign_in import open_as_asked
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.plan_for import plan_for
from awsactivate.person import terminal
from awsactivate.sessions import arns, console_signin, limits, partitions, values
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.durations import seconds
from awsactivate.sessions.environment import of_helper, without_session
from awsactivate.sessions.steps import Options, from_option

_NO_ROLE = "AWS lets no session of GetSessionToken into the console, only a role's or a federated user's"


@dataclass(frozen=True)
class _Visitor:
    """Who signs in."""

    credentials: Credentials
    arn: str | None
    """The session's or its role's; None where it is not known."""
    region: str | None
    profile: str | None
    """Whose endpoint and CA bundle go with it."""


def add_arguments(parser: Parser) -> None:
    """Take the session's options, and where in the console to go."""
    parser.usage = "awsactivate console [TARGET] [options]"
    options.add_arguments(parser, region="where the console opens")
    console = parser.add_argument_group("where to go")
    console.add_argument(
        "--service", metavar="S", dest="page", help="the page of a service, such as s3 or ec2"
    )
    console.add_argument("--print", action="store_true", help="print the URL, and open nothing")
    console.add_argument(
        "--session-duration",
        metavar="D",
        help="how long the console stays signed in, 15m to 12h (default: as long as the session)",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Get a sign-in token for the session, and bring the browser to the console with it."""
    duration = from_option("--session-duration", _session_seconds(arguments), _within_console_limits)
    if arguments.target is None:
        visitor = _take_this_shells(arguments, context)
    else:
        visitor = _open_target(arguments, context, asks_duration=duration is not None)
    partition = console_signin.partition_of(_find_arn(visitor))
    destination = console_signin.destination(partition, arguments.page, visitor.region)

    from awsactivate.aws.federation import get_signin_token
    from awsactivate.aws.http import configured_endpoint

    federation = console_signin.endpoint(partition, configured_endpoint("signin", visitor.profile))
    token = get_signin_token(
        federation,
        visitor.credentials,
        seconds=duration,
        profile=visitor.profile,
        environ=context.environ,
    )
    url = console_signin.login_url(federation, token, destination)
    if arguments.print:
        context.write(url + "\n")
        return 0
    from awsactivate.commands.console.handover import hand_over

    hand_over(url, _open_browser)
    terminal.say(f"opened {destination}")
    return 0


def _session_seconds(arguments: argparse.Namespace) -> int | None:
    given = arguments.session_duration
    return None if given is None else seconds("--session-duration", given)


def _within_console_limits(given: int) -> int:
    return values.seconds_within(given, limits.CONSOLE_SECONDS)


def _take_this_shells(arguments: argparse.Namespace, context: Context) -> _Visitor:
    shaped = options.read_options(arguments)
    if shaped != Options(region=arguments.region) or arguments.mfa_code is not None:
        raise UsageError("options that shape a session need a TARGET", "awsactivate console TARGET …")
    held = held_session.take_held(context, otherwise="awsactivate console TARGET, or activate TARGET first")
    region = from_option("--region", arguments.region, values.region) or _region(context.environ)
    return _Visitor(held.credentials, held.role_arn, region, None)


def _open_target(arguments: argparse.Namespace, context: Context, *, asks_duration: bool) -> _Visitor:
    plan, profiles = plan_for(arguments, context)
    if plan.steps and plan.steps[-1].role_arn is None:
        raise ProfileError(f"{_NO_ROLE}: {plan.target} has no role", "name a profile that has a role_arn")
    begins_chained = plan.source.kind in ("sso", "web-identity")
    if asks_duration and len(plan.steps) + begins_chained > 1:
        raise UsageError(
            f"{plan.target} is a chain of roles, whose console session AWS makes no longer than the chain's",
            "leave out --session-duration",
        )
    confirm(plan, arguments, context)
    plan = replace(plan, aside_notes=())  # no environment gets this session
    session = open_as_asked(plan, profiles, arguments, context)
    noting.note(CONSOLE, session, context)
    region = session.region
    if region is None:  # the environment's, if that is not one of another partition
        region = _region(without_session(context.environ))
        own = arns.partition_of(session.arn) if session.arn else None
        region = region if region and partitions.partition_of(region) == own else None
    profile = plan.profile if plan.profile in profiles else None
    return _Visitor(session.credentials, session.arn, region, profile)


def _region(environ: Mapping[str, str]) -> str | None:
    return partitions.named_in(environ)


def _find_arn(visitor: _Visitor) -> str:
    """Return the visitor's ARN, asked for where it is not known; a user's own is refused."""
    arn = visitor.arn
    if arn is None:
        from awsactivate.aws.sts import Sts

        partition = partitions.partition_of(visitor.region or "")
        arn = Sts(visitor.credentials, visitor.profile, partition=partition).get_caller_identity().arn
    if ":user/" in arn:
        raise ProfileError(f"{_NO_ROLE}: this one is of {arn}", "name a profile that has a role_arn")
    return arn


def _open_browser(url: str) -> bool:
    """Start the browser without the session, which else would be in its environment to its end."""
    import webbrowser

    for name in os.environ.keys() - of_helper(os.environ).keys():
        del os.environ[name]
    return webbrowser.open(url)
