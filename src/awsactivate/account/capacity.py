"""How many users one role's policies have room for."""

from __future__ import annotations

from collections.abc import Sequence

from awsactivate import policies

INLINE_POLICIES_OF_A_ROLE = 10_240  # characters, white space not counted, all inline policies together


def room_left(role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool = False) -> int:
    """Count the characters that are left beside the revocation policy for `users` and `others` characters."""
    document = policies.revocation_policy(role_arn, users, plain_session_names=plain_session_names)
    return INLINE_POLICIES_OF_A_ROLE - others - policies.size(document)


def users_that_fit(
    role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool = False
) -> int:
    """Count how many of `users` fit, the shortest names last to go."""
    names = sorted(users, key=lambda name: (len(name), name))
    count = len(names)
    while count and room_left(role_arn, names[:count], others, plain_session_names=plain_session_names) < 0:
        count -= 1
    return count


def refusal(
    role_arn: str, users: Sequence[str], others: int, *, plain_session_names: bool = False
) -> str | None:
    """Say why the users do not fit; None where they do."""
    left = room_left(role_arn, users, others, plain_session_names=plain_session_names)
    if left >= 0:
        return None
    fit = users_that_fit(role_arn, users, others, plain_session_names=plain_session_names)
    beside = f", {others:,} of which its other inline policies take" if others else ""
    return (
        f"the inline policies of a role may have {INLINE_POLICIES_OF_A_ROLE:,} characters together{beside}:"
        f" {fit} of these {len(users)} users fit"
    )
