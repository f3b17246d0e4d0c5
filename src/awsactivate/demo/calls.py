"""A request on the wire, read as a call of one operation with its parameters."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from awsactivate.demo.refusals import Refusal

SERVICES = ("sts", "iam", "s3", "ssm", "kms", "dynamodb", "signin")
_TARGETS = {"AmazonSSM": "ssm", "TrentService": "kms", "DynamoDB_20120810": "dynamodb"}


@dataclass(frozen=True)
class WireRequest:
    """A request as it came; header names are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    environ: Mapping[str, Any] = field(repr=False)

    @property
    def service(self) -> str:
        """The service that an unsigned request is for: S3 takes what has no other mark."""
        target = self.headers.get("x-amz-target", "").partition(".")[0]
        if target:
            return _TARGETS.get(target, target)
        return "sts" if b"Action=" in self.body or "Action=" in self.query else "s3"


@dataclass(frozen=True)
class Call:
    """One operation of a service, as it is asked for; secrets may be among the parameters."""

    service: str
    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    region: str = "us-east-1"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def wire_request(environ: Mapping[str, Any]) -> WireRequest:
    """Take a request out of WSGI's environment, body and all."""
    request = Request(dict(environ))
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.get_data(cache=True)
    return WireRequest(
        request.method, request.raw_path, request.query_string.decode(), headers, body, dict(environ)
    )


def environ_of(
    wire: WireRequest, extra: Mapping[str, str] | None = None, added: bytes = b""
) -> dict[str, Any]:
    """Write the request back as WSGI's environment, with more headers and more body."""
    body = wire.body + added
    environ = {name: value for name, value in wire.environ.items() if name != "HTTP_TRANSFER_ENCODING"}
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return environ | dict(extra or {})


def read_call(wire: WireRequest, service: str, region: str) -> Call:
    """Name the operation and read its parameters, by AWS's own model of the service."""
    if service not in SERVICES:
        raise Refusal("UnknownServiceException", f"this AWS has no {service}", 501)
    request = Request(environ_of(wire))
    model = get_service_model(service)
    try:
        operation, labels = get_service_router(service).match(request)
        protocol = determine_request_protocol(model, request.content_type)
        parameters = PROTOCOL_PARSERS[protocol](operation).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": wire.body,
                "url_path": request.path,
                "url_params": labels,
            }
        )
    except (HTTPException, NotImplementedError) as error:
        raise Refusal("InvalidAction", "Could not find operation", 400) from error
    except RequestParserError as error:
        raise Refusal("MalformedInput", "the request could not be parsed", 400) from error
    return Call(service, operation.name, dict(parameters or {}), region, wire.headers)
