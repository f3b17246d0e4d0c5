"""The JSON protocol, which Parameter Store speaks.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from awsactivate.aws.direct.shapes import TIMESTAMP, Shape, UnreadableError, moment

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

CONTENT_TYPE = "application/x-amz-json-1.1"


def body(parameters: Mapping[str, Any]) -> bytes:
    """Write the parameters of an operation, whose name goes into a header."""
    return json.dumps(parameters).encode()


def result(text: bytes, shape: Shape) -> dict[str, Any]:
    """Read the answer of an operation that was done."""
    try:
        found = json.loads(text) if text else {}
        read: dict[str, Any] = _read(found, shape)
    except (ValueError, TypeError, AttributeError) as problem:
        raise UnreadableError(f"no JSON of the right form ({type(problem).__name__})") from None
    return read


def error(text: bytes, status: int, headers: Mapping[str, str]) -> tuple[str, str]:
    """Read the code and the message of a refusal; what is no JSON is a message itself."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = {"message": text.decode("utf-8", "replace")}
    if not isinstance(found, Mapping):
        raise UnreadableError("a refusal that is no object")
    code = bare_code(str(found.get("__type", status)))
    old_name, semicolon, kind = headers.get("x-amzn-query-error", "").partition(";")
    if old_name and semicolon and ";" not in kind:
        code = old_name
    message = found.get("message", found.get("Message", ""))
    return code, message if isinstance(message, str) else ""


def bare_code(text: str) -> str:
    """Return `Name` of `namespace#Name:address`."""
    return text.partition(":")[0].rpartition("#")[2]


def _read(value: Any, shape: Shape) -> Any:
    if isinstance(shape, Mapping):
        found = {name: (value.get(name), member) for name, member in shape.items()}
        return {name: _read(one, member) for name, (one, member) in found.items() if one is not None}
    if isinstance(shape, list):
        return [None if one is None else _read(one, shape[0]) for one in value]
    return moment(value) if shape == TIMESTAMP else value
