"""Whose session stands behind a guarded COMMAND, as far as rules, refusals and questions speak of it."""

from __future__ import annotations

from datetime import datetime

from awsactivate.frozen import dataclass, replace
from awsactivate.sessions import arn_parts
from awsactivate.sessions.credentials import Session, rfc3339

Context = dict[str, str | tuple[str, ...]]
"""Condition keys, in lower case, and their values."""


@dataclass(frozen=True)
class CommandIdentity:
    """A session, and the program that works with it."""

    command: str
    """The program's name."""
    profile: str
    account: str
    """The account's id; '' where it isn't known"""
    arn: str
    """Whose calls AWS will take them for; '' where it isn't known"""
    region: str | None
    role: str = ""
    """The role that COMMAND assumed by it, whose calls these are; '' where they are its own"""

    def with_role(self, arn: str) -> CommandIdentity:
        """Return whose the calls are that are signed by the session of `arn`; '' is its own."""
        if not arn:
            return self
        kind = (arn_parts.resource_of(arn) or "").partition("/")[0]
        role = f"{'role' if kind == 'assumed-role' else kind} {arn_parts.principal_of(arn)}"
        return replace(self, account=arn_parts.account_of(arn) or "", arn=arn, role=role)

    @property
    def where(self) -> str:
        """In which profile and account a call would do something."""
        account = f" ({self.account})" if self.account else ""
        whose = self.profile or "this session"
        return f"{self.role}{account}, by {whose}" if self.role else f"{whose}{account}"

    @property
    def who(self) -> str:
        """What a refusal calls it."""
        return self.arn or self.profile or "this session"

    def context(self, region: str, at: datetime) -> Context:
        """Return the condition keys that are known of a call that is signed for `region`."""
        known = {
            "aws:requestedregion": region,
            "aws:securetransport": "true",
            "aws:currenttime": rfc3339(at),
            "aws:epochtime": str(int(at.timestamp())),
            "aws:principalaccount": self.account,
        }
        return {name: value for name, value in known.items() if value}


def of_session(session: Session, command: str, account: str, region: str | None) -> CommandIdentity:
    """Say whose it is; `account` is its account's id, '' where that isn't known."""
    role, name = arn_parts.principal_of(session.role_arn), arn_parts.session_of(session.assumed_role_id or "")
    arn = session.arn or ""
    if not arn and role and name and account:
        partition = arn_parts.partition_of(session.role_arn)
        arn = f"arn:{partition}:sts::{account}:assumed-role/{role}/{name}"
    return CommandIdentity(command, session.profile, account, arn, region)
