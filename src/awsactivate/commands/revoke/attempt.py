"""One signer after another tries to deny a session; what each was refused is remembered."""

from __future__ import annotations

import time
from collections.abc import Iterator

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.commands.revoke import child, signers
from awsactivate.commands.revoke.signers import Choice
from awsactivate.commands.revoke.target import Target, instant_for
from awsactivate.errors import AccessDeniedError, AwsactivateError, MfaError, UnreachableError
from awsactivate.frozen import dataclass, replace
from awsactivate.opening.signer import Signer
from awsactivate.revocation import inline_policy
from awsactivate.revocation.tag import TooLongError
from awsactivate.revoking import own_list
from awsactivate.sessions import session_names
from awsactivate.sessions.credentials import Credentials


@dataclass(frozen=True)
class Recorded:
    """The denial was written."""

    since: float
    """When, on the monotonic clock."""
    signer: Signer
    """Who was allowed to."""
    own: own_list.OwnList | None = None
    """The list that it was written into; None where it became a policy of the role."""
    lost: tuple[str, ...] = ()
    """Which other sessions are denied with it, since the list was full."""
    child: Background[Credentials | None] | None = None
    """What was narrowed from the session, to be denied as well"""


class Attempt:
    """The denial of one session, as those at hand may write it."""

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

    def record(self) -> Recorded:
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

    def _revoke_in_own_list(self, signer: Signer) -> Recorded | None:
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
        return Recorded(since, signer, own, written.lost)

    def _revoke_by_policy(self, signer: Signer) -> Recorded | None:
        from awsactivate.aws import role_denials

        role, now = self._target.role, signer.now(self._context)
        denial = inline_policy.of_session(self._target.id, instant_for(self._target, now))
        since = time.monotonic()
        try:
            role_denials.put(signer.iam(role.partition), role.name, denial, int(now), time.sleep)
        except AccessDeniedError as error:
            self._refusals.append(error.message)
            return None
        return Recorded(since, signer)
