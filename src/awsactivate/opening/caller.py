"""As whom a command calls AWS on its own account: a profile, the active session, or the usual chain."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from awsactivate.aws import given_keys
from awsactivate.commandline import Context, Parser
from awsactivate.errors import NoSourceError, ProfileError
from awsactivate.keychain import index
from awsactivate.opening import served_session
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.person import terminal
from awsactivate.profiles import chosen
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import partitions

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.profiles.model import Profiles
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
        keys = given_keys.of_environment(environ) or served_session.fetch_credentials(environ)
        if keys is not None:
            return Signer(keys, None, arguments.region or partitions.named_in(environ))
    # whoever has keys already need not wait for what opens a session
    profiles = read_profiles(environ)
    name = arguments.profile or chosen.profile_in(environ) or _default(profiles, environ)
    if arguments.profile is None and (note := chosen.note_in(environ)):
        terminal.say(note)
    if name is None or (arguments.profile is None and _is_by_token(name, profiles, environ)):
        return _load_from_chain(arguments.region, environ)
    try:
        return _of_profile(name, profiles, arguments, context)
    except NoSourceError as error:
        if arguments.profile is not None:
            raise
        return _load_from_chain(arguments.region, environ, name, error)


def _of_profile(name: str, profiles: Profiles, arguments: argparse.Namespace, context: Context) -> Signer:
    from awsactivate.opening.open_session import open_session
    from awsactivate.opening.plan_for import as_narrow_as_said, plan_of
    from awsactivate.sessions.steps import Options

    named = partitions.named_in(context.environ)
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


def _default(profiles: Profiles, environ: Mapping[str, str]) -> str | None:
    """Return `default`, where there is such a profile, in a file or in the keyring alone."""
    kept = index.read(environ).get("default")
    return "default" if "default" in profiles or (kept and kept.has_keys) else None


def _is_by_token(name: str, profiles: Profiles, environ: Mapping[str, str]) -> bool:
    """Tell whether a web identity of the environment signs, as in a pod: only a role stands before it."""
    values = profiles[name].values if name in profiles else {}
    assumes_role = "role_arn" in values and "web_identity_token_file" not in values
    return bool(environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")) and not assumes_role


def _wants_code(plan: Plan) -> bool:
    """Tell whether a user's own key, which a process may print, would have to be traded in with a code."""
    return plan.if_long_term is not None and plan.if_long_term.mfa_serial is not None


def _load_from_chain(
    region: str | None,
    environ: Mapping[str, str],
    name: str | None = None,
    otherwise: ProfileError | None = None,
) -> Signer:
    """Take what is outside of profiles, as a pod or an instance has it.

    `name` is the profile that has no credentials, and `otherwise` says so, should there be no others.
    """
    from awsactivate.aws import credentials

    loaded = credentials.load_chain(environ, name if chosen.note_in(environ) else None)
    if loaded is None:
        hint = "name a --profile, or activate one"
        raise otherwise or ProfileError("there are no credentials to call AWS with", hint)
    return Signer(loaded, None, region)
