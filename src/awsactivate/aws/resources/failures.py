"""A refusal in the middle of work, told with the permission that is missing and what was done before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.account.resources import Resource
from awsactivate.aws.refusals import code_of, message_of, translated
from awsactivate.aws.resources.access import Access
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError

# S3's permissions that are not called like the operation: https://docs.aws.amazon.com/service-authorization/
_S3_ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObjectVersion",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
}
# What the servers of a region say of an account that has not enabled it.
UNKNOWN_THERE = {
    "400",  # of S3's HEAD, whose answers have no room for a code
    "IllegalLocationConstraintException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnrecognizedClientException",
}
_REGIONAL = ("kms", "s3", "dynamodb")
# Every region that came after these is off until an account enables it (so not those of other partitions).
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
_ALWAYS_ON = {
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
}
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
_ORGANIZATIONS = ("service control policy", "resource control policy")


@contextmanager
def explain_failures(resource: Resource, region: str) -> Iterator[None]:
    """Translate what botocore raises while a resource is looked at."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _explained(error, resource, region) from error


@contextmanager
def changing(access: Access, resource: Resource, done: Sequence[str]) -> Iterator[None]:
    """Translate what botocore raises while a resource is changed; `done` is what was done before."""
    before = access.writes
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        so_far = [*done, f"{resource} in part"] if access.writes > before else done
        raise _with_progress(_explained(error, resource, access.settings.region), so_far) from error


def may_be_off(region: str) -> bool:
    """Tell whether a region is one of those that each account enables for itself."""
    return region not in _ALWAYS_ON and not region.startswith(_OTHER_PARTITIONS)


def permission(service: str, operation: str) -> str:
    """Name the permission that an operation needs, such as `s3:PutEncryptionConfiguration`."""
    action = _S3_ACTIONS.get(operation, operation) if service == "s3" else operation
    return f"{service}:{action}"


def _explained(error: ClientError | BotoCoreError, resource: Resource, region: str) -> AwsactivateError:
    if isinstance(error, ClientError):
        return _refusal(error, resource, region)
    return translated(error, doing=str(resource))


def _refusal(error: ClientError, resource: Resource, region: str) -> AwsactivateError:
    service = resource.type.split("::")[1].lower()
    action = permission(service, error.operation_name)
    doing = f"{action} on {resource}"
    code, message = code_of(error), message_of(error)
    if service in _REGIONAL and code in UNKNOWN_THERE and may_be_off(region):
        return AwsError(
            f"{doing}: the region {region} does not know this account ({code})",
            f"aws account enable-region --region-name {region}",
            code=code,
        )
    if code in ("BucketAlreadyExists", "BucketAlreadyOwnedByYou"):
        return AwsError(
            f"{doing}: the name is taken by another account ({code})", "--prefix OTHER", code=code
        )
    translation = translated(error, doing=doing)
    for policy in _ORGANIZATIONS:
        if policy in message:
            return AccessDeniedError(
                translation.message,
                f"ask those who manage the organization for a {policy} that allows it",
                code=code,
            )
    if isinstance(translation, AccessDeniedError) or code == "403":
        return AccessDeniedError(translation.message, f"allow {action}, then run this again", code=code)
    return translation


def _with_progress(error: AwsactivateError, done: Sequence[str]) -> AwsactivateError:
    so_far = f"done so far: {', '.join(done)}" if done else "nothing was changed"
    message = f"{error.message}; {so_far}"
    hint = error.hint or "run this again: it goes on where it was"
    if isinstance(error, AwsError):
        return type(error)(message, hint, code=error.code)
    return type(error)(message, hint)
