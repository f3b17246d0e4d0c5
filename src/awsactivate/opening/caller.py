"""As whom a command calls AWS on its own account: a profile, the active session, or the usual chain."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from awsactivate.commandline import Context, Parser
from awsactivate.opening import served_session
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.person import terminal
from awsactivate.profiles import chosen
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import partitions
from awsactivate.sessions.credentials import in_environ

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.sessions.plan import Plan


def add_arguments(parser: Parser) -> None:
    """Add what chooses the caller."""
    group = parser.add_argument_group("as whom")
    group.add_argument("--profile", metavar="P", help="default: the active session, then the usual chain")
    group.add_argument("--region", metavar="R", help="default: the profile's, or the environment's")
    group.add_argument("--mfa-code", metavar="CODE", help="a code for the profile's MFA device (`-`: stdin)")


def find_caller(arguments: argparse.Namespace, context: Context) -> Signer:
    """Find out as whom to call, asking for an MFA code where the profile has a device.

    A profile of long-term keys without a device signs with them as they are, in this process only: IAM
    takes no session that was made without MFA.
    """
    environ = context.environ
    if arguments.profile is None:
        own = in_environ(environ) or served_session.fetch_credentials(environ)
        if own is not None:
            return Signer(own, None, arguments.region or partitions.named_in(environ))
    # whoever has keys already need not wait for what opens a session
    from awsactivate.opening.open_session import open_session
    from awsactivate.opening.plan_for import as_narrow_as_said, plan_of
    from awsactivate.sessions.steps import Options

    profiles = read_profiles(environ)
    name = arguments.profile or chosen.profile_in(environ) or ("default" if "default" in profiles else None)
    if arguments.profile is None and (note := chosen.note_in(environ)):
        terminal.say(note)
    if name is None:
        return _load_from_chain(arguments.region, environ)
    named = partitions.named_in(environ)
    plan = plan_of(name, profiles, context, Options(region=arguments.region))
    is_ours = named is not None and partitions.is_of(named, partitions.partition_of(plan.called_region))
    region = plan.region or (named if is_ours else None)
    is_plain_key = [step.operation for step in plan.steps] == ["GetSessionToken"] and not plan.steps[
        0
    ].mfa_serial
    is_as_given = not plan.steps and plan.expected_account_id is None and not _wants_code(plan)
    if is_plain_key or is_as_given:
        given = load_credentials(plan.source, profiles, context, target_profile=plan.profile)
        return Signer(given, name, region)
    plan = as_narrow_as_said(plan, Options(), profiles)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code)
    return Signer(session.credentials, name, region)


def _wants_code(plan: Plan) -> bool:
    """Tell whether a user's own key, which a process may print, would have to be traded in with a code."""
    return plan.if_long_term is not None and plan.if_long_term.mfa_serial is not None


def _load_from_chain(region: str | None, environ: Mapping[str, str]) -> Signer:
    from awsactivate.aws import credentials

    return Signer(credentials.load_chain(environ), None, region)
