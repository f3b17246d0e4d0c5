"""A refusal in the middle of work, told with the permission that is missing and what was done before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.account.resources import Resource
from awsactivate.aws.refusals import code_of, message_of, translated
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
_UNKNOWN_THERE = {
    "IllegalLocationConstraintException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnrecognizedClientException",
}
_REGIONAL = ("kms", "s3", "dynamodb")


@contextmanager
def told(
    resource: Resource, region: str, done: Sequence[str] = (), *, changes: bool = True
) -> Iterator[None]:
    """Translate what botocore raises inside; `done` is what was done before, where there are `changes`."""
    try:
        yield
    except ClientError as error:
        raise _with_progress(_refusal(error, resource, region), done, changes) from error
    except BotoCoreError as error:
        raise _with_progress(translated(error, doing=str(resource)), done, changes) from error


def permission(service: str, operation: str) -> str:
    """Name the permission that an operation needs, such as `s3:PutEncryptionConfiguration`."""
    action = _S3_ACTIONS.get(operation, operation) if service == "s3" else operation
    return f"{service}:{action}"


def _refusal(error: ClientError, resource: Resource, region: str) -> AwsactivateError:
    service = resource.type.split("::")[1].lower()
    action = permission(service, error.operation_name)
    doing = f"{action} on {resource}"
    code, message = code_of(error), message_of(error)
    if service in _REGIONAL and code in _UNKNOWN_THERE:
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
    if "service control policy" in message:
        return AccessDeniedError(
            translation.message, "ask those who manage the organization's service control policies", code=code
        )
    if isinstance(translation, AccessDeniedError) or code == "403":
        return AccessDeniedError(translation.message, f"allow {action}, then run this again", code=code)
    return translation


def _with_progress(error: AwsactivateError, done: Sequence[str], changes: bool) -> AwsactivateError:
    if not changes:
        return error
    so_far = f"done so far: {', '.join(done)}" if done else "nothing was changed"
    message = f"{error.message}; {so_far}"
    hint = error.hint or "run this again: it goes on where it was"
    if isinstance(error, AwsError):
        return type(error)(message, hint, code=error.code)
    return type(error)(message, hint)
