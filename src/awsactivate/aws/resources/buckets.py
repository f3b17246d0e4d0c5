"""The buckets for terraform's state.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html and its neighbours
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from awsactivate.account import policies
from awsactivate.account.resources import Change, Found, Resource
from awsactivate.aws.refusals import code_of
from awsactivate.aws.resources.access import Access, is_ours, tag_list, unless_missing

NOT_DELETED_BY_THE_ROLE = "NotDeletedByTheRole"

_LIFECYCLE_RULE = "awsactivate-old-versions"
_NO_CONSTRAINT = "us-east-1"  # the one region whose name S3 does not take as a LocationConstraint


def read(access: Access, resource: Resource) -> Found | None:
    """Read the bucket's properties."""
    try:
        head = unless_missing(
            access.client("s3").head_bucket, "404", "NoSuchBucket", **_address(access, resource)
        )
    except ClientError as error:
        if code_of(error) in ("403", "AccessDenied"):
            return Found({}, conflict="belongs to another account, or may not be looked at: --prefix OTHER")
        raise
    if head is None:
        return None
    region = head.get("BucketRegion") or access.settings.region
    if region != access.settings.region:
        return Found({}, conflict=f"is in the region {region}: --region {region}")
    return _read_properties(access, resource)


def create(access: Access, resource: Resource) -> None:
    """Make the bucket; where it is there already, only what was left undone is done."""
    s3, region = access.client("s3"), access.settings.region
    place = {} if region == _NO_CONSTRAINT else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        access.call_until_settled(
            s3.create_bucket, Bucket=resource.name, ObjectOwnership="BucketOwnerEnforced", **place
        )
    except ClientError as error:
        if code_of(error) != "BucketAlreadyOwnedByYou":
            raise
    access.call_until_settled(
        s3.put_bucket_tagging, Tagging={"TagSet": tag_list()}, **_address(access, resource)
    )


def write(access: Access, resource: Resource, change: Change) -> None:
    """Change one property."""
    s3, address = access.client("s3"), _address(access, resource)
    match change.property:
        case "PublicAccessBlockConfiguration":
            access.call_until_settled(
                s3.put_public_access_block, PublicAccessBlockConfiguration=change.after, **address
            )
        case "OwnershipControls":
            controls = {"Rules": [{"ObjectOwnership": change.after}]}
            access.call_until_settled(s3.put_bucket_ownership_controls, OwnershipControls=controls, **address)
        case "BucketEncryption":
            access.call_until_settled(
                s3.put_bucket_encryption,
                ServerSideEncryptionConfiguration=_encryption(change.after),
                **address,
            )
        case "VersioningConfiguration":
            access.call_until_settled(
                s3.put_bucket_versioning, VersioningConfiguration={"Status": change.after}, **address
            )
        case "BucketPolicy":
            access.call_until_settled(s3.put_bucket_policy, Policy=policies.compact(change.after), **address)
        case "NoncurrentVersionExpiration":
            rules = [
                *(rule for rule in _lifecycle(access, resource) if rule.get("ID") != _LIFECYCLE_RULE),
                {
                    "ID": _LIFECYCLE_RULE,
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": change.after},
                },
            ]
            access.call_until_settled(
                s3.put_bucket_lifecycle_configuration,
                LifecycleConfiguration={"Rules": rules},
                **address,
            )


def holds_objects(access: Access, resource: Resource) -> bool:
    """Tell whether the bucket holds anything, be it an old version only."""
    answer = access.client("s3").list_object_versions(MaxKeys=1, **_address(access, resource))
    return bool(answer.get("Versions") or answer.get("DeleteMarkers"))


def allow_deletion(access: Access, resource: Resource) -> None:
    """Take the statement out of the bucket's policy that keeps the role from deleting it."""
    document = _policy(access, resource)
    if document is None:
        return
    s3, address = access.client("s3"), _address(access, resource)
    kept = [s for s in policies.statements(document) if s.get("Sid") != NOT_DELETED_BY_THE_ROLE]
    if kept:
        access.call_until_settled(
            s3.put_bucket_policy, Policy=policies.compact({**document, "Statement": kept}), **address
        )
    else:
        access.call_until_settled(s3.delete_bucket_policy, **address)


def empty(access: Access, resource: Resource) -> None:
    """Delete every version of every object."""
    s3, address = access.client("s3"), _address(access, resource)
    for page in s3.get_paginator("list_object_versions").paginate(**address):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
        if objects:
            access.call_until_settled(
                s3.delete_objects, Delete={"Objects": objects, "Quiet": True}, **address
            )


def delete(access: Access, resource: Resource) -> None:
    """Delete the bucket, which must be empty."""
    access.call_until_settled(access.client("s3").delete_bucket, **_address(access, resource))


def _read_properties(access: Access, resource: Resource) -> Found:
    s3, address = access.client("s3"), _address(access, resource)
    blocked = unless_missing(s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration", **address)
    ownership = unless_missing(s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError", **address)
    encryption = unless_missing(
        s3.get_bucket_encryption, "ServerSideEncryptionConfigurationNotFoundError", **address
    )
    tagging = unless_missing(s3.get_bucket_tagging, "NoSuchTagSet", **address)
    tags = {tag["Key"]: tag["Value"] for tag in tagging["TagSet"]} if tagging else {}
    versioning = s3.get_bucket_versioning(**address).get("Status")
    policy = _policy(access, resource)
    rules = _lifecycle(access, resource)
    # As CreateBucket leaves it, and touched by nothing since: this tool was stopped before the tag.
    is_bare = not tags and policy is None and versioning is None and not holds_objects(access, resource)
    return Found(
        {
            "PublicAccessBlockConfiguration": blocked and blocked["PublicAccessBlockConfiguration"],
            "OwnershipControls": ownership and ownership["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
            "BucketEncryption": encryption and _default_encryption(encryption),
            "VersioningConfiguration": versioning,
            "BucketPolicy": policy,
            "NoncurrentVersionExpiration": next(filter(None, map(_days_of_ours, rules)), None),
        },
        ours=is_ours(tags),
        unfinished=is_bare,
        notes=tuple(
            f"lifecycle rule {rule.get('ID', '(unnamed)')} stays"
            for rule in rules
            if rule.get("ID") != _LIFECYCLE_RULE
        ),
    )


def _policy(access: Access, resource: Resource) -> dict[str, Any] | None:
    answer = unless_missing(
        access.client("s3").get_bucket_policy, "NoSuchBucketPolicy", **_address(access, resource)
    )
    return dict(json.loads(answer["Policy"])) if answer else None


def _lifecycle(access: Access, resource: Resource) -> list[dict[str, Any]]:
    answer = unless_missing(
        access.client("s3").get_bucket_lifecycle_configuration,
        "NoSuchLifecycleConfiguration",
        **_address(access, resource),
    )
    return list(answer["Rules"]) if answer else []


def _days_of_ours(rule: dict[str, Any]) -> int | None:
    covers_all = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", "")) == ""
    if rule.get("ID") != _LIFECYCLE_RULE or rule["Status"] != "Enabled" or not covers_all:
        return None
    days: int | None = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
    return days


def _default_encryption(answer: dict[str, Any]) -> dict[str, Any]:
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    key = {"KMSMasterKeyID": default["KMSMasterKeyID"]} if default.get("KMSMasterKeyID") else {}
    return {
        "SSEAlgorithm": default.get("SSEAlgorithm"),
        "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        **key,
    }


def _encryption(wanted: dict[str, Any]) -> dict[str, Any]:
    default = {key: value for key, value in wanted.items() if key != "BucketKeyEnabled"}
    rule = {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": wanted["BucketKeyEnabled"],
    }
    return {"Rules": [rule]}


def _address(access: Access, resource: Resource) -> dict[str, str]:
    # the owner is named on each call: a bucket's name alone might be somebody else's bucket
    return {"Bucket": resource.name, "ExpectedBucketOwner": access.settings.account_id}
