"""One session is revoked, by whoever may, in the way that the role allows."""

from __future__ import annotations

import time
from contextlib import suppress

from awsactivate.commandline import Context
from awsactivate.commands.revoke.attempt import Attempt, Recorded
from awsactivate.commands.revoke.signers import Choice
from awsactivate.commands.revoke.target import Target, refuse_what_cannot_be
from awsactivate.errors import AwsactivateError, AwsError, UnreachableError
from awsactivate.frozen import dataclass, replace
from awsactivate.opening import noting
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal, wall_clock
from awsactivate.revocation.tag import TooLongError
from awsactivate.sessions import arn_parts, arns


@dataclass(frozen=True)
class Result:
    """What to say."""

    line: str
    is_denied: bool
    """Whether there is a denial now; an ended session needs none."""
    by: str = ""
    """Whose credentials wrote it."""


def revoke(target: Target, choice: Choice, context: Context, *, wait: bool) -> Result:
    """Revoke the session and say so.

    Raises AwsError where nobody at hand may, or where the proof did not come.
    """
    from awsactivate.aws.revocation import NoSuchRoleError

    refuse_what_cannot_be(target.role)
    now = context.clock()
    if target.ends is not None and target.ends <= now:
        expired = wall_clock.clock(target.ends, now)
        return Result(f"{target.words} expired at {expired}: there is nothing to revoke", is_denied=False)
    attempt = Attempt(target, choice, context, with_child=wait)
    try:
        recorded = attempt.record()
    except NoSuchRoleError:
        line = f"role {target.role.name} does not exist any more, so {target.name} of it can do nothing"
        return Result(line, is_denied=False)
    except AwsactivateError as error:
        raise _not_revoked(error, target, now) from error
    if recorded.lost:
        names = ", ".join(arn_parts.session_of(id_) for id_ in recorded.lost)
        terminal.say(f"the list was full, so these sessions of {target.role.name} were denied too: {names}")
    noting.note_revoked(target.id, target.role.text, target.label, context)
    line = _prove(target, recorded, now, wait=wait)
    # who has a list of one's own may not read the role's policies: then it can't be told
    if recorded.own or _may_have_gone_on(recorded.signer, target.role):
        terminal.say(f"roles that were assumed from {target.name} live on, for an hour at most")
    ends = wall_clock.clock(target.ends_at_the_latest(now), now)
    terminal.say(f"what takes a signed GetCallerIdentity as proof (EKS, Vault) takes a copy's until {ends}")
    return Result(line, is_denied=True, by=recorded.signer.words)


def _prove(target: Target, recorded: Recorded, now: float, *, wait: bool) -> str:
    from awsactivate.aws import probe
    from awsactivate.aws.clients import client

    ends = wall_clock.clock(target.ends_at_the_latest(now), now)
    not_confirmed = f"recorded, not confirmed; the session lives until {ends} at the latest"
    if not wait or target.credentials is None:
        return f"revoked {target.words}, {not_confirmed}"

    def write_again() -> None:
        # the other shells of this user know nothing of each other on different machines
        if recorded.own is not None:
            with suppress(AwsactivateError, TooLongError):  # the proof tells whether it was needed
                recorded.own.revoke([target.id])

    outcome = probe.wait_until(
        client("iam", target.credentials, profile=recorded.signer.profile, partition=target.role.partition),
        target.role.name,
        {probe.Found.DENIED, probe.Found.DEAD},
        probe.Time(time.monotonic, time.sleep),
        since=recorded.since,
        again=write_again,
    )
    narrowed = recorded.child.result() if recorded.child and outcome.found is probe.Found.DENIED else None
    if narrowed:
        of_child = probe.wait_until(
            client("iam", narrowed, profile=recorded.signer.profile, partition=target.role.partition),
            target.role.name,
            {probe.Found.DENIED, probe.Found.DEAD},
            probe.Time(time.monotonic, time.sleep),
            since=recorded.since,
        )
        is_over = of_child.found in (probe.Found.DENIED, probe.Found.DEAD)
        outcome = replace(of_child, found=probe.Found.DENIED if is_over else of_child.found)
    if outcome.found is probe.Found.DEAD:
        return f"revoked {target.words}, whose credentials AWS knows no more"
    if outcome.found is not probe.Found.DENIED:
        raise AwsError(f"{target.words}: {not_confirmed}", "awsactivate revoke --list", code="NotConfirmed")
    write_again()
    return f"revoked {target.words}, confirmed after {outcome.seconds:.1f} s"


def _may_have_gone_on(signer: Signer, role: arns.RoleArn) -> bool:
    """Tell whether a session of the role may have assumed other roles; yes where that can't be known."""
    from awsactivate.aws import role_reach

    try:
        return role_reach.may_assume_roles(signer.iam(role.partition), role.name, time.sleep)
    except AwsactivateError:
        return True


def _not_revoked(error: AwsactivateError, target: Target, now: float) -> AwsactivateError:
    ends = wall_clock.clock(target.ends_at_the_latest(now), now)
    message = f"{target.words} is not revoked: {error.message}; a copy of it lives until {ends} at the latest"
    if isinstance(error, AwsError):
        return AwsError(message, error.hint, code=error.code)
    if isinstance(error, UnreachableError):
        return UnreachableError(message, f"awsactivate revoke --session {target.id} --role-arn {target.role}")
    return type(error)(message, error.hint)
