"""Requests at random under random policies, narrowed by random session policies, to ask two evaluators about.

Both readings are IAM's only where they are the same, so nothing here says what the answer is.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from account.policy_cases import ACCOUNT, ROLE_ID, Case

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
_NAMES = ("alice=k3v9q2m7xd", "bob=0123456789")
_TAG = "aws:PrincipalTag/awsactivate-revoked-alice"
_REQUESTS = (
    ("s3:GetObject", "arn:aws:s3:::state/terraform.tfstate"),
    ("s3:PutObject", "arn:aws:s3:::state/terraform.tfstate.tflock"),
    ("s3:ListBucket", "arn:aws:s3:::state"),
    ("ec2:DescribeInstances", "*"),
    ("iam:ListRoleTags", _ROLE),
    ("iam:TagRole", _ROLE),
    ("dynamodb:PutItem", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/locks"),
    ("ssm:GetParameter", f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/web/password"),
)
_ACTIONS = (
    "*",
    "s3:*",
    "s3:Get*",
    "s3:?etObject",
    "S3:getobject",
    "iam:*Tags",
    "iam:TagRole",
    "ec2:Describe*",
)
_ACTIONS += ("dynamodb:*Item", "ssm:Get*", "kms:Decrypt", "s3:List*", "iam:T?gRole")
_RESOURCES = ("*", "arn:aws:s3:::state", "arn:aws:s3:::state/*", "arn:aws:s3:::*/*.tflock", _ROLE)
_RESOURCES += (f"arn:aws:iam::{ACCOUNT}:role/*", f"arn:aws:ssm:*:{ACCOUNT}:parameter/web/*")
_RESOURCES += ("arn:aws:s3:::state/${aws:userid}", "arn:aws:s3:::stat?/terraform*")
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {"StringLike": {"aws:userid": "*:alice=??????????"}},
    {"StringLike": {_TAG: ["*-${aws:userid}/*", "ALL/*"]}},
    {"StringNotLike": {_TAG: "*+${aws:userid}/*"}},
    {"StringEquals": {"aws:userid": f"{ROLE_ID}:{_NAMES[0]}"}},
    {"StringNotEquals": {"aws:userid": f"{ROLE_ID}:{_NAMES[0]}"}},
    {"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T11:00:00Z"}},
    {"DateGreaterThanEquals": {"aws:TokenIssueTime": "2026-11-23T11:00:00Z"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
    {"Null": {_TAG: "true"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:TagKeys": "false"}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/w*"}},
    {"StringLike": {"aws:userid": "*:bob=*"}, "Bool": {"aws:SecureTransport": "true"}},
)


def random_cases(count: int, seed: int) -> list[Case]:
    """Make up `count` requests of sessions, most of them narrowed one to three times."""
    source = random.Random(seed)
    return [_case(source, number) for number in range(count)]


def _case(source: random.Random, number: int) -> Case:
    name = source.choice(_NAMES)
    userid = f"{ROLE_ID}:{name}"
    action, resource = source.choice(_REQUESTS)
    context: dict[str, Any] = {
        "aws:userid": userid,
        "aws:PrincipalArn": _ROLE,
        "aws:TokenIssueTime": source.choice(("2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")),
        "aws:SecureTransport": source.choice(("true", "false")),
    }
    optional = {
        _TAG: source.choice(("", "ALL/t1764000000/", f"-{userid}/", f"ALL/t1764000000/+{userid}/")),
        "aws:MultiFactorAuthPresent": source.choice(("true", "false")),
        "aws:TagKeys": source.choice((["a"], ["b", "c"], ["a", "b"])),
    }
    context |= {key: value for key, value in optional.items() if source.random() < 0.6}
    return Case(
        f"random request {number}",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/{name}",
        action,
        resource,
        "",
        [_document(source, action, resource) for _ in range(source.randint(1, 2))],
        context,
        layers=[_document(source, action, resource) for _ in range(source.randint(0, 3))],
    )


def _document(source: random.Random, action: str, resource: str) -> dict[str, Any]:
    statements = [_statement(source, action, resource) for _ in range(source.randint(1, 3))]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(source: random.Random, action: str, resource: str) -> dict[str, Any]:
    """A statement that speaks of the request more often than not: else all would be denied."""
    actions = [action] if source.random() < 0.6 else _some(source, _ACTIONS)
    resources = [resource] if source.random() < 0.6 else _some(source, _RESOURCES)
    statement: dict[str, Any] = {
        "Effect": "Allow" if source.random() < 0.85 else "Deny",
        "Action" if source.random() < 0.85 else "NotAction": actions,
        "Resource" if source.random() < 0.9 else "NotResource": resources,
    }
    if source.random() < 0.4:
        statement["Condition"] = source.choice(_CONDITIONS)
    return statement


def _some(source: random.Random, all_of: Sequence[str]) -> list[str]:
    return source.sample(all_of, source.randint(1, 3))
