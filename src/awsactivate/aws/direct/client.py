"""A service as one signer sees it: parameters go out as a request, its answer comes back as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from awsactivate.aws.answers import Refused, Unreadable, not_aws
from awsactivate.aws.direct import json_rpc, query, rest_json, signing
from awsactivate.aws.direct.http1 import HttpAnswer
from awsactivate.aws.direct.operation import Operation, Service
from awsactivate.aws.direct.settings import Target
from awsactivate.aws.direct.shapes import UnreadableError
from awsactivate.aws.direct.transport import Transport
from awsactivate.sessions.credentials import Credentials
from awsactivate.version import version

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


class Client:
    """Calls one service, over connections that stay open between the calls."""

    def __init__(
        self,
        service: Service,
        target: Target,
        transport: Transport,
        credentials: Credentials | None,
        clock: Callable[[], float],
    ) -> None:
        address = urlsplit(target.url)
        self._service = service
        self._target = target
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._host = _without_usual_port(address.netloc, address.scheme)
        self._path = address.path

    @property
    def url(self) -> str:
        """The address that is called."""
        return self._target.url

    def operation(self, name: str) -> Operation:
        """Return one of the operations that can be called."""
        return self._service.operations[name]

    def address(self, operation: Operation) -> str:
        """Return where an operation of the REST-JSON protocol is asked for."""
        return self._target.url.rstrip("/") + (operation.rest.path if operation.rest else "")

    def call(
        self, operation: Operation, parameters: Mapping[str, Any], more: Mapping[str, str] | None = None
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        """Send one request; return its result, and the answer's headers with their names in lower case.

        `more` are headers of an operation that nobody signs. Raises Refused where AWS says no, and NoAnswer
        where nothing came that is AWS's.
        """
        answer = self._send(operation, parameters, more or {})
        try:
            if answer.status >= 301:
                raise self._refused(answer)
            return self._result(operation, answer), answer.headers
        except UnreadableError as error:
            raise Unreadable(not_aws(answer.status)) from error

    def _send(
        self, operation: Operation, parameters: Mapping[str, Any], more: Mapping[str, str]
    ) -> HttpAnswer:
        if operation.rest is not None:
            asked = rest_json.request(operation.rest, parameters)
            path = self._path.rstrip("/") + asked.path
            return self._transport.send(
                asked.method, path, _plain({"Host": self._host, **asked.headers, **more}), asked.body
            )
        if self._service.protocol == "json":
            body = json_rpc.body(parameters)
            headers = {
                "X-Amz-Target": f"{self._service.target}.{operation.name}",
                "Content-Type": json_rpc.CONTENT_TYPE,
            }
        else:
            body = query.body(operation.name, self._service.version, parameters)
            headers = {"Content-Type": query.CONTENT_TYPE}
        if self._credentials is None:
            raise ValueError(f"{operation.name} is signed")
        path = self._path or "/"
        signed = signing.signed(
            "POST",
            path,
            {"Host": self._host, **headers},
            body,
            credentials=self._credentials,
            region=self._target.signing_region,
            service=self._service.signing_name,
            now=self._clock(),
        )
        return self._transport.send("POST", path, _plain(signed), body)

    def _result(self, operation: Operation, answer: HttpAnswer) -> dict[str, Any]:
        if self._service.protocol == "query":
            found = query.result(operation.name, answer.body, operation.output)
        elif operation.rest and operation.rest.answer:
            member = operation.rest.answer
            found = {member: rest_json.result(answer.body, operation.output[member])}
        elif operation.rest:
            found = rest_json.result(answer.body, operation.output)
        else:
            found = json_rpc.result(answer.body, operation.output)
        if not operation.is_whole(found):
            raise UnreadableError("what it must hold is missing")
        return found

    def _refused(self, answer: HttpAnswer) -> Refused:
        said, status, headers = answer.body, answer.status, answer.headers
        if status >= 500 and (not said.strip() or said.strip().startswith(b"<html>")):
            # what stands before AWS answered for it
            return Refused(str(status), _reason(status), headers, status)
        if self._service.protocol == "query":
            code, message = query.error(said)
        elif self._service.protocol == "json":
            code, message = json_rpc.error(said, status, headers)
        else:
            code, message = rest_json.error(said, status, headers)
            return Refused(code, message.strip(), headers, status, rest_json.reason(said))
        return Refused(code, message.strip(), headers, status)


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    return {**headers, "User-Agent": f"awsactivate/{version()}"}


def _reason(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _without_usual_port(netloc: str, scheme: str) -> str:
    return netloc.removesuffix(":443" if scheme == "https" else ":80")
