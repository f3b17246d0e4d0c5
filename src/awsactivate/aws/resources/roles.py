"""The role that users assume.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html and its neighbours
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from awsactivate.account import capacity, policies
from awsactivate.account.desired import ROLE_DESCRIPTION
from awsactivate.account.resources import Change, Found, Resource
from awsactivate.account.settings import Settings
from awsactivate.aws.resources.access import Access, all_pages, is_ours, tag_list, unless_missing

_OUR_TAGS = (policies.REVOKED_PREFIX, policies.REVOKE_WITHOUT_MFA_TAG, policies.SHARD_TAG)


def read(access: Access, resource: Resource) -> Found | None:
    """Read the role's properties; which sessions are revoked (tags' values, Deny policies) is not one."""
    iam, settings = access.client("iam"), access.settings.with_role(resource.name)
    answer = unless_missing(iam.get_role, "NoSuchEntity", RoleName=resource.name)
    if answer is None:
        refusal = _no_room(settings, others=0, known=[])
        return Found({}, conflict=refusal) if refusal else None
    role = answer["Role"]
    tags = {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
    inline = read_inline_policies(access, resource.name)
    revocation = inline.pop(policies.REVOCATION_POLICY_NAME, None)
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    notes = [f"inline policy {name} stays" for name in inline if not name.startswith(policies.REVOKED_PREFIX)]
    if boundary and not settings.permissions_boundary:
        notes.append(f"PermissionsBoundary: {boundary} is stricter than none, and stays")
    return Found(
        {
            "AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"],
            "MaxSessionDuration": role["MaxSessionDuration"],
            "Tags": sorted(key for key in tags if key.startswith(_OUR_TAGS)),
            "PermissionsBoundary": boundary,
            "Policies": {policies.REVOCATION_POLICY_NAME: revocation} if revocation else {},
            "ManagedPolicyArns": list_attached_policies(access, resource.name),
        },
        ours=is_ours(tags),
        conflict=_elsewhere(role["Arn"], settings, tags)
        or _no_room(settings, others=sum(map(policies.size, inline.values())), known=tagged_users(tags)),
        notes=tuple(notes),
    )


def read_inline_policies(access: Access, role_name: str) -> dict[str, policies.Document]:
    """Read all inline policies of the role."""
    iam = access.client("iam")
    names = all_pages(iam, "list_role_policies", "PolicyNames", RoleName=role_name)
    return {
        name: iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"] for name in names
    }


def list_attached_policies(access: Access, role_name: str) -> list[str]:
    """List the ARNs of the managed policies that are attached to the role; [] where there is no such role."""
    attached = unless_missing(
        all_pages,
        "NoSuchEntity",
        client=access.client("iam"),
        operation="list_attached_role_policies",
        member="AttachedPolicies",
        RoleName=role_name,
    )
    return sorted(policy["PolicyArn"] for policy in attached or [])


def list_names(access: Access) -> list[str]:
    """Name all roles of the account."""
    return [role["RoleName"] for role in all_pages(access.client("iam"), "list_roles", "Roles")]


def list_tag_keys(access: Access, role_name: str) -> list[str] | None:
    """List the keys of the role's tags; None where there is no such role."""
    answer = unless_missing(access.client("iam").get_role, "NoSuchEntity", RoleName=role_name)
    return [tag["Key"] for tag in answer["Role"].get("Tags", [])] if answer else None


def tagged_users(keys: Iterable[str]) -> list[str]:
    """Name the users of whose revocations the role's tags tell."""
    prefix = policies.REVOKED_PREFIX
    return sorted(key.removeprefix(prefix) for key in keys if key.startswith(prefix))


def create(access: Access, resource: Resource) -> None:
    """Make the role, which can be assumed by nobody in any other way from the first moment on."""
    boundary = access.settings.permissions_boundary
    access.call_until_settled(
        access.client("iam").create_role,
        RoleName=resource.name,
        AssumeRolePolicyDocument=policies.compact(resource.want("AssumeRolePolicyDocument")),
        MaxSessionDuration=resource.want("MaxSessionDuration"),
        Description=ROLE_DESCRIPTION,
        Tags=[*tag_list(), *_empty_tags(resource.want("Tags"))],
        **({"PermissionsBoundary": boundary} if boundary else {}),
    )


def write(access: Access, resource: Resource, change: Change) -> None:
    """Change one property."""
    _WRITERS[change.property](access, resource.name, change)


def delete(access: Access, resource: Resource) -> None:
    """Take the role's policies away, then the role."""
    iam, name = access.client("iam"), resource.name
    for arn in list_attached_policies(access, name):
        access.call_until_settled(iam.detach_role_policy, RoleName=name, PolicyArn=arn)
    for policy in all_pages(iam, "list_role_policies", "PolicyNames", RoleName=name):
        access.call_until_settled(iam.delete_role_policy, RoleName=name, PolicyName=policy)
    access.call_until_settled(iam.delete_role, RoleName=name)


def _write_trust(access: Access, name: str, change: Change) -> None:
    access.call_until_settled(
        access.client("iam").update_assume_role_policy,
        RoleName=name,
        PolicyDocument=policies.compact(change.after),
    )


def _write_max_session(access: Access, name: str, change: Change) -> None:
    access.call_until_settled(
        access.client("iam").update_role, RoleName=name, MaxSessionDuration=change.after
    )


def _write_tags(access: Access, name: str, change: Change) -> None:
    # only those that are missing: a tag that is there may hold a revocation
    missing = [key for key in change.after if key not in change.before]
    access.call_until_settled(access.client("iam").tag_role, RoleName=name, Tags=_empty_tags(missing))


def _write_boundary(access: Access, name: str, change: Change) -> None:
    access.call_until_settled(
        access.client("iam").put_role_permissions_boundary, RoleName=name, PermissionsBoundary=change.after
    )


def _write_revocation_policy(access: Access, name: str, change: Change) -> None:
    for policy, document in change.after.items():
        access.call_until_settled(
            access.client("iam").put_role_policy,
            RoleName=name,
            PolicyName=policy,
            PolicyDocument=policies.compact(document),
        )


def _write_attached(access: Access, name: str, change: Change) -> None:
    iam = access.client("iam")
    for arn in sorted(set(change.after) - set(change.before)):
        access.call_until_settled(iam.attach_role_policy, RoleName=name, PolicyArn=arn)
    for arn in sorted(set(change.before) - set(change.after)):
        access.call_until_settled(iam.detach_role_policy, RoleName=name, PolicyArn=arn)


_WRITERS = {
    "AssumeRolePolicyDocument": _write_trust,
    "MaxSessionDuration": _write_max_session,
    "Tags": _write_tags,
    "PermissionsBoundary": _write_boundary,
    "Policies": _write_revocation_policy,
    "ManagedPolicyArns": _write_attached,
}


def _empty_tags(keys: list[str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": ""} for key in keys]


def _elsewhere(arn: Any, settings: Settings, tags: Iterable[str]) -> str | None:
    if arn != settings.role_arn:
        return f"is {arn}, and a role with a path can't be used: --role-name NAME"
    if settings.is_shard and policies.SHARD_TAG not in tags:
        return f"is there for something else (it has no tag {policies.SHARD_TAG}): --role-name NAME"
    return None


def _no_room(settings: Settings, others: int, known: list[str]) -> str | None:
    return capacity.refusal(
        settings.role_arn,
        settings.revocable_users,
        others,
        known=known,
        plain_session_names=settings.plain_session_names,
    )
