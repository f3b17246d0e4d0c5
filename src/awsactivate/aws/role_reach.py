"""Whether a role's policies could have let its sessions assume other roles."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

from awsactivate.account import policies
from awsactivate.aws.revocation import Pause, call

_ASSUME = "sts:assumerole"


def may_assume_roles(iam: Any, role_name: str, pause: Pause) -> bool:
    """Read the role's policies; AccessDeniedError where the caller may not.

    Conditions, resources and denials are left aside: what they may allow, they could have allowed.
    """
    return any(_allows(document) for document in _read_documents(iam, role_name, pause))


def _read_documents(iam: Any, role_name: str, pause: Pause) -> Iterator[Mapping[str, Any]]:
    attached = call(iam.list_attached_role_policies, pause, RoleName=role_name)["AttachedPolicies"]
    for name in call(iam.list_role_policies, pause, RoleName=role_name)["PolicyNames"]:
        yield call(iam.get_role_policy, pause, RoleName=role_name, PolicyName=name)["PolicyDocument"]
    for policy in attached:
        arn = policy["PolicyArn"]
        version = call(iam.get_policy, pause, PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = call(iam.get_policy_version, pause, PolicyArn=arn, VersionId=version)
        yield found["PolicyVersion"]["Document"]


def _allows(document: Mapping[str, Any]) -> bool:
    return any(
        statement["Effect"] == "Allow" and _covers(statement) for statement in policies.statements(document)
    )


def _covers(statement: Mapping[str, Any]) -> bool:
    if "NotAction" in statement:
        return not _named(statement["NotAction"])
    return _named(statement.get("Action", []))


def _named(actions: Any) -> bool:
    listed = [actions] if isinstance(actions, str) else actions
    return any(fnmatch.fnmatchcase(_ASSUME, action.lower().replace("[", "[[]")) for action in listed)
