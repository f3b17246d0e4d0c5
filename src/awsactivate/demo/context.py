"""The condition keys that a call brings with it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsactivate.account.conditions import Context
from awsactivate.demo.calls import Call
from awsactivate.demo.clock import iso8601
from awsactivate.demo.principals import Principal


def context_of(
    call: Call,
    principal: Principal | None,
    *,
    now: float,
    secure_transport: bool,
    principal_tags: Mapping[str, str],
    mfa_at: float | None = None,
) -> Context:
    """Gather all keys; `mfa_at` is the time of an MFA code that came with this very call."""
    context: dict[str, str | tuple[str, ...]] = {
        "aws:currenttime": iso8601(now),
        "aws:epochtime": str(int(now)),
        "aws:securetransport": str(secure_transport).lower(),
        "aws:sourceip": "127.0.0.1",
        "aws:requestedregion": call.region,
        "aws:viaawsservice": "false",
        "aws:principalisawsservice": "false",
    }
    if agent := call.headers.get("user-agent"):
        context["aws:useragent"] = agent
    if principal is not None:
        context |= _of_principal(principal)
        context |= {f"aws:principaltag/{key}": value for key, value in principal_tags.items()}
        context |= _of_mfa(principal, now, mfa_at)
    return context | _of_tags(call) | _of_service(call)


def _of_principal(principal: Principal) -> dict[str, str]:
    keys = {
        "aws:principalarn": principal.role_arn or principal.arn,
        "aws:principalaccount": principal.account_id,
        "aws:principaltype": principal.type,
        "aws:userid": principal.user_id,
    }
    if principal.type == "User" and principal.user_name:
        keys["aws:username"] = principal.user_name
    if principal.issued_at is not None:
        keys["aws:tokenissuetime"] = iso8601(principal.issued_at)
    if principal.source_identity:
        keys["aws:sourceidentity"] = principal.source_identity
    return keys


def _of_mfa(principal: Principal, now: float, mfa_at: float | None) -> dict[str, str]:
    since = mfa_at if mfa_at is not None else principal.mfa_at
    if since is not None:
        return {"aws:multifactorauthpresent": "true", "aws:multifactorauthage": str(int(now - since))}
    # with a user's own key there is no such key at all, not even a false one
    return {"aws:multifactorauthpresent": "false"} if principal.is_temporary else {}


def _of_tags(call: Call) -> dict[str, str | tuple[str, ...]]:
    parameters = call.parameters
    tags = parameters.get("Tags") or []
    pairs = {one.get("Key", one.get("TagKey")): one.get("Value", one.get("TagValue")) for one in tags}
    keys = tuple(pairs) or tuple(parameters.get("TagKeys") or ())
    context: dict[str, str | tuple[str, ...]] = {
        f"aws:requesttag/{key.lower()}": value or "" for key, value in pairs.items()
    }
    if keys:
        context["aws:tagkeys"] = keys
    return context


_SERVICE_KEYS = {
    "iam": {"PolicyArn": "iam:policyarn", "PermissionsBoundary": "iam:permissionsboundary"},
    "s3": {
        "Prefix": "s3:prefix",
        "Delimiter": "s3:delimiter",
        "MaxKeys": "s3:max-keys",
        "VersionId": "s3:versionid",
        "ACL": "s3:x-amz-acl",
        "ServerSideEncryption": "s3:x-amz-server-side-encryption",
        "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    },
    "sts": {
        "RoleSessionName": "sts:rolesessionname",
        "SourceIdentity": "sts:sourceidentity",
        "ExternalId": "sts:externalid",
        "DurationSeconds": "sts:durationseconds",
    },
    "kms": {"KeyId": "kms:requestalias"},
    "ssm": {"Recursive": "ssm:recursive", "Overwrite": "ssm:overwrite"},
}


def _of_service(call: Call) -> dict[str, str | tuple[str, ...]]:
    context: dict[str, str | tuple[str, ...]] = {}
    for parameter, key in _SERVICE_KEYS.get(call.service, {}).items():
        value = call.parameters.get(parameter)
        if value is not None:
            context[key] = _text(value)
    if not str(context.get("kms:requestalias", "alias/")).startswith("alias/"):
        del context["kms:requestalias"]  # a key that is given by its id has no alias in the request
    if transitive := call.parameters.get("TransitiveTagKeys"):
        context["sts:transitivetagkeys"] = tuple(transitive)
    return context


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
