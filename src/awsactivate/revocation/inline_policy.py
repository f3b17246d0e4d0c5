"""The inline policies of a role by which administrators deny sessions that were issued before an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from awsactivate.account import policies
from awsactivate.frozen import dataclass
from awsactivate.revocation.tag import GRACE_SECONDS
from awsactivate.sessions import limits
from awsactivate.sessions.credentials import rfc3339

# what the console's button "Revoke active sessions" writes
CONSOLE_POLICY_NAME = "AWSRevokeOlderSessions"

_EVERYONE = "everyone"


@dataclass(frozen=True)
class Denial:
    """Who is denied."""

    kind: Literal["session", "user", "everyone"]
    who: str
    """An AssumedRoleId, a user's name, or the word `everyone`."""
    before: int
    """It hits sessions issued before this, in seconds since the epoch."""

    def is_over(self, now: int, max_session_seconds: int) -> bool:
        """Tell whether no session that it hits can be alive any more."""
        return now - self.before > max_session_seconds + GRACE_SECONDS


def of_session(assumed_role_id: str, before: int) -> Denial:
    """Deny one session."""
    return Denial("session", assumed_role_id, before)


def of_user(user: str, before: int) -> Denial:
    """Deny all sessions of one user."""
    return Denial("user", user, before)


def of_everyone(before: int) -> Denial:
    """Deny all sessions of the role."""
    return Denial("everyone", _EVERYONE, before)


def document(denial: Denial) -> policies.Document:
    """Write the policy."""
    return _written(denial, rfc3339(datetime.fromtimestamp(denial.before, UTC)))


def parse(document_: Mapping[str, Any]) -> Denial | None:
    """Read a policy back; None where it is none that `document` could have written."""
    try:
        (statement,) = policies.statements(document_)
        condition = statement["Condition"]
        instant = condition["DateLessThan"]["aws:TokenIssueTime"]
        before = int(datetime.fromisoformat(instant).timestamp())
        ids = [condition.get(operator, {}).get("aws:userid") for operator in ("StringEquals", "StringLike")]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    candidates = [
        *(of_session(id_, before) for id_ in _texts(ids[0])),
        *(of_user(id_.removeprefix("*:"), before) for id_ in _texts(ids[1])),
        of_everyone(before),
    ]
    found = policies.canonical(document_)
    return next((one for one in candidates if policies.canonical(_written(one, instant)) == found), None)


def policy_name(denial: Denial, others: Mapping[str, Denial | None]) -> str:
    """Name the policy, beside the `others` of the role: a session, a user and everyone may share a name."""
    who = denial.who.partition(":")[2] if denial.kind == "session" else denial.who
    name = f"{policies.REVOKED_PREFIX}{who}"
    for candidate in (name, f"{name}+{denial.kind}"[: limits.LONGEST_POLICY_NAME]):
        other = others.get(candidate, denial)
        if other is not None and (other.kind, other.who) == (denial.kind, denial.who):
            return candidate
    return f"{name}+{denial.before}"


def is_ours(name: str) -> bool:
    """Tell from a policy's name whether it is one to look into."""
    return name.startswith(policies.REVOKED_PREFIX) or name == CONSOLE_POLICY_NAME


def _written(denial: Denial, before: str) -> policies.Document:
    if denial.kind == "session":
        return policies.deny_session(denial.who, before)
    if denial.kind == "user":
        return policies.deny_user(denial.who, before)
    return policies.deny_everyone(before)


def _texts(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]
