"""Answers on the wire: results and refusals, written in the protocol of their service."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

from awsactivate.demo.calls import Call
from awsactivate.demo.refusals import Refusal

_NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
    """Put a response together."""
    return Answer(f"{status} {HTTPStatus(status).phrase}", tuple(headers), body)


def json_answer(document: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Answer with a JSON document."""
    return answer(status, [("Content-Type", "application/json"), *headers], json.dumps(document).encode())


def result(call: Call, value: Any) -> Answer:
    """Answer a call with what it asked for."""
    model = get_service_model(call.service)
    serialize = get_serializer_class(call.service, model.protocol)
    context = SerializationContext(request_id=str(uuid4()))
    serializer = serialize(model.operation_model(call.operation), context)
    response = serializer.serialize(value)
    body = response["body"]
    headers = [(name, str(text)) for name, text in response["headers"].items()]
    return answer(response["status_code"], headers, body.encode() if isinstance(body, str) else body)


def refused(service: str, refusal: Refusal, *, head: bool = False) -> Answer:
    """Answer with an error; a HEAD request is told its status and no more."""
    request_id = str(uuid4())
    headers = [("x-amzn-requestid", request_id), ("x-amz-request-id", request_id)]
    code, message = escape(refusal.code), escape(refusal.message)
    if service in _NAMESPACES:
        fault = "Receiver" if refusal.status >= 500 else "Sender"
        text = (
            f'<ErrorResponse xmlns="{_NAMESPACES[service]}"><Error><Type>{fault}</Type><Code>{code}</Code>'
            f"<Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    elif service == "s3":
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
    else:
        error = {"__type": refusal.code, "message": refusal.message}
        return json_answer(error, refusal.status, [*headers, ("x-amzn-errortype", refusal.code)])
    body = b"" if head else text.encode()
    return answer(refusal.status, [("Content-Type", "text/xml"), *headers], body)
