"""Calls that do several things: each item with an action of its own.

A list of names for one action is the table's matter; here is what takes a look at each item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from awsactivate.guard.actions import Need

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

Item = tuple[Need, Mapping[str, "Any"]]
_OBJECT = "arn:$:s3:::{Bucket}/{Key}"
_TABLE = "arn:$:dynamodb:$:$:table/{TableName}"
_WRITES = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
_STATEMENT = re.compile(
    r"\s*(?:(?P<select>SELECT\b(?:[^'\"]|\"[^\"]*\"|'[^']*')*?\bFROM)|(?P<insert>INSERT\s+INTO)|(?P<update>UPDATE)|(?P<delete>DELETE\s+FROM))"
    r"\s+(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>[A-Za-z0-9_.-]+))",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"--|/\*")  # in which another table may be named
_LONGEST = 10_000  # characters; DynamoDB takes less
_VERBS = {
    "select": "PartiQLSelect",
    "insert": "PartiQLInsert",
    "update": "PartiQLUpdate",
    "delete": "PartiQLDelete",
}


def items(service: str, operation: str, parameters: Mapping[str, Any]) -> list[Item] | None:
    """Tell what each item needs, with the parameters that name its resource; None where this is no batch."""
    found = _BATCHES.get((service, operation))
    return None if found is None else list(found(parameters))


def besides(service: str, operation: str, parameters: Mapping[str, Any]) -> list[Item]:
    """Tell what a call needs beside what the table says: the object that a copy is of."""
    if service == "s3" and operation in ("CopyObject", "UploadPartCopy"):
        return [_source(parameters)]
    return []


def _source(parameters: Mapping[str, Any]) -> Item:
    said = str(parameters.get("CopySource", ""))
    path, _, query = said.partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    action = "s3:GetObjectVersion" if query.startswith("versionId=") else "s3:GetObject"
    if not key or bucket.startswith("arn:"):
        return Need(action, "R", resources=("*",)), {}
    return Need(action, "R", resources=(_OBJECT,)), {"Bucket": bucket, "Key": key}


def _deleted_objects(parameters: Mapping[str, Any]) -> Iterator[Item]:
    for one in _dicts((parameters.get("Delete") or {}).get("Objects")):
        named = {"Bucket": parameters["Bucket"], "Key": one.get("Key")}
        action = "s3:DeleteObjectVersion" if one.get("VersionId") else "s3:DeleteObject"
        yield Need(action, "W", resources=(_OBJECT,)), named
        if parameters.get("BypassGovernanceRetention"):
            yield Need("s3:BypassGovernanceRetention", "W", resources=(_OBJECT,)), named


def _transacted(parameters: Mapping[str, Any]) -> Iterator[Item]:
    for one in _dicts(parameters.get("TransactItems")):
        for kind, told in one.items():
            level = "R" if kind == "ConditionCheck" else "W"
            yield Need(_WRITES[kind], level, resources=(_TABLE,)), told


def _statements(parameters: Mapping[str, Any]) -> Iterator[Item]:
    listed = parameters.get("Statements") or parameters.get("TransactStatements") or [parameters]
    for one in _dicts(listed):
        yield _statement(str(one.get("Statement", "")))


def _statement(text: str) -> Item:
    """Read a statement of PartiQL; one that is none of the four is a write on nobody knows what."""
    found = _STATEMENT.match(text[:_LONGEST])
    if found is None or _COMMENT.search(found[0]):
        return Need("dynamodb:PartiQLUpdate", "W", resources=("*",)), {}
    verb = next(name for name in _VERBS if found[name])
    table = found["quoted"] or found["bare"]
    level = "R" if verb == "select" else "W"
    return Need(f"dynamodb:{_VERBS[verb]}", level, resources=(_TABLE,)), {"TableName": table}


def _dicts(told: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


_BATCHES: dict[tuple[str, str], Callable[[Mapping[str, Any]], Iterator[Item]]] = {
    ("s3", "DeleteObjects"): _deleted_objects,
    ("dynamodb", "TransactWriteItems"): _transacted,
    ("dynamodb", "ExecuteStatement"): _statements,
    ("dynamodb", "BatchExecuteStatement"): _statements,
    ("dynamodb", "ExecuteTransaction"): _statements,
}
