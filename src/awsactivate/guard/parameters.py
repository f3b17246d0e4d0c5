"""An operation's parameters, read out of a request by its model.

What can be read in two ways is not read at all: AWS may read it in the other one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from awsactivate.guard import bodies, cbor, flattened
from awsactivate.guard.bodies import UnclearError
from awsactivate.guard.call import Head
from awsactivate.guard.forms import pairs
from awsactivate.guard.matching import Match
from awsactivate.guard.models import Model
from awsactivate.guard.said import CBOR

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 100


def read(match: Match, head: Head, body: bytes) -> dict[str, Any]:
    """Read them, by the names of the model's members; UnclearError where that can't be done."""
    try:
        return _read(match, head, body)
    except (ElementTree.ParseError, RecursionError, ValueError) as error:
        raise UnclearError(f"{match.operation}: the request can't be read") from error


def _read(match: Match, head: Head, body: bytes) -> dict[str, Any]:
    model, shape = match.model, match.model.input_of(match.operation)
    if shape is None:
        return {}
    if match.protocol in ("query", "ec2"):
        told = pairs(head.query) + pairs(bodies.form(head, body))
        return _with_queue(flattened.read(model, shape, told, match.protocol), match, head)
    if match.protocol in ("json", CBOR):
        return _structure(model, shape, _document(head, body, match.protocol), 0)
    return _of_rest(match, shape, head, body)


def _with_queue(found: dict[str, Any], match: Match, head: Head) -> dict[str, Any]:
    """Add the queue that a query of SQS's may have in its path."""
    path = head.path.strip("/")
    if match.model.service != "sqs" or not path:
        return found
    if not found.setdefault("QueueUrl", head.path).rstrip("/").endswith(f"/{path}"):
        raise UnclearError("it is for two queues")
    return found


def _document(head: Head, body: bytes, protocol: str) -> Any:
    if not body:
        return {}
    if protocol == CBOR or "cbor" in (head.get("content-type") or ""):
        return cbor.read(bodies.unpacked(head, body))
    return json.loads(bodies.text(head, body), object_pairs_hook=_once)


def _once(told: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in told}) < len(told):
        raise UnclearError("a name is there twice")
    return dict(told)


def _structure(model: Model, shape: Mapping[str, Any], value: Any, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnclearError("it is no object")
    members = shape.get("members", {})
    written = {member.get("locationName", name): name for name, member in members.items()}
    folded = {name.casefold() for name in written}
    found = {}
    for name, item in value.items():
        if name in written:
            if item is not None:
                found[written[name]] = _value(model, members[written[name]], item, depth + 1)
        elif str(name).casefold() in folded:
            raise UnclearError("a name is written in another way")
    return found


def _value(model: Model, reference: Mapping[str, Any], value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise UnclearError("it is nested too deep")
    shape = model.shape(reference["shape"])
    kind = shape["type"]
    if kind == "structure" and not shape.get("document"):
        return _structure(model, shape, value, depth)
    if kind == "list":
        if not isinstance(value, list):
            raise UnclearError("it is no list")
        return [_value(model, shape["member"], item, depth + 1) for item in value]
    if kind == "map":
        if not isinstance(value, dict):
            raise UnclearError("it is no map")
        return {key: _value(model, shape["value"], item, depth + 1) for key, item in value.items()}
    return value


def _of_rest(match: Match, shape: Mapping[str, Any], head: Head, body: bytes) -> dict[str, Any]:
    model = match.model
    found: dict[str, Any] = {}
    asked = pairs(head.query)
    in_body = {}
    for name, member in shape.get("members", {}).items():
        where, said = member.get("location"), member.get("locationName", name)
        if where == "uri":
            found[name] = match.labels[said]
        elif where == "querystring":
            values = [value for key, value in asked if key == said]
            if values:
                found[name] = _of_text(model, member, values)
        elif where == "header":
            headers = [value for key, value in head.headers if key.lower() == said.lower()]
            if headers:
                found[name] = _of_text(model, member, headers)
        elif where is None:
            in_body[name] = member
    return found | (_of_body(match, shape, in_body, head, body) if body else {})


def _of_text(model: Model, member: Mapping[str, Any], values: Sequence[str]) -> Any:
    if model.shape(member["shape"])["type"] == "list":
        return list(values)
    if len(values) > 1:
        raise UnclearError("a name is there twice")
    return values[0]


def _of_body(
    match: Match, shape: Mapping[str, Any], members: Mapping[str, Any], head: Head, body: bytes
) -> dict[str, Any]:
    model, payload = match.model, shape.get("payload")
    if payload is not None:
        reference = shape["members"][payload]
        if model.shape(reference["shape"])["type"] != "structure":
            return {}
        members, wanted = {payload: reference}, model.shape(reference["shape"])
    else:
        wanted = {**shape, "members": members}
    if not members:
        return {}
    if match.protocol == "rest-xml":
        root = ElementTree.fromstring(bodies.xml(head, body))  # noqa: S314  (it declares nothing)
        value = _of_element(model, wanted, root, 0)
    else:
        value = _structure(model, wanted, _document(head, body, match.protocol), 0)
    return {payload: value} if payload is not None else value


def _of_element(model: Model, shape: Mapping[str, Any], element: ElementTree.Element, depth: int) -> Any:
    if depth > _DEEPEST:
        raise UnclearError("it is nested too deep")
    if shape["type"] != "structure":
        if len(element):
            raise UnclearError("a text has parts")
        return element.text or ""
    found: dict[str, Any] = {}
    for name, member in shape.get("members", {}).items():
        inner = model.shape(member["shape"])
        flat = inner.get("flattened") or member.get("flattened")
        said = member.get("locationName")
        if said is None:
            said = inner["member"].get("locationName", name) if flat and inner["type"] == "list" else name
        children = [one for one in element if _local(one) == said]
        if not children:
            continue
        if inner["type"] == "list":
            of = model.shape(inner["member"]["shape"])
            wanted = inner["member"].get("locationName", "member")
            if not flat:
                children = [one for child in children for one in child if _local(one) == wanted]
            found[name] = [_of_element(model, of, one, depth + 1) for one in children]
        elif inner["type"] != "map":
            if len(children) > 1:
                raise UnclearError("a name is there twice")
            found[name] = _of_element(model, inner, children[0], depth + 1)
    return found


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
