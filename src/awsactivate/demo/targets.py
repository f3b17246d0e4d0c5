"""Which actions on which resources a call is, as IAM's policies name them.

What is not listed has the operation's own name as its action, and any resource.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from awsactivate.demo import backends
from awsactivate.demo.calls import Call
from awsactivate.demo.principals import Principal

_S3_ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_WITH_VERSION = {"GetObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"}


@dataclass(frozen=True)
class Target:
    """An action on a resource."""

    action: str
    resource: str
    wording: str = ""
    """How AWS's refusal calls the resource."""

    @property
    def named(self) -> str:
        """The resource as a refusal names it."""
        return self.wording or self.resource


def targets(call: Call, principal: Principal | None) -> list[Target]:
    """List all that must be allowed for the call to be made."""
    account_id = principal.account_id if principal else ""
    return _BY_SERVICE[call.service](call, account_id)


def _s3(call: Call, _account_id: str) -> list[Target]:
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    action = _S3_ACTIONS.get(call.operation, call.operation)
    if call.parameters.get("VersionId") and action in _WITH_VERSION:
        action = action.replace("Object", "ObjectVersion", 1)
    if bucket is None:
        return [Target(f"s3:{action}", "*", "arn:aws:s3:::*")]
    arn = f"arn:aws:s3:::{bucket}"
    if call.operation == "DeleteObjects":
        objects = call.parameters["Delete"].get("Objects", [])
        return [Target(f"s3:{action}", f"{arn}/{one['Key']}") for one in objects]
    found = [Target(f"s3:{action}", f"{arn}/{key}" if key else arn)]
    if call.operation in ("CopyObject", "UploadPartCopy"):
        source = str(call.parameters["CopySource"]).lstrip("/").partition("?")[0]
        found.append(Target("s3:GetObject", f"arn:aws:s3:::{source}"))
    return found


def _iam(call: Call, account_id: str) -> list[Target]:
    parameters = call.parameters
    action, prefix = f"iam:{call.operation}", f"arn:aws:iam::{account_id}:"
    iam = backends.open_account(account_id)
    path = parameters.get("Path", "/")
    if name := parameters.get("RoleName"):
        role = next((one for one in iam.roles.values() if one.name == name), None)
        return [Target(action, role.arn if role else f"{prefix}role{path}{name}", f"role {name}")]
    if name := parameters.get("GroupName"):
        group = iam.groups.get(name)
        return [Target(action, group.arn if group else f"{prefix}group{path}{name}", f"group {name}")]
    if call.operation == "GetAccessKeyLastUsed":
        found = iam.access_keys.get(parameters.get("AccessKeyId"))
        parameters = {"UserName": found.user_name} if found else {}
    if name := parameters.get("UserName"):
        user = iam.users.get(name)
        return [Target(action, user.arn if user else f"{prefix}user{path}{name}", f"user {name}")]
    if arn := parameters.get("PolicyArn"):
        return [Target(action, arn, f"policy {arn}")]
    if name := parameters.get("PolicyName"):
        return [Target(action, f"{prefix}policy{path}{name}", f"policy {name}")]
    if name := parameters.get("VirtualMFADeviceName"):
        return [Target(action, f"{prefix}mfa{path}{name}")]
    if serial := parameters.get("SerialNumber"):
        return [Target(action, serial)]
    return [Target(action, "*")]


def _ssm(call: Call, account_id: str) -> list[Target]:
    parameters = call.parameters
    names: list[str] = list(parameters.get("Names", []))
    for field in ("Name", "Path"):
        if field in parameters:
            names.append(parameters[field])
    if parameters.get("ResourceType") == "Parameter":
        names.append(parameters["ResourceId"])
    prefix = f"arn:aws:ssm:{call.region}:{account_id}:"
    action = f"ssm:{call.operation}"
    if not names:
        return [Target(action, f"{prefix}*")]
    # a version or label is not part of the resource
    bare = [name.rpartition("parameter/")[2].partition(":")[0].lstrip("/") for name in names]
    return [Target(action, f"{prefix}parameter/{name}") for name in bare]


def _kms(call: Call, account_id: str) -> list[Target]:
    found = []
    action = f"kms:{call.operation}"
    if alias := call.parameters.get("AliasName"):
        found.append(Target(action, f"arn:aws:kms:{call.region}:{account_id}:{alias}"))
    key = call.parameters.get("TargetKeyId") or call.parameters.get("KeyId")
    if key:
        arn = backends.kms_key_arn(account_id, call.region, key)
        found.append(Target(action, arn or f"arn:aws:kms:{call.region}:{account_id}:key/{key}"))
    return found or [Target(action, "*")]


def _dynamodb(call: Call, account_id: str) -> list[Target]:
    parameters = call.parameters
    tables: list[Any] = [parameters.get("TableName"), parameters.get("ResourceArn")]
    tables += parameters.get("RequestItems", {})
    prefix = f"arn:aws:dynamodb:{call.region}:{account_id}:table/"
    arns = [name if name.startswith("arn:") else prefix + name for name in tables if name]
    return [Target(f"dynamodb:{call.operation}", arn) for arn in arns or [f"{prefix}*"]]


def _signin(call: Call, account_id: str) -> list[Target]:
    owner = call.parameters.get("principalArn") or "*"
    return [Target(f"signin:{call.operation}", f"arn:aws:signin:{call.region}:{account_id}:*", owner)]


def _sts(call: Call, account_id: str) -> list[Target]:
    name = call.parameters.get("Name")
    resource = f"arn:aws:sts::{account_id}:federated-user/{name}" if name else "*"
    return [Target(f"sts:{call.operation}", resource)]


_BY_SERVICE: dict[str, Callable[[Call, str], list[Target]]] = {
    "dynamodb": _dynamodb,
    "iam": _iam,
    "kms": _kms,
    "s3": _s3,
    "signin": _signin,
    "ssm": _ssm,
    "sts": _sts,
}
