"""With whose credentials revocations are written: the source user's, tried without MFA first, then with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index
from awsactivate.opening.open_session import open_session
from awsactivate.opening.plan_for import plan_of
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.profiles import chosen
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.revocation.ticket import Ticket
from awsactivate.sessions import arn_parts, arns, limits, mfa_session
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import Options, Step

if TYPE_CHECKING:
    pass

BY_TICKET = "the ticket of this session"


@dataclass(frozen=True)
class Choice:
    """Which profile's credentials are meant."""

    profile: str | None = None
    """What `--profile` named."""
    held: tuple[str, str] = ("", "")
    """AWSACTIVATE_SOURCE_PROFILE and AWSACTIVATE_PROFILE of the session that is, or was, active."""
    mfa_code: str | None = None
    """What `--mfa-code` gave."""
    ticket: Ticket | None = None
    """What can revoke that session, where the shell had one."""


def choice_of(environ: Mapping[str, str], profile: str | None, mfa_code: str | None) -> Choice:
    """Choose by `--profile`, or else by the session that this environment holds."""
    held = (environ.get("AWSACTIVATE_SOURCE_PROFILE", ""), environ.get("AWSACTIVATE_PROFILE", ""))
    return Choice(profile, held, mfa_code)


def open_signers(choice: Choice, role_arn: str | None, context: Context) -> Iterator[Signer]:
    """Give those who may try, one after another: a code is only asked for where the first was refused.

    The profile named may be a role's, such as an administrator's; but never the role that is to be changed,
    which may not change itself. Raises what keeps the first from being had.
    """
    profiles = read_profiles(context.environ)
    name = _name(choice, role_arn, profiles, context)
    plan = plan_of(name, profiles, context, Options())
    if choice.profile and plan.steps and plan.steps[-1].role_arn not in (None, role_arn):
        session = open_session(plan, profiles, context, mfa_code=choice.mfa_code)
        yield _make_signer(session.credentials, plan, f"profile {name}")
        return
    loaded = load_credentials(plan.source, profiles, context, target_profile=plan.profile)
    yield _make_signer(
        loaded, plan, f"the access key of profile {plan.source.name}" if loaded.is_long_term else name
    )
    if not loaded.is_long_term:
        return
    held = mfa_session.parsed(context.mfa_session) if context.mfa_session else None
    if held and held.source == plan.source and held.ends > context.clock():
        yield _make_signer(held.credentials, plan, "the MFA session of this shell")
    device = (
        _device(plan) or _find_device_of_active(choice, profiles, context) or _ask_only_device(loaded, plan)
    )
    if device:
        session_plan = replace(plan, steps=(_with_mfa(plan, device),), expected_account_id=None, notes=())
        session = open_session(session_plan, profiles, context, mfa_code=choice.mfa_code)
        yield _make_signer(session.credentials, plan, f"profile {plan.source.name} with MFA")


def open_ticket(ticket: Ticket, role: arns.RoleArn, context: Context) -> Signer:
    """Sign with what an activation bought for this; its profile's settings count, if it is still there."""
    from awsactivate.aws.sts import Sts

    settings = ticket.profile if ticket.profile in read_profiles(context.environ) else None
    identity = Sts(ticket.credentials, settings, partition=role.partition).get_caller_identity()
    return Signer(ticket.credentials, settings, known=identity, words=BY_TICKET)


def of_session(
    credentials: Credentials, role: arns.RoleArn, assumed_role_id: str, skew: int | None
) -> Signer:
    """Let the session itself try: some roles may change themselves."""
    from awsactivate.aws.sts import CallerIdentity

    name = arn_parts.session_of(assumed_role_id)
    arn = f"arn:{role.partition}:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    known = CallerIdentity(arn, role.account_id, assumed_role_id, skew)
    return Signer(credentials, None, known=known, words="the session itself")


def _name(choice: Choice, role_arn: str | None, profiles: Profiles, context: Context) -> str:
    if choice.profile:
        return choice.profile
    source, active = choice.held
    if source or active:
        return source or active
    of_role = [profile.name for profile in profiles.values() if role_arn and profile.role_arn == role_arn]
    if of_role:
        return of_role[0]
    name = chosen.profile_in(without_session(context.environ)) or "default"
    if name not in profiles and name not in index.read(context.environ):
        raise ProfileError(
            "a revocation is written with a user's own access key, and no profile is named", "add --profile P"
        )
    return name


def _device(plan: Plan) -> str | None:
    return next((step.mfa_serial for step in plan.steps if step.mfa_serial), None)


def _find_device_of_active(choice: Choice, profiles: Profiles, context: Context) -> str | None:
    """Find the device where only the role's own profile names it."""
    active = choice.held[1]
    if choice.profile or active not in profiles:
        return None
    return _device(plan_of(active, profiles, context, Options()))


def _ask_only_device(credentials: Credentials, plan: Plan) -> str | None:
    """Ask IAM for the user's device, where no profile names it; None where there are several, or none."""
    from awsactivate.aws import iam

    settings = plan.steps[0].profile if plan.steps else plan.profile
    partition = arns.partition_of(next((step.role_arn for step in plan.steps if step.role_arn), None))
    serials = iam.list_mfa_serials(credentials, settings, partition)
    return serials[0] if len(serials) == 1 else None


def _with_mfa(plan: Plan, device: str) -> Step:
    settings = plan.steps[0].profile
    return Step(
        "GetSessionToken",
        limits.GET_SESSION_TOKEN_SECONDS.start,
        mfa_serial=device,
        mfa_serial_from="profile",
        profile=settings,
    )


def _make_signer(credentials: Credentials, plan: Plan, words: str) -> Signer:
    from awsactivate.aws.sts import Sts

    settings = plan.steps[0].profile if plan.steps else plan.profile
    partition = arns.partition_of(next((step.role_arn for step in plan.steps if step.role_arn), None))
    identity = Sts(credentials, settings, partition=partition).get_caller_identity()
    return Signer(credentials, settings, known=identity, words=words)
