"""Try on the real account what no emulator can tell: that AWS refuses a session that was revoked.

A session of fifteen minutes is begun, seen to work, revoked, and tried until AWS refuses it; then another one
is begun and seen to work. Both are revoked at the end, whatever happened in between.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from awsactivate.account.checks import Check, not_tried
from awsactivate.commandline import Context
from awsactivate.commands.revoke import one_session, signers
from awsactivate.commands.revoke.signers import Choice
from awsactivate.commands.revoke.target import Target, refuse_what_cannot_be
from awsactivate.errors import AwsactivateError, AwsError, UsageError
from awsactivate.opening.open_session import open_session
from awsactivate.opening.plan_for import plan_of
from awsactivate.person import terminal
from awsactivate.profiles import chosen
from awsactivate.profiles.read import read_profiles
from awsactivate.revocation.ticket import Ticket
from awsactivate.sessions import arns, limits
from awsactivate.sessions.credentials import Session, rfc3339
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import Options
from awsactivate.version import version

if TYPE_CHECKING:
    from awsactivate.aws.probe import Found

_BEGUN = "a session is begun"
_WORKS = "it works"
_TICKET = "its ticket, narrowed credentials with the MFA behind them, revokes it"
_REFUSED = "once revoked, AWS refuses it"
_NEXT_WORKS = "a session begun afterwards works"


def run(arguments: argparse.Namespace, context: Context) -> list[Check]:
    """Try it with the session of `--profile`; return a check for each step, those not reached among them.

    Raises what stops it before there is a session: no such profile, no MFA code, a role that refuses.
    """
    environ = without_session(context.environ)
    profiles = read_profiles(environ)
    target = arguments.profile or context.environ.get("AWSACTIVATE_PROFILE") or chosen.profile_in(environ)
    if not target:
        raise UsageError(
            "--revocation: no profile is named whose session is to be tried",
            "awsactivate verify --revocation --profile PROFILE",
        )
    plan = plan_of(
        target, profiles, context, Options(duration=limits.ASSUME_ROLE_SECONDS.start, region=arguments.region)
    )
    role = next((step.role_arn for step in reversed(plan.steps) if step.role_arn), None)
    if role is None:
        raise UsageError(f"--revocation: {target} assumes no role, so there is nothing to revoke")
    refuse_what_cannot_be(arns.role_arn(role))
    return _Trial(plan, arns.role_arn(role), context, arguments.mfa_code).run_checks()


class _Trial:
    def __init__(self, plan: Plan, role: arns.RoleArn, context: Context, mfa_code: str | None) -> None:
        self._plan = plan
        self._role = role
        self._context = context
        self._mfa_code = mfa_code
        self._profiles = read_profiles(without_session(context.environ))

    def run_checks(self) -> list[Check]:
        """Go through the steps; one that fails leaves the rest untried."""
        role, now = self._role, datetime.fromtimestamp(self._context.clock(), UTC)
        found = [
            Check(
                "what is tried",
                None,
                f"{role} with awsactivate {version()} at {rfc3339(now)}",
                "the role that people assume",
            )
        ]
        steps = [_BEGUN, _WORKS, _REFUSED, _TICKET, _NEXT_WORKS]
        try:
            with closing(self._run_steps()) as made:
                for check in made:
                    found.append(check)
                    if check.ok is False:
                        break
        except AwsactivateError as error:
            if len(found) == 1:
                raise
            found.append(Check(steps[len(found) - 1], False, error.message, "done"))
        found += [not_tried(step, "a step before it failed", "done") for step in steps[len(found) - 1 :]]
        return found

    def _run_steps(self) -> Generator[Check]:
        with self._session(self._mfa_code) as first:
            target = self._target(first)
            yield Check(_BEGUN, True, target.name, "begun")
            yield self._check_works(_WORKS, first)
            choice = self._choice_for(first)
            result = one_session.revoke(target, choice, self._context, wait=True)
            yield Check(_REFUSED, result.is_denied, result.line, "refused")
            yield self._check_ticket(choice, result)
            if self._plan.steps[0].mfa_serial:
                terminal.say("one more code, of the next window, for the session that must still work")
            with self._session(None) as second:
                yield self._check_works(_NEXT_WORKS, second)

    @contextmanager
    def _session(self, mfa_code: str | None) -> Iterator[Session]:
        """Begin a session; revoke it at the end, where that was not done."""
        session = open_session(self._plan, self._profiles, self._context, mfa_code=mfa_code, with_ticket=True)
        try:
            yield session
        finally:
            if self._probe(session).name == "ALLOWED":
                one_session.revoke(
                    self._target(session), self._choice_for(session), self._context, wait=False
                )

    def _check_ticket(self, choice: Choice, result: one_session.Result) -> Check:
        if choice.ticket is None:
            return not_tried(_TICKET, "AWS gave none", signers.BY_TICKET)
        return Check(_TICKET, result.by == signers.BY_TICKET, result.by, signers.BY_TICKET)

    def _check_works(self, check: str, session: Session) -> Check:
        found = self._probe(session)
        return Check(check, found.name == "ALLOWED", found.value, "allowed")

    def _probe(self, session: Session) -> Found:
        from awsactivate.aws import probe
        from awsactivate.aws.clients import client

        settings = self._plan.steps[-1].profile
        iam = client("iam", session.credentials, profile=settings, partition=self._role.partition)
        found = probe.probe(iam, self._role.name)
        for _ in range(20):
            if found is not probe.Found.UNKNOWN:
                break
            time.sleep(0.5)  # no answer says nothing of the session
            found = probe.probe(iam, self._role.name)
        return found

    def _target(self, session: Session) -> Target:
        if session.assumed_role_id is None:
            raise AwsError(
                f"{self._plan.target} assumed no role, so there is nothing to revoke", code="NoRole"
            )
        expiration = session.credentials.expiration
        return Target(
            session.assumed_role_id,
            self._role,
            label=session.profile,
            ends=int(expiration.timestamp()) if expiration else None,
            credentials=session.credentials,
        )

    def _choice_for(self, session: Session) -> Choice:
        held = (self._plan.source.name or "", self._plan.profile or "")
        if session.ticket is None or session.assumed_role_id is None:
            return Choice(held=held)
        settings = self._plan.steps[0].profile
        return Choice(held=held, ticket=Ticket(session.assumed_role_id, settings, session.ticket))
