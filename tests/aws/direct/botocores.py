"""What botocore sends, and what it makes of an answer, seen at its rim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from awsactivate.aws import refusals
from awsactivate.aws.direct.transport import HttpAnswer
from awsactivate.sessions.credentials import Credentials

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
SIGNED = re.compile(r"SignedHeaders=([^,]+)")


@cache
def loader() -> Loader:
    """Keep one set of botocore's data for all tests."""
    return Loader(include_default_search_paths=False, extra_search_paths=[Loader.BUILTIN_DATA_PATH])


@dataclass(frozen=True)
class Sent:
    """A request, as far as AWS looks at it."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(repr=False)

    @property
    def signed(self) -> dict[str, str]:
        """The headers that are signed, and what says so."""
        names = SIGNED.search(self.headers.get("authorization", ""))
        wanted = [*(names[1].split(";") if names else []), "authorization", "x-amz-sso_bearer_token"]
        return {name: self.headers[name] for name in wanted if name in self.headers}


def of_request(request: AWSPreparedRequest) -> Sent:
    """Take down what botocore is about to send."""
    texts = {name.lower(): _text(value) for name, value in request.headers.items()}
    host = re.fullmatch(r"https?://([^/]+).*", request.url)
    assert host is not None
    # http.client adds it, and takes the usual ports away
    texts.setdefault(
        "host", host[1].removesuffix(":443") if "https" in request.url else host[1].removesuffix(":80")
    )
    body = request.body or b""
    return Sent(request.method, request.url, body.encode() if isinstance(body, str) else body, texts)


class Stopped(Exception):  # noqa: N818  (no error: the request was all that was wanted)
    """botocore came to the point of sending."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self.sent = sent


def client(service: str, credentials: Credentials, **settings: Any) -> Any:
    """Make a client as `awsactivate.aws.clients` does."""
    session = botocore.session.Session(profile=settings.pop("profile", None))
    session.register_component("data_loader", loader())
    return session.create_client(
        service,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        config=Config(retries={"total_max_attempts": 1}),
        **settings,
    )


def sent(client: Any, operation: str, parameters: Mapping[str, Any]) -> Sent:
    """Return what botocore would send."""

    def stop(request: AWSPreparedRequest, **_rest: object) -> None:
        raise Stopped(of_request(request))

    client.meta.events.register("before-send.*", stop, unique_id="stop")
    try:
        getattr(client, xform_name(operation))(**parameters)
    except Stopped as stopped:
        return stopped.sent
    finally:
        client.meta.events.unregister("before-send.*", unique_id="stop")
    raise AssertionError("botocore sent nothing")


def understood(client: Any, operation: str, parameters: Mapping[str, Any], answer: HttpAnswer) -> Any:
    """Return what botocore makes of an answer: values, or the refusal's code and message."""

    def replied(request: AWSPreparedRequest, **_rest: object) -> AWSResponse:
        raw = _Raw(answer.body)
        return AWSResponse(request.url, answer.status, dict(answer.headers), raw)

    client.meta.events.register("before-send.*", replied, unique_id="reply")
    try:
        found = getattr(client, xform_name(operation))(**parameters)
    except ClientError as error:
        return (refusals.code_of(error), refusals.message_of(error))
    finally:
        client.meta.events.unregister("before-send.*", unique_id="reply")
    found.pop("ResponseMetadata", None)
    return found


class _Raw:
    """A body as urllib3 gives it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        """Give all at once."""
        return [self._body]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
