"""The REST-JSON protocol, which the services speak that a person signs in with.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from awsactivate.aws.direct import json_rpc
from awsactivate.aws.direct.operation import Rest
from awsactivate.aws.direct.shapes import Shape
from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

CONTENT_TYPE = "application/json"


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    path: str
    """With what follows the `?`."""
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def request(rest: Rest, parameters: Mapping[str, Any]) -> Request:
    """Write a request: each parameter goes into the address, a header, or else the body."""
    asked = query({rest.query[name]: str(value) for name, value in parameters.items() if name in rest.query})
    headers = {rest.headers[name]: str(parameters[name]) for name in rest.headers if name in parameters}
    elsewhere = {*rest.query, *rest.headers}
    others = {name: value for name, value in parameters.items() if name not in elsewhere}
    body = b""
    if others:
        headers["Content-Type"] = CONTENT_TYPE
        body = json_rpc.body(others[rest.body] if rest.body else others)
    return Request(rest.method, f"{rest.path}?{asked}" if asked else rest.path, headers, body)


def query(parameters: Mapping[str, str]) -> str:
    """Write what follows the `?` of an address."""
    quoted = ((quote(name, safe="-._~"), quote(value, safe="-._~")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in quoted)


def result(text: bytes, shape: Shape) -> dict[str, Any]:
    """Read the answer of an operation that was done; a number may stand there as a text."""
    return json_rpc.result(text, shape, int)


def error(text: bytes, status: int, headers: Mapping[str, str]) -> tuple[str, str]:
    """Read the code and the message of a refusal; the code may stand in a header."""
    code, message = json_rpc.error(text, status, headers)
    try:
        found = json_rpc.loaded(text)
    except ValueError:
        found = {}
    named = headers.get("x-amzn-errortype")
    if named is None:
        named = found.get("code", found.get("Code"))
    said = found.get("error_description")  # as OAuth calls it (RFC 6749, section 5.2)
    message = message or (said if isinstance(said, str) else "")
    return (code if named is None else json_rpc.bare_code(str(named))), message


def reason(text: bytes) -> str:
    """Read OAuth's own word for a refusal, '' where there is none."""
    try:
        found = json_rpc.loaded(text)
    except (ValueError, RecursionError):
        return ""
    said = found.get("error") if isinstance(found, Mapping) else None
    return said if isinstance(said, str) else ""
