"""Which session is to be revoked, and up to which instant of issue its credentials are denied."""

from __future__ import annotations

import math

from awsactivate.errors import AwsError
from awsactivate.frozen import dataclass
from awsactivate.revocation import tag
from awsactivate.revocation.tag import GRACE_SECONDS
from awsactivate.sessions import arn_parts, arns, limits, session_names
from awsactivate.sessions.credentials import Credentials


@dataclass(frozen=True)
class Target:
    """The session that is meant."""

    id: str
    """The AssumedRoleId, `AROA…:NAME`."""
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
