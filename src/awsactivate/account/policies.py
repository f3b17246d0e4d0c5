"""The IAM documents of the secure account, revocation included.

Each function returns a policy as plain data. What must not be simplified here, because each has a way in that
it shuts: the fixed width of a session's name (with a looser pattern, a user `al` could call a session
`alice=…`), the refusal of session tags (one of the same key would mask the role's tag), the clamp to the
user's own `aws:userid` together with the `-id/` delimiters (else one user could name another's session), and
the refusal of the role's changing itself (a stolen session would lift its own revocation).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from awsactivate.sessions.session_names import NONCE_LENGTH

Document = dict[str, Any]

VERSION = "2012-10-17"
REVOCATION_POLICY_NAME = "awsactivate-revocation"
GROUP_POLICY_NAME = "awsactivate"
REVOKED_PREFIX = "awsactivate-revoked-"  # of role tags (+ user) and of inline policies (+ what they deny)
REVOKE_WITHOUT_MFA_TAG = "awsactivate-revoke-without-mfa"  # of the role: its people chose so
SHARD_TAG = "awsactivate-shard"  # of a role that is one more of the first one's kind

_ANY_NONCE = "?" * NONCE_LENGTH
_OWN_NAME = "${aws:username}"
_WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}  # BoolIfExists would let bare access keys in
_PROTECTED = [
    "iam:TagRole",
    "iam:UntagRole",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:DeleteRole",
]
_OWN_KEYS = [
    "iam:CreateAccessKey",
    "iam:DeleteAccessKey",
    "iam:UpdateAccessKey",
    "iam:ListAccessKeys",
    "iam:GetAccessKeyLastUsed",
    "iam:ResyncMFADevice",
]
_USE_OF_A_KEY = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
]


def trust_policy(account_id: str, *, partition: str = "aws", plain_session_names: bool = False) -> Document:
    """Let users of the account assume the role: with MFA, under their own name, without session tags."""
    own_session: str | list[str] = f"{_OWN_NAME}={_ANY_NONCE}"
    return _document(
        {
            "Sid": "OwnSessionNameWithMfa",
            "Effect": "Allow",
            "Principal": {"AWS": _root(account_id, partition)},
            "Action": "sts:AssumeRole",
            "Condition": {
                **_WITH_MFA,
                "StringLike": {
                    "sts:RoleSessionName": [own_session, _OWN_NAME] if plain_session_names else own_session
                },
            },
        },
        {"Sid": "NoSessionTags", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:TagSession"},
    )


def group_policy(role_arn: str, *, revoke_without_mfa: bool = False) -> Document:
    """Let members assume the role, revoke their own sessions, and look after their own keys.

    With MFA only: the access key alone, which is what a thief of a disk has, could lift a revocation.
    """
    partition, account_id = _partition_and_account(role_arn)
    own_user = f"arn:{partition}:iam::{account_id}:user/{_OWN_NAME}"
    return _document(
        {
            "Sid": "AssumeTerraform",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": role_arn,
        },
        {
            "Sid": "RevokeOwnSessions",
            "Effect": "Allow",
            "Action": "iam:TagRole",
            "Resource": role_arn,
            "Condition": {
                "ForAllValues:StringEquals": {"aws:TagKeys": f"{REVOKED_PREFIX}{_OWN_NAME}"},
                "Null": {"aws:TagKeys": "false"},
                **({} if revoke_without_mfa else _WITH_MFA),
            },
        },
        {
            "Sid": "NarrowOwnSessions",
            "Effect": "Allow",
            "Action": "sts:GetScopedCredentials",
            "Resource": "*",
        },
        {
            "Sid": "ReadRevocations",
            "Effect": "Allow",
            "Action": "iam:ListRoleTags",
            "Resource": role_arn,
        },
        {
            "Sid": "OwnKeysWithMfa",
            "Effect": "Allow",
            "Action": list(_OWN_KEYS),
            "Resource": own_user,
            "Condition": dict(_WITH_MFA),
        },
        {
            "Sid": "ReadOwnDevices",
            "Effect": "Allow",
            "Action": ["iam:ListMFADevices", "iam:GetUser"],
            "Resource": own_user,
        },
    )


def revocation_policy(role_arn: str, users: Iterable[str], *, plain_session_names: bool = False) -> Document:
    """Turn each user's tag on the role into a Deny for the sessions that it names."""
    return _document(
        {"Sid": "Probe", "Effect": "Allow", "Action": "iam:ListRoleTags", "Resource": role_arn},
        {
            "Sid": "ProtectThisRole",
            "Effect": "Deny",
            "Action": list(_PROTECTED),
            "Resource": role_arn,
        },
        *(
            revoked_statement(number, user, plain_session_names=plain_session_names)
            for number, user in enumerate(sorted(users))
        ),
    )


def revoked_statement(number: int, user: str, *, plain_session_names: bool) -> Document:
    """Deny everything to the sessions that the tag of `user` names: the rule that AWS judges by."""
    tag = f"aws:PrincipalTag/{revoked_tag(user)}"
    own_sessions = f"*:{user}={_ANY_NONCE}"
    return {
        "Sid": f"Revoked{number}",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "StringLike": {
                "aws:userid": [own_sessions, f"*:{user}"] if plain_session_names else own_sessions,
                tag: ["*-${aws:userid}/*", "ALL/*"],
            },
            "StringNotLike": {tag: "*+${aws:userid}/*"},
        },
    }


def revoked_tag(user: str) -> str:
    """Name the role's tag in which `user` writes which sessions are revoked."""
    return REVOKED_PREFIX + user


def deny_session(assumed_role_id: str, before: str) -> Document:
    """Deny everything to the one session `AROA…:name` issued before the instant `before` (RFC 3339, UTC)."""
    return _deny_issued_before(before, {"StringEquals": {"aws:userid": assumed_role_id}})


def deny_user(user: str, before: str) -> Document:
    """Deny everything to all sessions of `user` issued before `before`."""
    return _deny_issued_before(
        before, {"StringLike": {"aws:userid": [f"*:{user}", f"*:{user}={_ANY_NONCE}"]}}
    )


def deny_everyone(before: str) -> Document:
    """Deny everything to every session of the role issued before `before`."""
    return _deny_issued_before(before, {})


def bucket_policy(bucket_arn: str, *role_arns: str) -> Document:
    """Refuse plain HTTP to everybody, and the bucket's deletion to the roles."""
    return _document(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "NotDeletedByTheRole",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteBucket",
            "Resource": bucket_arn,
            # by condition, since a role named as a principal becomes its id, and is lost when it is made anew
            "Condition": {"ArnEquals": {"aws:PrincipalArn": _one_or_more(role_arns)}},
        },
    )


def key_policy(*role_arns: str) -> Document:
    """Let the account manage the key, and the roles use it."""
    partition, account_id = _partition_and_account(role_arns[0])
    return _document(
        {
            "Sid": "ManagedByTheAccount",
            "Effect": "Allow",
            "Principal": {"AWS": _root(account_id, partition)},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "UsedByTheRole",
            "Effect": "Allow",
            "Principal": {"AWS": _one_or_more(role_arns)},
            "Action": list(_USE_OF_A_KEY),
            "Resource": "*",
        },
    )


def allows_plain_session_names(trust: Mapping[str, Any]) -> bool:
    """Tell whether a trust policy lets a user call a session by the bare user name."""
    names = [
        condition.get("StringLike", {}).get("sts:RoleSessionName", [])
        for condition in (statement.get("Condition", {}) for statement in statements(trust))
    ]
    return any(_OWN_NAME in _listed(patterns) for patterns in names)


def enforces_session_names(trust: Mapping[str, Any]) -> bool:
    """Tell whether a trust policy has every session called after its user."""
    assuming = [
        statement
        for statement in statements(trust)
        if statement.get("Effect") == "Allow" and "sts:AssumeRole" in _listed(statement.get("Action", []))
    ]
    patterns = [
        _listed(statement.get("Condition", {}).get("StringLike", {}).get("sts:RoleSessionName", []))
        for statement in assuming
    ]
    allowed = {_OWN_NAME, f"{_OWN_NAME}={_ANY_NONCE}"}
    return bool(assuming) and all(found and set(found) <= allowed for found in patterns)


def statements(document: Mapping[str, Any]) -> list[Document]:
    """List a policy's statements, of which AWS lets one stand alone, without a list."""
    return list(_listed(document.get("Statement", [])))


def canonical(document: Mapping[str, Any]) -> Document:
    """Write a policy so that two which mean the same are equal: lists sorted, one value as a list of one."""
    return {**document, "Statement": sorted(map(_canonical_statement, statements(document)), key=compact)}


def compact(document: object) -> str:
    """Write a document as IAM counts its characters: without white space."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def size(document: Mapping[str, Any]) -> int:
    """Count a policy's characters as IAM's quotas do."""
    return len(compact(document))


def _deny_issued_before(before: str, sessions: Document) -> Document:
    condition = {**sessions, "DateLessThan": {"aws:TokenIssueTime": before}}
    return _document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})


def _canonical_statement(statement: Mapping[str, Any]) -> Document:
    return {key: _CANONICAL.get(key, _same)(statement[key]) for key in sorted(statement)}


def _canonical_principal(principal: Any) -> Any:
    if principal == "*":
        return principal
    return {kind: _sorted(principal[kind]) for kind in sorted(principal)}


def _canonical_condition(condition: Mapping[str, Mapping[str, Any]]) -> Document:
    return {
        operator: {key: _sorted(keys[key]) for key in sorted(keys)}
        for operator, keys in sorted(condition.items())
    }


def _sorted(values: Any) -> list[str]:
    return sorted(str(value).lower() if isinstance(value, bool) else str(value) for value in _listed(values))


def _same(value: Any) -> Any:
    return value


_CANONICAL: dict[str, Callable[[Any], Any]] = {
    "Action": _sorted,
    "NotAction": _sorted,
    "Resource": _sorted,
    "NotResource": _sorted,
    "Principal": _canonical_principal,
    "NotPrincipal": _canonical_principal,
    "Condition": _canonical_condition,
}


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _one_or_more(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def _root(account_id: str, partition: str) -> str:
    return f"arn:{partition}:iam::{account_id}:root"


def _partition_and_account(arn: str) -> tuple[str, str]:
    # not by splitting at colons: a template's ARN holds ${AWS::AccountId}
    before, _, rest = arn.removeprefix("arn:").partition(":iam::")
    return before, rest.rpartition(":")[0]


def _document(*members: Document) -> Document:
    return {"Version": VERSION, "Statement": list(members)}
