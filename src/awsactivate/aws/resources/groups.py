"""The group whose members may assume the role.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html and its neighbours
"""

from __future__ import annotations

from awsactivate.account import policies
from awsactivate.account.resources import GROUP_PATH, Change, Found, Resource
from awsactivate.aws.resources.access import Access, all_pages, unless_missing


def read(access: Access, resource: Resource) -> Found | None:
    """Read what the group allows."""
    iam, name = access.client("iam"), resource.name
    answer = unless_missing(iam.get_group, "NoSuchEntity", GroupName=name)
    if answer is None:
        return None
    inline = {
        policy: iam.get_group_policy(GroupName=name, PolicyName=policy)["PolicyDocument"]
        for policy in all_pages(iam, "list_group_policies", "PolicyNames", GroupName=name)
    }
    attached = all_pages(iam, "list_attached_group_policies", "AttachedPolicies", GroupName=name)
    arns = sorted(policy["PolicyArn"] for policy in attached)
    ours = answer["Group"]["Path"] == GROUP_PATH
    foreign = sorted({*inline, *arns} - {policies.GROUP_POLICY_NAME})
    return Found(
        {"Policies": inline, "ManagedPolicyArns": arns},
        ours=ours,
        conflict=None
        if ours or not foreign
        else f"was there before, with {', '.join(foreign)}: --group-name NAME",
    )


def list_members(access: Access, group_name: str) -> list[str]:
    """Name the group's members; [] where there is no such group."""
    iam = access.client("iam")
    if unless_missing(iam.get_group, "NoSuchEntity", GroupName=group_name) is None:
        return []
    return sorted(user["UserName"] for user in all_pages(iam, "get_group", "Users", GroupName=group_name))


def list_ours(access: Access) -> list[str]:
    """Name all groups that this tool made."""
    groups = all_pages(access.client("iam"), "list_groups", "Groups", PathPrefix=GROUP_PATH)
    return [group["GroupName"] for group in groups]


def create(access: Access, resource: Resource) -> None:
    """Make the group, which allows nothing yet."""
    access.call_until_settled(access.client("iam").create_group, GroupName=resource.name, Path=GROUP_PATH)


def write(access: Access, resource: Resource, change: Change) -> None:
    """Change what the group allows."""
    iam, name = access.client("iam"), resource.name
    if change.property == "ManagedPolicyArns":
        for arn in change.before:
            access.call_until_settled(iam.detach_group_policy, GroupName=name, PolicyArn=arn)
        return
    for policy, document in change.after.items():
        access.call_until_settled(
            iam.put_group_policy,
            GroupName=name,
            PolicyName=policy,
            PolicyDocument=policies.compact(document),
        )
    for policy in sorted(set(change.before) - set(change.after)):
        access.call_until_settled(iam.delete_group_policy, GroupName=name, PolicyName=policy)


def delete(access: Access, resource: Resource) -> None:
    """Let the members go, take the policies away, then the group."""
    iam, name = access.client("iam"), resource.name
    for user in list_members(access, name):
        access.call_until_settled(iam.remove_user_from_group, GroupName=name, UserName=user)
    for policy in all_pages(iam, "list_group_policies", "PolicyNames", GroupName=name):
        access.call_until_settled(iam.delete_group_policy, GroupName=name, PolicyName=policy)
    for policy in all_pages(iam, "list_attached_group_policies", "AttachedPolicies", GroupName=name):
        access.call_until_settled(iam.detach_group_policy, GroupName=name, PolicyArn=policy["PolicyArn"])
    access.call_until_settled(iam.delete_group, GroupName=name)
