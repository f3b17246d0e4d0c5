"""IAM: what it refuses, or answers, where moto would do otherwise.

A virtual device's QRCodePNG stays what moto makes it: no picture.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from awsactivate.demo import backends
from awsactivate.demo.calls import Call
from awsactivate.demo.principals import Principal
from awsactivate.demo.refusals import Refusal, validation_error
from awsactivate.demo.state import State

# who is meant where no user is named
_OWN_BY_DEFAULT = {
    "CreateAccessKey",
    "DeleteAccessKey",
    "GetUser",
    "ListAccessKeys",
    "ListMFADevices",
    "UpdateAccessKey",
}
_MOST_TAGS = 50
_MOST_DEVICES = 8
# white space does not count
_INLINE_CHARACTERS = {"role": 10_240, "group": 5_120, "user": 2_048}
_TRUST_CHARACTERS = 2_048


def default_user_name(call: Call, principal: Principal) -> str | None:
    """Name the user that a call means by naming none; None where it needs no name."""
    if call.operation not in _OWN_BY_DEFAULT or call.parameters.get("UserName"):
        return None
    if principal.user_name is None:
        raise validation_error("Must specify userName when calling with non-User credentials")
    return principal.user_name


def check(call: Call, principal: Principal, state: State) -> None:
    """Refuse what moto would let pass."""
    if "PolicyArn" in call.parameters:
        backends.provide_managed_policy(principal.account_id, call.parameters["PolicyArn"])
    rule = _RULES.get(call.operation)
    if rule is not None:
        rule(call.parameters, backends.open_account(principal.account_id), state)


def without_seeds(body: bytes) -> bytes:
    """Take the seeds out of a list of devices: IAM tells them once, when a device is created."""
    return re.sub(rb"<(Base32StringSeed|QRCodePNG)>[^<]*</\1>", b"", body)


def _enable_device(parameters: Mapping[str, Any], iam: Any, state: State) -> None:
    serial, user = parameters["SerialNumber"], _user(iam, parameters["UserName"])
    device = _device(iam, serial)
    if device.user is not None:
        raise Refusal("EntityAlreadyExists", "MFADevice is already in use.", 409)
    if len(user.mfa_devices) >= _MOST_DEVICES:
        raise _limit(f"Cannot exceed quota for MFADevicesPerUser: {_MOST_DEVICES}")
    _take_pair(parameters, device, state)


def _resync_device(parameters: Mapping[str, Any], iam: Any, state: State) -> None:
    user, serial = _user(iam, parameters["UserName"]), parameters["SerialNumber"]
    if serial not in user.mfa_devices:
        raise _absent(f"MFA Device with serial number {serial} does not exist.")
    _take_pair(parameters, _device(iam, serial), state)


def _take_pair(parameters: Mapping[str, Any], device: Any, state: State) -> None:
    codes = parameters["AuthenticationCode1"], parameters["AuthenticationCode2"]
    if not state.devices.take_pair(device.base32_string_seed, *codes):
        raise Refusal("InvalidAuthenticationCode", "Authentication code for device is not valid", 403)


def _delete_device(parameters: Mapping[str, Any], iam: Any, _state: State) -> None:
    if _device(iam, parameters["SerialNumber"]).user is not None:
        raise _conflict("MFA VirtualDevice must be deactivated first.")


def _delete_user(parameters: Mapping[str, Any], iam: Any, _state: State) -> None:
    user = _user(iam, parameters["UserName"])
    if user.access_keys:
        raise _conflict("Cannot delete entity, must delete access keys first.")
    if user.mfa_devices:
        raise _conflict("Cannot delete entity, must delete MFA device first.")
    if user.password:
        raise _conflict("Cannot delete entity, must delete login profile first.")
    if iam.get_groups_for_user(user.name):
        raise _conflict("Cannot delete entity, must remove users from group first.")


def _delete_group(parameters: Mapping[str, Any], iam: Any, _state: State) -> None:
    group = iam.groups.get(parameters["GroupName"])
    if group is None:
        raise _absent(f"The group with name {parameters['GroupName']} cannot be found.")
    if group.users:
        raise _conflict("Cannot delete entity, must remove users from group first.")
    if group.managed_policies:
        raise _conflict("Cannot delete entity, must detach all policies first.")
    if group.policies:
        raise _conflict("Cannot delete entity, must delete policies first.")


def _create_role(parameters: Mapping[str, Any], _iam: Any, _state: State) -> None:
    trust = parameters["AssumeRolePolicyDocument"]
    IAMTrustPolicyDocumentValidator(trust).validate()
    _check_trust_size(trust)
    _merged([], parameters.get("Tags", []))


def _update_trust(parameters: Mapping[str, Any], _iam: Any, _state: State) -> None:
    _check_trust_size(parameters["PolicyDocument"])


def _check_trust_size(trust: str) -> None:
    if _characters(trust) > _TRUST_CHARACTERS:
        raise _limit(f"Cannot exceed quota for ACLSizePerRole: {_TRUST_CHARACTERS}")


def _put_inline_policy(parameters: Mapping[str, Any], iam: Any, _state: State) -> None:
    kind = next(kind for kind in _INLINE_CHARACTERS if f"{kind.title()}Name" in parameters)
    name = parameters[f"{kind.title()}Name"]
    holders = {"role": iam.roles, "group": iam.groups, "user": iam.users}[kind].values()
    held: dict[str, str] = next((holder.policies for holder in holders if holder.name == name), {})
    together = held | {parameters["PolicyName"]: parameters["PolicyDocument"]}
    if sum(map(_characters, together.values())) > _INLINE_CHARACTERS[kind]:
        raise _limit(f"Maximum policy size of {_INLINE_CHARACTERS[kind]} bytes exceeded for {kind} {name}")


def _tag_role(parameters: Mapping[str, Any], iam: Any, _state: State) -> None:
    role = _role(iam, parameters["RoleName"])
    role.tags = _merged(role.tags, parameters["Tags"])


def _untag_role(parameters: Mapping[str, Any], iam: Any, _state: State) -> None:
    role = _role(iam, parameters["RoleName"])
    unwanted = {key.lower() for key in parameters["TagKeys"]}
    role.tags = [tag for tag in role.tags if tag["Key"].lower() not in unwanted]


def _merged(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[dict[str, str]]:
    """Set tags, whose keys are one whatever their case; IAM has room for fifty."""
    given = [tag["Key"].lower() for tag in new]
    if len(set(given)) < len(given):
        message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise Refusal("InvalidInput", message)
    tags = {tag["Key"].lower(): tag for tag in old} | {tag["Key"].lower(): tag for tag in new}
    if len(tags) > _MOST_TAGS:
        raise _limit(f"The number of tags has reached the maximum limit: {_MOST_TAGS}")
    return list(tags.values())


def get_mfa_device(call: Call, principal: Principal) -> dict[str, Any]:
    """Answer GetMFADevice, which moto has not."""
    serial = call.parameters["SerialNumber"]
    device = _device(backends.open_account(principal.account_id), serial)
    owner = {"UserName": device.user.name, "EnableDate": device.enable_date} if device.user else {}
    return {"SerialNumber": serial, **owner}


# answered by what the rule did, without moto
ANSWERED_HERE = {"TagRole", "UntagRole", "ResyncMFADevice"}

_RULES: dict[str, Callable[[Mapping[str, Any], Any, State], None]] = {
    "CreateRole": _create_role,
    "DeleteGroup": _delete_group,
    "DeleteUser": _delete_user,
    "DeleteVirtualMFADevice": _delete_device,
    "EnableMFADevice": _enable_device,
    "PutGroupPolicy": _put_inline_policy,
    "PutRolePolicy": _put_inline_policy,
    "PutUserPolicy": _put_inline_policy,
    "ResyncMFADevice": _resync_device,
    "TagRole": _tag_role,
    "UntagRole": _untag_role,
    "UpdateAssumeRolePolicy": _update_trust,
}


def _user(iam: Any, name: str) -> Any:
    if name not in iam.users:
        raise _absent(f"The user with name {name} cannot be found.")
    return iam.users[name]


def _role(iam: Any, name: str) -> Any:
    role = next((one for one in iam.roles.values() if one.name == name), None)
    if role is None:
        raise _absent(f"The role with name {name} cannot be found.")
    return role


def _device(iam: Any, serial: str) -> Any:
    if serial not in iam.virtual_mfa_devices:
        raise _absent(f"VirtualMFADevice with serial number {serial} does not exist.")
    return iam.virtual_mfa_devices[serial]


def _characters(document: str) -> int:
    return len(re.sub(r"\s", "", document))


def _absent(message: str) -> Refusal:
    return Refusal("NoSuchEntity", message, 404)


def _conflict(message: str) -> Refusal:
    return Refusal("DeleteConflict", message, 409)


def _limit(message: str) -> Refusal:
    return Refusal("LimitExceeded", message, 409)
