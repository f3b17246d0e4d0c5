"""One MFA code for many sessions: the user's own session, from which roles are assumed without another."""

from __future__ import annotations

from awsactivate.commandline import Context
from awsactivate.errors import AwsError, MfaError, UsageError
from awsactivate.frozen import replace
from awsactivate.keychain import index as keyring_index
from awsactivate.mfa.codes import Countdown
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.narrowing import narrow_as_planned
from awsactivate.opening.open_session import open_session
from awsactivate.opening.start import kept_mfa_session, load_source
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import arns, partitions
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.mfa_session import MfaSession
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import Step

_OF_A_USER = ("profile", "keyring", "environment", "credential_source", "process")


def begin(
    plan: Plan,
    profiles: Profiles,
    context: Context,
    *,
    seconds: int,
    mfa_code: str | None,
    may_ask: bool = True,
    countdown: Countdown = terminal.countdown,
) -> MfaSession:
    """Make the session that `plan` can begin with, with a code of the user's device.

    `seconds` is how long it is to last; `may_ask` and `countdown` are as of `open_session`.
    UsageError where the plan begins with no user's own key, MfaError where no device is known.
    """
    first = next(iter(plan.steps), None)
    if first is None or plan.source.kind not in _OF_A_USER:
        raise UsageError(
            f"an MFA session is made from an IAM user's own key, and {plan.target} begins with"
            f" {plan.source.kind} {plan.source.name}"
        )
    if first.operation != "AssumeRole":
        raise UsageError(
            f"an MFA session is for assuming roles, and {plan.target} has none", f"activate {plan.target}"
        )
    serial = first.mfa_serial or _ask_only_device(plan, first, profiles, context)
    session = open_for_user(
        plan,
        serial,
        profiles,
        context,
        seconds=seconds,
        mfa_code=mfa_code,
        may_ask=may_ask,
        countdown=countdown,
    )
    return MfaSession(plan.source, serial, session.credentials)


def open_for_user(
    plan: Plan,
    serial: str,
    profiles: Profiles,
    context: Context,
    *,
    seconds: int,
    mfa_code: str | None,
    may_ask: bool = True,
    countdown: Countdown = terminal.countdown,
) -> Session:
    """Make, with a code of the device `serial`, the own session of the user whose keys `plan` begins with."""
    step = Step("GetSessionToken", seconds, mfa_serial=serial, profile=plan.steps[0].profile)
    alone = replace(plan, steps=(step,), notes=(), aside_notes=(), expected_account_id=None, scope=None)
    return open_session(
        alone,
        profiles,
        context.with_mfa_session(""),
        mfa_code=mfa_code,
        may_ask=may_ask,
        countdown=countdown,
    )


def fit_own_session(plan: Plan, shared: Session, context: Context) -> Session:
    """Take the user's own session, which a code has made, for a profile that asks for just that.

    AwsError where it is of another account than the profile expects.
    """
    account, partition = arns.account_of(shared.arn), arns.partition_of(shared.arn)
    if plan.expected_account_id and account != plan.expected_account_id:
        raise AwsError(
            f"the credentials are of account {account}, and {plan.target} expects {plan.expected_account_id}",
            hint=f"awsactivate show {plan.target}",
            code="UnexpectedAccount",
        )
    session = replace(
        shared,
        profile=plan.target,
        region=plan.region,
        settings={setting.name: setting.value for setting in plan.settings},
        put_aside=tuple(partitions.aside(plan.region, without_session(context.environ), partition)),
        scope=plan.scope.name if plan.scope else "",
    )
    return narrow_as_planned(session, plan, context)


def opens_unasked(plan: Plan, context: Context, serial: str | None = None) -> bool:
    """Tell whether `plan` needs nobody to type a code.

    `serial` is the device that was asked for a session of it, where it has been tried already.
    """
    serial = serial or (plan.steps[0].mfa_serial if plan.steps else None)
    if serial is None or plan.mfa_process is not None:
        return True
    index = keyring_index.read(context.environ)
    has_seed = any(entry.has_seed and entry.mfa_serial == serial for entry in index.values())
    return has_seed or kept_mfa_session(plan, context) is not None


def _ask_only_device(plan: Plan, step: Step, profiles: Profiles, context: Context) -> str:
    from awsactivate.aws import iam

    kept = KeyringItems(context.environ, keyring_index.read(context.environ))
    partition = arns.partition_of(step.role_arn)
    listed = iam.list_mfa_serials(load_source(plan, profiles, context, kept), step.profile, partition)
    serials = arns.with_codes(listed)
    if len(serials) == 1:
        return serials[0]
    none = f"the user has only {arns.PASSKEY}: {', '.join(listed)}" if listed else "none is known"
    found = f"the user has several: {', '.join(serials)}" if serials else none
    raise MfaError(
        f"an MFA session needs the user's MFA device, and {found}",
        "name it: --mfa-serial ARN, or mfa_serial in the profile",
    )
