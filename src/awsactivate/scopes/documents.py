"""The policies of the scopes that have a name.

Each allows that what it leaves is narrowed again. None says in which partition it is used: one text serves
all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from awsactivate.scopes import reads
from awsactivate.scopes.reads import Reading
from awsactivate.sessions.limits import LONGEST_SESSION_POLICY

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

# Services that people keep in terraform, most of them first. What is not here is read by its name:
# `read-only:glue`. It was chosen by what the AWS provider's users write about; no count of them is public.
USUAL = (
    *("ec2", "s3", "iam", "kms", "lambda", "logs", "cloudwatch", "events", "sns", "sqs"),
    *("dynamodb", "rds", "elasticloadbalancing", "autoscaling", "ecs", "ecr", "eks", "route53", "cloudfront"),
    *("acm", "apigateway", "ssm", "secretsmanager", "elasticache", "cloudtrail", "config"),
    *("elasticfilesystem", "wafv2", "kinesis", "firehose", "states", "backup", "codebuild", "cognito-idp"),
    *("organizations", "es", "scheduler", "ses", "ram", "tag"),
)
MANAGED = "ReadOnlyAccess"  # AWS's policy of this name, with AssumeRole only

_AGAIN = "sts:GetScopedCredentials"
_READING = ("Get*", "List*", "Describe*")
# Where a service's own way to be read is another one.
_INSTEAD = {"apigateway": ("GET",), "codebuild": ("BatchGet*", "List*")}
# What a plan reads through these may be encrypted with a key of the user's.
_WITH_KEYS = ("s3", "dynamodb", "ssm", "secretsmanager")


def read_only(table: Mapping[str, Reading], services: Iterable[str], *, secrets: bool) -> str:
    """Write the policy by which `services` are read, and secrets' values with `secrets` only."""
    named = tuple(dict.fromkeys(services))
    return _written(
        _allow([*reads.allowed(table, named), _AGAIN]),
        *_deny(reads.denied(table, named, secrets=secrets)),
    )


def usual(table: Mapping[str, Reading], *, secrets: bool) -> str:
    """Write the policy by which the usual services are read."""
    return read_only(_shortened(table), USUAL, secrets=secrets)


def beside_managed(table: Mapping[str, Reading], *, secrets: bool) -> str:
    """Write what stands beside AWS's ReadOnlyAccess in one layer."""
    return _written(_allow([_AGAIN]), *_deny([] if secrets else reads.of_secrets(table)))


def terraform_plan(table: Mapping[str, Reading], place: str) -> str:
    """Write the policy of a plan; `place` is its state's BUCKET/KEY, or '' for any.

    A plan reads what it manages, secrets too, and writes one thing: the lock, which is a file beside the
    state, or a row of two attributes in a table of DynamoDB. Of the usual services there are as many as there
    is room for.
    """
    literal = _literal(place)
    row: dict[str, Any] = {"dynamodb:Attributes": ["LockID", "Info"]}
    if place:
        row["dynamodb:LeadingKeys"] = literal
    writes = (
        _allow(["s3:PutObject", "s3:DeleteObject"], f"arn:*:s3:::{literal or '*'}.tflock"),
        _allow(["dynamodb:PutItem", "dynamodb:DeleteItem"])
        | {"Condition": {"ForAllValues:StringEquals": row}},
        _allow(["kms:Decrypt", "kms:GenerateDataKey"])
        | {"Condition": {"StringLike": {"kms:ViaService": [f"{service}.*" for service in _WITH_KEYS]}}},
    )
    shortened = _shortened(table)
    for count in range(len(USUAL), 0, -1):
        services = USUAL[:count]
        document = _written(
            _allow([*reads.allowed(shortened, services), _AGAIN]),
            *writes,
            *_deny(reads.denied(shortened, services, secrets=True)),
        )
        if len(document) <= LONGEST_SESSION_POLICY:
            return document
    raise ValueError(f"{place!r} is too long")


def _literal(text: str) -> str:
    """Write `text` so that a policy takes no character of it for a wildcard or a variable."""
    return "".join(f"${{{one}}}" if one in "*?$" else one for one in text)


def _shortened(table: Mapping[str, Reading]) -> dict[str, Reading]:
    """Leave, of the usual services, what most reads begin like: all of it is longer than AWS allows.

    For the same reason `Desc*` is all of Describe: no other verb of AWS's begins so, as a test says.
    """
    shortened = {}
    for service in USUAL:
        reading = table[service]
        patterns = _INSTEAD.get(service) or tuple(one for one in reading.patterns if one in _READING)
        begun = tuple(one.rstrip("*") for one in patterns)
        shortened[service] = Reading(
            tuple(one.replace("Describe", "Desc") for one in patterns),
            tuple(one for one in reading.others if one.startswith(begun)),
            tuple(one for one in reading.secrets if one.startswith(begun)),
        )
    return shortened


def _allow(actions: list[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _deny(actions: list[str]) -> list[dict[str, Any]]:
    return [{"Effect": "Deny", "Action": actions, "Resource": "*"}] if actions else []


def _written(*statements: Mapping[str, Any]) -> str:
    document = {"Version": "2012-10-17", "Statement": statements}
    return json.dumps(document, separators=(",", ":"))
