"""The IAM users who are the role's people.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html and its neighbours
"""

from __future__ import annotations

from awsactivate.account.resources import Change, Found, Resource
from awsactivate.aws.resources.access import Access, all_pages, is_ours, tag_list, unless_missing


def read(access: Access, resource: Resource) -> Found | None:
    """Read what the user belongs to, and what is attached to the user alone."""
    iam, name = access.client("iam"), resource.name
    answer = unless_missing(iam.get_user, "NoSuchEntity", UserName=name)
    if answer is None:
        return None
    user = answer["User"]
    groups = all_pages(iam, "list_groups_for_user", "Groups", UserName=name)
    attached = all_pages(iam, "list_attached_user_policies", "AttachedPolicies", UserName=name)
    return Found(
        {
            "Groups": sorted(group["GroupName"] for group in groups),
            "Policies": sorted(all_pages(iam, "list_user_policies", "PolicyNames", UserName=name)),
            "ManagedPolicyArns": sorted(policy["PolicyArn"] for policy in attached),
        },
        ours=is_ours({tag["Key"]: tag["Value"] for tag in user.get("Tags", [])}),
        conflict=None
        if user["UserName"] == name
        else f"is spelt {user['UserName']} in IAM: --user {user['UserName']}",
    )


def create(access: Access, resource: Resource) -> None:
    """Make the user, who may do nothing yet."""
    access.call_until_settled(access.client("iam").create_user, UserName=resource.name, Tags=tag_list())


def write(access: Access, resource: Resource, change: Change) -> None:
    """Change what the user belongs to or has."""
    iam, name = access.client("iam"), resource.name
    if change.property == "Groups":
        for group in sorted(set(change.after) - set(change.before)):
            access.call_until_settled(iam.add_user_to_group, UserName=name, GroupName=group)
    elif change.property == "Policies":
        for policy in change.before:
            access.call_until_settled(iam.delete_user_policy, UserName=name, PolicyName=policy)
    else:
        for arn in change.before:
            access.call_until_settled(iam.detach_user_policy, UserName=name, PolicyArn=arn)


def delete(access: Access, resource: Resource) -> None:
    """Delete the user with keys, devices, password and memberships."""
    iam, name = access.client("iam"), resource.name
    delete_devices(access, name)
    for key in all_pages(iam, "list_access_keys", "AccessKeyMetadata", UserName=name):
        access.call_until_settled(iam.delete_access_key, UserName=name, AccessKeyId=key["AccessKeyId"])
    unless_missing(iam.delete_login_profile, "NoSuchEntity", UserName=name)
    for policy in all_pages(iam, "list_user_policies", "PolicyNames", UserName=name):
        access.call_until_settled(iam.delete_user_policy, UserName=name, PolicyName=policy)
    for policy in all_pages(iam, "list_attached_user_policies", "AttachedPolicies", UserName=name):
        access.call_until_settled(iam.detach_user_policy, UserName=name, PolicyArn=policy["PolicyArn"])
    for group in all_pages(iam, "list_groups_for_user", "Groups", UserName=name):
        access.call_until_settled(iam.remove_user_from_group, UserName=name, GroupName=group["GroupName"])
    access.call_until_settled(iam.delete_user, UserName=name)


def deactivate_keys(access: Access, name: str) -> list[str]:
    """Make the user's access keys inactive; return their ids."""
    iam = access.client("iam")
    keys = all_pages(iam, "list_access_keys", "AccessKeyMetadata", UserName=name)
    active = [key["AccessKeyId"] for key in keys if key["Status"] == "Active"]
    for key_id in active:
        access.call_until_settled(iam.update_access_key, UserName=name, AccessKeyId=key_id, Status="Inactive")
    return active


def delete_devices(access: Access, name: str) -> list[str]:
    """Take the user's MFA devices away, and delete those that are virtual; return their serials.

    One whose deactivation went through before an interruption belongs to nobody: it is found by its name.
    """
    iam = access.client("iam")
    devices = all_pages(iam, "list_mfa_devices", "MFADevices", UserName=name)
    serials = [device["SerialNumber"] for device in devices]
    for serial in serials:
        access.call_until_settled(iam.deactivate_mfa_device, UserName=name, SerialNumber=serial)
    unassigned = all_pages(
        iam, "list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Unassigned"
    )
    for serial in (device["SerialNumber"] for device in unassigned):
        if serial in serials or serial.endswith(f":mfa/{name}"):
            access.call_until_settled(iam.delete_virtual_mfa_device, SerialNumber=serial)
    return serials


def leave_group(access: Access, name: str, group_name: str) -> None:
    """Take the user out of the group."""
    unless_missing(
        access.client("iam").remove_user_from_group, "NoSuchEntity", UserName=name, GroupName=group_name
    )
