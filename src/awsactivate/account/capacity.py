"""How many users one role's policies have room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from awsactivate.account import policies
from awsactivate.account.settings import MOST_USERS
from awsactivate.sessions.limits import INLINE_POLICIES_OF_A_ROLE

_AN_INSTANT = "2026-01-01T00:00:00Z"


def room_left(role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool = False) -> int:
    """Count the characters that are left beside the revocation policy for `users` and `others` characters."""
    document = policies.revocation_policy(role_arn, users, plain_session_names=plain_session_names)
    return INLINE_POLICIES_OF_A_ROLE - others - policies.size(document)


def room_for_one_to_leave(users: Iterable[str]) -> int:
    """Count the characters that it takes to deny the sessions of one of the users.

    They are kept free: else nobody could be taken out of a full role. What that frees is more than it takes,
    so there is room for the next one to leave, too.
    """
    return max((policies.size(policies.deny_user(user, _AN_INSTANT)) for user in users), default=0)


def fit(role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool) -> bool:
    """Tell whether one role has room for `users`, and for one of them to leave."""
    left = room_left(role_arn, users, others, plain_session_names=plain_session_names)
    return left >= room_for_one_to_leave(users)


def users_that_fit(
    role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool = False
) -> int:
    """Count how many of `users` fit, with room for one to leave, the shortest names last to go."""
    names = sorted(users, key=lambda name: (len(name), name))
    count = len(names)
    while count and not fit(role_arn, names[:count], others, plain_session_names=plain_session_names):
        count -= 1
    return count


def refusal(
    role_arn: str,
    users: Sequence[str],
    others: int,
    *,
    known: Iterable[str] = (),
    plain_session_names: bool = False,
) -> str | None:
    """Say why the users do not fit; None where they do.

    Those who are `known` to the role already may use up what is kept free for one to leave.
    """
    left = room_left(role_arn, users, others, plain_session_names=plain_session_names)
    is_growing = not set(users) <= set(known)
    if left >= (room_for_one_to_leave(users) if is_growing else 0):
        return None
    fit = users_that_fit(role_arn, users, others, plain_session_names=plain_session_names)
    beside = f", {others:,} of which its other inline policies take" if others else ""
    return (
        f"the inline policies of a role may have {INLINE_POLICIES_OF_A_ROLE:,} characters together{beside}:"
        f" {fit} of these {len(users)} users fit"
    )


def more_that_fit(
    role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool = False
) -> int:
    """Count how many users there is room for beside `users`, with names as long as their longest."""
    longest = max(map(len, users), default=1)
    count = 0
    while count < MOST_USERS - len(users):
        more = [*users, *(f"{number:0{longest}}" for number in range(count + 1))]
        if not fit(role_arn, more, others, plain_session_names=plain_session_names):
            break
        count += 1
    return count
