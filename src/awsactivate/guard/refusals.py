"""How AWS says no, in each of its protocols."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.sax.saxutils import escape

from awsactivate.frozen import replace
from awsactivate.guard import cbor
from awsactivate.guard.call import Answer, Head, Named
from awsactivate.person.printable import one_line

_CODE = "AccessDenied"
_JSON_CODE = "AccessDeniedException"
_UNAVAILABLE = "ServiceUnavailable"
_MOST = 5  # items of a batch that are named


def sentence(named: Named, who: str, reason: str) -> str:
    """Write `User: WHO is not authorized to perform: ACTION on resource: ARN REASON`, as AWS does."""
    said = []
    for one in dict.fromkeys((asked.action, asked.resource) for asked in named.asked):
        action, resource = one
        said.append(f"{action} on resource: {resource}" if resource != "*" else action)
    more = f" and {len(said) - _MOST} more" if len(said) > _MOST else ""
    text = f"User: {who} is not authorized to perform: {', '.join(said[:_MOST])}{more} {reason}"
    return one_line(text)


def denied(head: Head, named: Named, message: str, request_id: str) -> Answer:
    """Say AccessDenied in the protocol of the call, so that its SDK reports `message`."""
    return _answer(head, named, message, request_id, "")


def unavailable(head: Head, named: Named, message: str, request_id: str) -> Answer:
    """Say in the protocol of the call that it can't be answered now: SDKs try again, and report `message`."""
    return replace(_answer(head, named, message, request_id, _UNAVAILABLE), status=503)


def _answer(head: Head, named: Named, message: str, request_id: str, code: str) -> Answer:
    status, kind, body, more = _FORMS[_form(named)](message, request_id, code)
    return Answer(status, (("Content-Type", kind), *more), b"" if head.method == "HEAD" else body)


def _form(named: Named) -> str:
    """Tell S3 from the other services that speak XML: its errors have no element around them."""
    own = named.model == "s3" or (not named.model and named.service == "s3")
    return "s3" if named.protocol == "rest-xml" and own else named.protocol


_Told = tuple[int, str, bytes, tuple[tuple[str, str], ...]]


def _query(message: str, request_id: str, code: str) -> _Told:
    body = (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{code or _CODE}</Code><Message>{escape(message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return 403, "text/xml", body.encode(), (("x-amzn-RequestId", request_id),)


def _ec2(message: str, request_id: str, code: str) -> _Told:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Response><Errors><Error><Code>{code or 'UnauthorizedOperation'}</Code>"
        f"<Message>{escape(message)}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
    )
    return 403, "text/xml;charset=UTF-8", body.encode(), (("x-amzn-RequestId", request_id),)


def _s3(message: str, request_id: str, code: str) -> _Told:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code or _CODE}</Code><Message>{escape(message)}</Message>"
        f"<RequestId>{request_id}</RequestId><HostId>guard</HostId></Error>"
    )
    return 403, "application/xml", body.encode(), (("x-amz-request-id", request_id), ("x-amz-id-2", "guard"))


def _json(message: str, request_id: str, code: str) -> _Told:
    body = json.dumps({"__type": code or _JSON_CODE, "message": message, "Message": message})
    return 400, "application/x-amz-json-1.1", body.encode(), _named(request_id, code)


def _rest_json(message: str, request_id: str, code: str) -> _Told:
    body = json.dumps({"message": message, "Message": message})
    return 403, "application/json", body.encode(), _named(request_id, code)


def _cbor(message: str, request_id: str, code: str) -> _Told:
    body = cbor.written({"__type": code or _JSON_CODE, "message": message})
    more = (("smithy-protocol", "rpc-v2-cbor"), *_named(request_id, code))
    return 400, "application/cbor", body, more


def _named(request_id: str, code: str) -> tuple[tuple[str, str], ...]:
    return ("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", code or _JSON_CODE)


_FORMS: dict[str, Callable[[str, str, str], _Told]] = {
    "query": _query,
    "ec2": _ec2,
    "s3": _s3,
    "rest-xml": _query,
    "json": _json,
    "rest-json": _rest_json,
    "smithy-rpc-v2-cbor": _cbor,
}
