"""The inline policies of a role that deny sessions issued before an instant.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
"""

from __future__ import annotations

from typing import Any

from awsactivate.account import policies
from awsactivate.aws.revocation import Pause, call, read_max_session_seconds
from awsactivate.errors import AccessDeniedError, AwsError
from awsactivate.revocation import inline_policy
from awsactivate.revocation.inline_policy import Denial
from awsactivate.sessions import limits


def read(iam: Any, role_name: str, pause: Pause) -> dict[str, Denial | None]:
    """Read the role's inline policies that may be ours; None stands for one that is not."""
    return {
        name: inline_policy.parse(
            call(iam.get_role_policy, pause, RoleName=role_name, PolicyName=name)["PolicyDocument"]
        )
        for name in _list_names(iam, role_name, pause)
        if inline_policy.is_ours(name)
    }


def put(iam: Any, role_name: str, denial: Denial, now: int, pause: Pause) -> str:
    """Deny, and take away those of ours that are over; return the policy's name.

    Whoever may only write gets by without the taking away.
    """
    try:
        there = read(iam, role_name, pause)
    except AccessDeniedError:
        there = {}
    longest = read_max_session_seconds(iam, role_name, pause) or limits.LONGEST_ROLE_SESSION
    over = [name for name, one in there.items() if one is not None and one.is_over(now, longest)]
    gone = [name for name in over if _take_away(iam, role_name, name, pause)]
    there = {name: one for name, one in there.items() if name not in gone}
    name = inline_policy.policy_name(denial, there)
    document = policies.compact(inline_policy.document(denial))
    try:
        call(iam.put_role_policy, pause, RoleName=role_name, PolicyName=name, PolicyDocument=document)
    except AwsError as error:
        if error.code != "LimitExceeded":
            raise
        held = ", ".join(there) or "none of ours"
        raise AwsError(
            f"role {role_name} has no room for another {len(document)} of the"
            f" {limits.INLINE_POLICIES_OF_A_ROLE} characters"
            f" that its inline policies may have together; of those that deny sessions there are: {held}",
            "awsactivate revoke --list, then awsactivate revoke --lift ENTRY",
            code=error.code,
        ) from error
    return name


def delete(iam: Any, role_name: str, name: str, pause: Pause) -> None:
    """Take one policy away."""
    call(iam.delete_role_policy, pause, RoleName=role_name, PolicyName=name)


def _take_away(iam: Any, role_name: str, name: str, pause: Pause) -> bool:
    try:
        delete(iam, role_name, name, pause)
    except AccessDeniedError:
        return False
    return True


def _list_names(iam: Any, role_name: str, pause: Pause) -> list[str]:
    names: list[str] = []
    more: dict[str, str] = {}
    while True:
        answer = call(iam.list_role_policies, pause, RoleName=role_name, **more)
        names += answer["PolicyNames"]
        if not answer.get("IsTruncated"):
            return names
        more = {"Marker": answer["Marker"]}
