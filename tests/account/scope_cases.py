"""What a session may do that is narrowed to a scope with a name: rows for any evaluator of IAM."""

from __future__ import annotations

import json
from typing import Any

from account.policy_cases import ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, ROLE, ROLE_ID, Case
from awsactivate.scopes import scope, table_file

_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_TABLE = table_file.read_table()
_NAME = "alice=k3v9q2m7xd"
_PLACE = "state-1/prod/terraform.tfstate"
_STATE = f"arn:aws:s3:::{_PLACE}"
_LOCKS = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/locks"
_ROW = {"dynamodb:Attributes": ["LockID", "Info"], "dynamodb:LeadingKeys": [_PLACE]}
_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
_SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
_PARAMETER = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/web/password"
_INSTANCE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0123456789abcdef0"
_FOR_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}


def scope_cases() -> list[Case]:
    """Gather the rows."""
    plan, this_plan = "terraform-plan", f"terraform-plan:{_PLACE}"
    return [
        _row("read-only", "s3:GetObject", _STATE, ALLOWED),
        _row("read-only", "s3:PutObject", _STATE, IMPLICIT),
        _row("read-only", "ec2:DescribeInstances", "*", ALLOWED),
        _row("read-only", "ec2:TerminateInstances", _INSTANCE, IMPLICIT),
        _row("read-only", "ec2:GetPasswordData", _INSTANCE, EXPLICIT),
        _row("read-only", "iam:ListRoleTags", ROLE, ALLOWED),
        _row("read-only", "iam:TagRole", ROLE, IMPLICIT),
        _row("read-only", "secretsmanager:GetSecretValue", _SECRET, EXPLICIT),
        _row("read-only", "secretsmanager:DescribeSecret", _SECRET, ALLOWED),
        _row("read-only", "ssm:GetParameter", _PARAMETER, EXPLICIT),
        _row("read-only", "kms:Decrypt", _KEY, IMPLICIT, _FOR_S3),
        _row("read-only:secrets", "secretsmanager:GetSecretValue", _SECRET, ALLOWED),
        _row("read-only:secrets", "ssm:GetParameter", _PARAMETER, ALLOWED),
        _row("read-only:secrets", "ssm:PutParameter", _PARAMETER, IMPLICIT),
        _row("read-only:s3", "s3:ListBucket", "arn:aws:s3:::state-1", ALLOWED),
        _row("read-only:s3", "ec2:DescribeInstances", "*", IMPLICIT),
        _row(plan, "s3:PutObject", f"{_STATE}.tflock", ALLOWED),
        _row(plan, "s3:DeleteObject", f"{_STATE}.tflock", ALLOWED),
        _row(plan, "s3:PutObject", _STATE, IMPLICIT),
        _row(plan, "s3:DeleteObject", _STATE, IMPLICIT),
        _row(plan, "s3:PutObject", "arn:aws:s3:::state-1/other.tflock", ALLOWED),
        _row(this_plan, "s3:PutObject", f"{_STATE}.tflock", ALLOWED),
        _row(this_plan, "s3:PutObject", "arn:aws:s3:::state-1/other.tflock", IMPLICIT),
        _row(this_plan, "s3:GetObject", "arn:aws:s3:::state-1/other", ALLOWED),
        _row(plan, "dynamodb:PutItem", _LOCKS, ALLOWED, _ROW),
        _row(this_plan, "dynamodb:PutItem", _LOCKS, ALLOWED, _ROW),
        _row(this_plan, "dynamodb:DeleteItem", _LOCKS, ALLOWED, _ROW),
        _row(this_plan, "dynamodb:PutItem", _LOCKS, IMPLICIT, {**_ROW, "dynamodb:LeadingKeys": ["x/y"]}),
        _row(
            plan, "dynamodb:PutItem", _LOCKS, IMPLICIT, {**_ROW, "dynamodb:Attributes": ["LockID", "Digest"]}
        ),
        _row(plan, "dynamodb:UpdateItem", _LOCKS, IMPLICIT, _ROW),
        _row(plan, "kms:Decrypt", _KEY, ALLOWED, _FOR_S3),
        _row(plan, "kms:Decrypt", _KEY, IMPLICIT, {"kms:ViaService": "lambda.eu-west-1.amazonaws.com"}),
        _row(plan, "kms:Decrypt", _KEY, IMPLICIT),
        _row(plan, "secretsmanager:GetSecretValue", _SECRET, ALLOWED),
        _row(plan, "ec2:TerminateInstances", _INSTANCE, IMPLICIT),
        # a child of a plan's session writes no more than it, whatever its own scope allows
        _row(plan, "s3:PutObject", _STATE, IMPLICIT, nested=[_EVERYTHING]),
        _row("read-only", "s3:PutObject", f"{_STATE}.tflock", IMPLICIT, nested=[_document(plan)]),
        _row(plan, "ssm:GetParameter", _PARAMETER, EXPLICIT, nested=[_document("read-only")]),
    ]


def _document(name: str) -> Any:
    return json.loads(scope.named(name, _TABLE).policy)


def _row(
    name: str,
    action: str,
    resource: str,
    expected: str,
    context: dict[str, Any] | None = None,
    nested: list[Any] | None = None,
) -> Case:
    also = f", narrowed {len(nested)} more" if nested else ""
    return Case(
        f"{name}: {action} on {resource} with {context or 'nothing'}{also}",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/terraform/{_NAME}",
        action,
        resource,
        expected,
        [_EVERYTHING],
        {"aws:userid": f"{ROLE_ID}:{_NAME}", "aws:PrincipalArn": ROLE, **(context or {})},
        # without a key's own policy nobody uses it
        resource_policy=_KEY_POLICY if resource == _KEY else None,
        is_trust=resource == _KEY,
        layers=[_document(name), *(nested or [])],
    )
