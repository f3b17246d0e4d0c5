"""A session opened by a person who signs in first, where its source wants that."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context
from awsactivate.errors import SignInNeededError, TokenOutOfReachError
from awsactivate.frozen import replace
from awsactivate.opening.open_session import open_session
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.plan import Plan

# Kinds of sources that a person can sign in to from here.
_BY_PERSON = ("sso", "login")


def open_after_sign_in(
    plan: Plan,
    profiles: Profiles,
    context: Context,
    *,
    mfa_code: str | None = None,
    no_mfa: bool = False,
    may_ask: bool = True,
    may_sign_in: bool = True,
    device_code: bool = False,
    with_ticket: bool = False,
) -> Session:
    """Open the session as `open_session` does; where a person has to sign in first, begin that, once.

    Unless `may_sign_in`, and where there is no terminal, SignInNeededError tells how. A sign-in that AWS does
    not take is not begun again.
    """

    def open_with(plan: Plan, begun_with: Credentials | None) -> Session:
        return open_session(
            plan,
            profiles,
            context,
            mfa_code=mfa_code,
            no_mfa=no_mfa,
            may_ask=may_ask,
            with_ticket=with_ticket,
            begun_with=begun_with,
        )

    try:
        return open_with(plan, None)
    except SignInNeededError as error:
        if not may_sign_in or plan.source.kind not in _BY_PERSON or not terminal.can_ask():
            raise
        terminal.say(error.message)
        needed = error
    begun_with = _sign_in(plan, profiles, context, device_code=device_code, needed=needed)
    return open_with(replace(plan, notes=(), aside_notes=()), begun_with)


def open_as_asked(
    plan: Plan,
    profiles: Profiles,
    arguments: argparse.Namespace,
    context: Context,
    *,
    may_sign_in: bool = True,
) -> Session:
    """Open the session with what the command line says of MFA and of a sign-in."""
    return open_after_sign_in(
        plan,
        profiles,
        context,
        mfa_code=arguments.mfa_code,
        no_mfa=arguments.no_mfa,
        may_sign_in=may_sign_in,
        device_code=arguments.device_code,
    )


def _sign_in(
    plan: Plan, profiles: Profiles, context: Context, *, device_code: bool, needed: SignInNeededError
) -> Credentials:
    given = (plan.source, profiles, without_session(context.environ), context.clock)
    fault = needed.fault if isinstance(needed, TokenOutOfReachError) else None
    if plan.source.kind == "login":
        from awsactivate.opening import login_source

        return login_source.fetch_by_sign_in(*given, device_code=device_code, fault=fault)
    from awsactivate.opening import sso_source

    return sso_source.fetch_by_sign_in(*given, device_code=device_code, refused=needed.refused, fault=fault)
