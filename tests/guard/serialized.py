"""Requests as botocore's own serializers write them, with as little in them as a model wants."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSRequest, prepare_request_dict
from botocore.model import OperationModel, ServiceModel
from botocore.serialize import create_serializer

from awsactivate.guard.call import Head

REGION, ACCOUNT = "eu-west-1", "111122223333"
SESSION = botocore.session.get_session()


def value(shape: Any, name: str, depth: int = 0) -> Any:
    """Something that may stand where `shape` is wanted."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members if getattr(shape, "is_tagged_union", False) else {}
        wanted = [*shape.required_members, *list(members)[:1]]
        return {one: value(shape.members[one], one, depth + 1) for one in wanted} if depth < 8 else {}
    if kind == "list":
        return [value(shape.member, name, depth + 1)] * max(1, shape.metadata.get("min", 0))
    if kind == "map":
        return {str(value(shape.key, "key", depth + 1)): value(shape.value, name, depth + 1)}
    if kind == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "x" * max(8, shape.metadata.get("min", 0))
    scalars = {"integer": 1, "long": 1, "float": 1.5, "double": 1.5, "boolean": True, "blob": b"x"}
    return "2026-01-01T00:00:00Z" if kind == "timestamp" else scalars[kind]


def minimal(operation: OperationModel) -> dict[str, Any]:
    """The parameters that an operation must be given."""
    shape = operation.input_shape
    if shape is None:
        return {}
    given: dict[str, Any] = value(shape, "")
    for name, member in shape.members.items():
        if member.serialization.get("location") == "uri" and name not in given:
            given[name] = value(member, name)
    return given


def request(model: ServiceModel, operation: str, given: dict[str, Any] | None = None) -> tuple[Head, bytes]:
    """Write a call, for a host that its model's endpoint prefix makes."""
    told = model.operation_model(operation)
    protocol = model.resolved_protocol
    parameters = minimal(told) if given is None else given
    written = create_serializer(protocol, False).serialize_to_request(parameters, told)
    prepare_request_dict(written, f"https://{model.endpoint_prefix}.{REGION}.amazonaws.com")
    sent = AWSRequest(
        method=written["method"], url=written["url"], data=written["body"], headers=written["headers"]
    ).prepare()
    url = urlsplit(sent.url)
    body = sent.body or b""
    if hasattr(body, "read"):
        body = body.read()
    headers = tuple((name, _text(held)) for name, held in sent.headers.items())
    target = url.path + (f"?{url.query}" if url.query else "")
    return Head(sent.method, url.netloc.lower(), target, headers), body.encode() if isinstance(
        body, str
    ) else body


def _text(held: Any) -> str:
    return held.decode("latin-1") if isinstance(held, bytes) else str(held)
