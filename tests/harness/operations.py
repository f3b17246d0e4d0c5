"""Calls of every service, made from botocore's models: parameters that its own serializer takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape

# What endpoint rules and host labels read must be what they know; elsewhere a text may be anything.
_TOLD = {
    "AccountId": "111122223333",
    "Bucket": "example-bucket",
    "Key": "a//b c/é+~&=.txt",
    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/queue",
    "CopySource": "example-bucket/key",
    "StreamARN": "arn:aws:kinesis:eu-west-1:111122223333:stream/example",
    "ConsumerARN": "arn:aws:kinesis:eu-west-1:111122223333:stream/example/consumer/c:1",
    "ResourceARN": "arn:aws:dynamodb:eu-west-1:111122223333:table/example",
    "ResourceArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/example",
}
ODD, PLAIN = "a b/é+&=~", "example"


def can_be_sent(operation: OperationModel) -> bool:
    """Tell whether an operation is signed, and one request with one answer."""
    unsigned = operation.auth_type in ("none", "bearer") or operation.auth == ["smithy.api#noAuth"]
    of_directory_buckets = operation.name in ("CreateSession", "ListDirectoryBuckets")
    return not (unsigned or of_directory_buckets or operation.has_event_stream_input)


def parameters(operation: OperationModel, text: str = ODD) -> dict[str, Any]:
    """Make up parameters for an operation: those that it must have, and the first level of the others."""
    if operation.input_shape is None:
        return {}
    made: dict[str, Any] = _structure(operation.input_shape, text, frozenset(), everything=True)
    return made


def spread(model: ServiceModel, count: int) -> Iterator[OperationModel]:
    """Choose operations of a service from all over the alphabet, then what is left in place of others."""
    operations = [model.operation_model(name) for name in model.operation_names]
    usable = [one for one in operations if can_be_sent(one)]
    step = max(len(usable) // count, 1)
    yield from usable[::step]
    yield from (one for number, one in enumerate(usable) if number % step)


def _structure(shape: Shape, text: str, above: frozenset[str], *, everything: bool = False) -> dict[str, Any]:
    wanted = dict(shape.members)
    if shape.is_tagged_union:
        wanted = dict([next(iter(wanted.items()))])
    elif not everything:
        wanted = {name: wanted[name] for name in shape.required_members}
    within = above | {shape.name}
    return {
        name: _value(member, name, text, within)
        for name, member in wanted.items()
        if member.name not in within or name in shape.required_members
    }


def _value(shape: Shape, name: str, text: str, above: frozenset[str]) -> Any:
    least = int(shape.metadata.get("min", 0))
    if shape.type_name == "structure":
        return {"a": [1, "b"]} if shape.is_document_type else _structure(shape, text, above)
    if shape.type_name == "list":
        return [_value(shape.member, name, text, above)] * max(least, 1)
    if shape.type_name == "map":
        return {_value(shape.key, name, PLAIN, above): _value(shape.value, name, text, above)}
    if shape.type_name == "string":
        if shape.serialization.get("hostLabel"):
            return "label"
        if "enum" in shape.metadata:
            return shape.metadata["enum"][0]
        return _TOLD.get(name) or (text if len(text) >= least else (text * least)[:least])
    if shape.type_name == "timestamp":
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    simple: dict[str, Any] = {"boolean": True, "blob": b"\x00\xffbytes", "float": 1.5, "double": 1.5}
    return simple.get(shape.type_name, max(least, 1))
