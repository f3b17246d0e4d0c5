"""The JSON protocol, which Parameter Store speaks.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from awsactivate.aws.direct.shapes import INTEGER, TIMESTAMP, Shape, UnreadableError, moment

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

CONTENT_TYPE = "application/x-amz-json-1.1"


def body(parameters: Mapping[str, Any]) -> bytes:
    """Write the parameters of an operation, whose name goes into a header."""
    return json.dumps(parameters).encode()


def result(text: bytes, shape: Shape, integer: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    """Read the answer of an operation that was done; `integer` makes what a member that is one stands for."""
    try:
        read: dict[str, Any] = _read(loaded(text), shape, integer)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
        raise UnreadableError(f"no JSON of the right form ({type(problem).__name__})") from None
    return read


def loaded(text: bytes) -> Any:
    """Read JSON, which is UTF-8 without a mark; ValueError or RecursionError where it is none."""
    return json.loads(text.decode()) if text else {}


def error(text: bytes, status: int, headers: Mapping[str, str]) -> tuple[str, str]:
    """Read the code and the message of a refusal; what is no JSON is a message itself."""
    found = _refusal(text)
    message = str(found.get("message", found.get("Message", "")) or "")
    named = found.get("__type", str(status))
    if named is None:
        return "", message
    if not isinstance(named, str):
        raise UnreadableError("a refusal whose code is none")
    old_name, semicolon, kind = headers.get("x-amzn-query-error", "").partition(";")
    is_old = old_name and semicolon and ";" not in kind
    return old_name if is_old else bare_code(named), message


def bare_code(text: str) -> str:
    """Return `Name` of `namespace#Name:address`."""
    return text.partition(":")[0].rpartition("#")[2]


def _refusal(text: bytes) -> Mapping[str, Any]:
    try:
        found = loaded(text)
    except UnicodeDecodeError:
        raise UnreadableError("a refusal that is no text") from None
    except ValueError:
        found = {"message": text.decode()}
    except RecursionError:
        found = None
    if not isinstance(found, Mapping):
        raise UnreadableError("a refusal that is no object")
    return found


def _read(value: Any, shape: Shape, integer: Callable[[Any], Any]) -> Any:
    if isinstance(shape, Mapping):
        found = {name: (value.get(name), member) for name, member in shape.items()}
        return {name: _read(one, member, integer) for name, (one, member) in found.items() if one is not None}
    if isinstance(shape, list):
        return [None if one is None else _read(one, shape[0], integer) for one in value]
    if shape == INTEGER:
        return integer(value)
    return moment(value) if shape == TIMESTAMP else value
