"""A live session made narrower, under the same identity, for whom it is handed to."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError, AwsError, UsageError
from awsactivate.frozen import dataclass, replace
from awsactivate.person import terminal
from awsactivate.sessions import values
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.durations import seconds
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import from_option

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.scopes.scope import Scope

_DEEPEST = 3  # AWS narrows a session no further


@dataclass(frozen=True)
class Narrowing:
    """To what, for how long and what for."""

    scope: Scope
    seconds: int | None = None
    """None is as long as the session lasts"""
    purpose: str | None = None
    """What goes into CloudTrail"""


def read_asked(arguments: argparse.Namespace) -> Narrowing | None:
    """Read `--scope` with what goes with it; None where it was not given. All of it is checked here."""
    if arguments.scope is None:
        for flag, given in (("--for", arguments.for_), ("--why", arguments.why)):
            if given is not None:
                raise UsageError(f"{flag} goes with --scope", "awsactivate scope list")
        return None
    from awsactivate.opening import scoping

    if arguments.scope == "-" and arguments.mfa_code == "-":
        raise UsageError("--scope - and --mfa-code - can't both read stdin", "put the policy into a file")
    within = None if arguments.for_ is None else seconds("--for", arguments.for_)
    if within == 0:
        raise UsageError("--for must be longer than nothing")
    purpose = from_option("--why", arguments.why, values.purpose)
    return Narrowing(scoping.read_word(arguments.scope, flag="--scope"), within, purpose)


def narrow_as_planned(session: Session, plan: Plan, context: Context) -> Session:
    """Return what the plan leaves of the session of its steps, where AssumeRole has not narrowed it."""
    if plan.scope is None or not plan.narrows_afterwards:
        return session
    return narrow_of_plan(session, Narrowing(plan.scope), plan, context)


def narrow_of_plan(session: Session, wanted: Narrowing, plan: Plan, context: Context) -> Session:
    """Return what is left of the session that the plan gave, by the plan's own way to AWS."""
    profile = plan.steps[-1].profile if plan.steps else plan.profile
    return narrow(session, wanted, context, profile=profile, region=plan.called_region)


def narrow(
    session: Session, wanted: Narrowing, context: Context, *, profile: str | None, region: str
) -> Session:
    """Return what is left of `session`; where AWS does not narrow it, the error that says so.

    `profile` is whose endpoint and CA bundle the call is made with, `region` whose STS is called.
    """
    from awsactivate.aws.sts import Sts

    sts = Sts(session.credentials, profile, region=region, regional=True)
    within, ends = wanted.seconds, session.credentials.expiration
    if within is not None and ends is not None and within >= ends.timestamp() - context.clock():
        within = None
        terminal.say("--for is longer than the session lasts: what is narrowed ends with it")
    try:
        scoped = sts.narrow_and_count(wanted.scope.policy, wanted.purpose, within)
    except AccessDeniedError as error:
        may = (
            "a session is narrowed three times at most, and its policies must allow sts:GetScopedCredentials"
        )
        raise AccessDeniedError(error.message, may, code=error.code) from error
    except AwsError as error:
        if error.code != "InsufficientSessionLifetime" or within is None:
            raise
        terminal.say("--for is longer than the session lasts: what is narrowed ends with it")
        scoped = sts.narrow_and_count(wanted.scope.policy, wanted.purpose)
    if scoped.layers >= _DEEPEST:
        terminal.say("note: this session was narrowed three times, and AWS narrows none further")
    return replace(session, credentials=scoped.credentials, scope=wanted.scope.name)
