"""One session is revoked, by whoever may, in the way that the role allows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import suppress

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.commands.revoke import child, signers
from awsactivate.commands.revoke.signers import Choice
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError, MfaError, UnreachableError
from awsactivate.frozen import dataclass, replace
from awsactivate.opening import noting
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal, wall_clock
from awsactivate.revocation import inline_policy, tag
from awsactivate.revocation.tag import GRACE_SECONDS, TooLongError
from awsactivate.revoking import own_list
from awsactivate.sessions import arn_parts, arns, limits, session_names
from awsactivate.sessions.credentials import Credentials


@dataclass(frozen=True)
class Target:
    """The session that is meant."""

    id: str
    role: arns.RoleArn
    label: str = ""
    """What its user calls it."""
    ends: int | None = None
    """In seconds since the epoch; None where that is not known here."""
    credentials: Credentials | None = None
    """Its own, by which its end can be proved; None where they are not known here."""

    @property
    def name(self) -> str:
        """The session's name."""
        return arn_parts.session_of(self.id)

    @property
    def words(self) -> str:
        """Name it to a person."""
        before = f"{self.label}: " if self.label else ""
        return f"{before}{self.name} of {self.role.name}"

    def ends_at_the_latest(self, now: float) -> int:
        """Tell when it ends by itself, by what is known of it or by its name."""
        age = tag.age_seconds(self.id, int(now)) or 0
        age = 0 if age > limits.LONGEST_ROLE_SESSION else age  # a name may lie
        return int(now) - age + limits.LONGEST_ROLE_SESSION if self.ends is None else self.ends


@dataclass(frozen=True)
class Result:
    """What to say."""

    line: str
    is_denied: bool
    """Whether there is a denial now; an ended session needs none."""
    by: str = ""
    """Whose credentials wrote it."""


@dataclass(frozen=True)
class _Recorded:
    """The denial was written."""

    since: float
    """When, on the monotonic clock."""
    signer: Signer
    own: own_list.OwnList | None = None
    lost: tuple[str, ...] = ()
    child: Background[Credentials | None] | None = None
    """What was narrowed from the session, to be denied as well"""


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
    attempt = _Attempt(target, choice, context, with_child=wait)
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


def refuse_what_cannot_be(role: arns.RoleArn) -> None:
    """Fail for the roles that nobody in the account can change."""
    if role.name.startswith("AWSReservedSSO_") or ":role/aws-reserved/" in role.text:
        raise AwsError(
            f"{role.name} is a permission set of IAM Identity Center, whose sessions can't be revoked so",
            "an administrator of IAM Identity Center ends the user's session there",
        )
    if ":role/aws-service-role/" in role.text:
        raise AwsError(f"{role.name} is a service-linked role, whose sessions can't be revoked")


def instant_before(now: float) -> int:
    """Return the instant before which a session must have been issued to be denied.

    TokenIssueTime has whole seconds, and "before" is strict.
    """
    return math.ceil(now + 1)


def instant_for(target: Target, now: float) -> int:
    """Return the instant before which credentials of this one session must have been issued to be denied.

    A name of ours is no other session's: so all of it may be denied, with what is narrowed from a copy later,
    which may tell a later time of issue. A fixed name is the next session's as well.
    """
    if session_names.is_nonce(target.name.rpartition("=")[2]):
        return target.ends_at_the_latest(now) + GRACE_SECONDS
    return instant_before(now)


class _Attempt:
    """One signer after another tries; what each was refused is remembered."""

    def __init__(self, target: Target, choice: Choice, context: Context, *, with_child: bool) -> None:
        self._target = target
        self._choice = choice
        self._context = context
        self._refusals: list[str] = []
        self._missing_code: MfaError | None = None
        self._has_list = False
        self._with_child = with_child
        # a person who ends a session is not asked for a code that would not help
        self._mfa_may_help = target.credentials is None

    def record(self) -> _Recorded:
        """Write the denial; raise what each was refused where none may."""
        target = self._target
        for signer in self._open_signers():
            account_id = signer.identity.account_id
            if account_id != target.role.account_id:
                self._refusals.append(f"{signer.words} is of account {account_id}")
                continue
            newborn = None
            if self._with_child and target.credentials:
                newborn = child.begin(target.credentials, target.role, signer.profile, self._context)
            found = self._revoke_in_own_list(signer) or self._revoke_by_policy(signer)
            if found is not None:
                return replace(found, child=newborn)
        if self._missing_code is not None and self._has_list:
            raise self._missing_code
        raise AccessDeniedError(
            "; ".join(dict.fromkeys(self._refusals)),
            f"an administrator of account {target.role.account_id} can:"
            f" awsactivate revoke --session {target.id} --role-arn {target.role} --profile P",
            code="AccessDenied",
        )

    def _open_signers(self) -> Iterator[Signer]:
        target, skew = self._target, None
        ticket = self._choice.ticket
        if ticket is not None and ticket.assumed_role_id == target.id and ticket.ends > self._context.clock():
            try:
                yield signers.open_ticket(ticket, target.role, self._context)
            except UnreachableError:
                raise
            except AwsactivateError as error:
                self._refusals.append(f"the ticket: {error.message}")
        try:
            for signer in signers.open_signers(self._choice, target.role.text, self._context):
                skew = signer.identity.skew_seconds
                yield signer
                if not self._mfa_may_help:
                    break
        except UnreachableError:
            raise
        except AwsactivateError as error:
            # a key that was rotated away or locked up, or no code: the session itself may still be allowed to
            self._refusals.append(error.message)
            self._missing_code = error if isinstance(error, MfaError) else None
        if target.credentials is not None:
            yield signers.of_session(target.credentials, target.role, target.id, skew)

    def _revoke_in_own_list(self, signer: Signer) -> _Recorded | None:
        from awsactivate.aws import revocation

        target, user = self._target, signer.identity.user_name
        if user is None or user.casefold() != session_names.user_of(target.name).casefold():
            return None
        iam = signer.iam(target.role.partition)
        try:
            tags = revocation.read(iam, target.role.name, time.sleep)
            if tags.key_of(user) is None:
                self._refusals.append(f"role {target.role.name} keeps no list of {user}'s revoked sessions")
                return None
            self._has_list = True
            own = own_list.open_own_list(
                iam, target.role, user, tags, signer.now(self._context), self._context
            )
            self._mfa_may_help = True
            since = time.monotonic()
            written = own.revoke([target.id])
        except AccessDeniedError as error:
            self._refusals.append(error.message)
            return None
        except TooLongError:
            self._refusals.append(f"the list of {user}'s revoked sessions is full")
            return None
        return _Recorded(since, signer, own, written.lost)

    def _revoke_by_policy(self, signer: Signer) -> _Recorded | None:
        from awsactivate.aws import role_denials

        role, now = self._target.role, signer.now(self._context)
        denial = inline_policy.of_session(self._target.id, instant_for(self._target, now))
        since = time.monotonic()
        try:
            role_denials.put(signer.iam(role.partition), role.name, denial, int(now), time.sleep)
        except AccessDeniedError as error:
            self._refusals.append(error.message)
            return None
        return _Recorded(since, signer)


def _prove(target: Target, recorded: _Recorded, now: float, *, wait: bool) -> str:
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
