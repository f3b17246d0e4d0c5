"""What goes wrong on the way to AWS comes out the same on both ways: the same error, after the same tries."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from awsactivate.aws import clients, parameters, sts
from awsactivate.aws.direct import transport
from awsactivate.aws.parameters import Ssm
from awsactivate.aws.sts import Sts
from awsactivate.aws.ways import Way
from awsactivate.errors import AwsactivateError, AwsError
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.steps import Step
from harness.listeners import Listener

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
STEP = Step(
    "AssumeRole", 3600, role_arn="arn:aws:iam::111122223333:role/r", role_session_name="alice=0123456789"
)
RESULT = (
    "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA:a</AssumedRoleId>"
    "<Arn>arn:aws:sts::111122223333:assumed-role/r/a</Arn></AssumedRoleUser><Credentials>"
    "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
    "<Expiration>2026-11-23T10:15:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
)
REFUSED = "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"
HTML = "<!doctype html><html><body>Sign in to the hotel's network<br></body></html>"

Answer = Callable[[socket.socket], None]


def http(status: str, body: str, *headers: str, length: int | None = None, hangs_up: bool = True) -> bytes:
    """Write an answer; `length` may lie.

    A server that hangs up says so: a client that asks again at once could else be faster than the end of the
    connection, and take that one.
    """
    told = f"Content-Length: {len(body) if length is None else length}"
    end = ("Connection: close",) if hangs_up else ()
    return "\r\n".join([f"HTTP/1.1 {status}", told, *end, *headers, "", body]).encode()


def says(*pieces: bytes) -> Answer:
    """Answer with these pieces, then hang up."""

    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


def resets(connection: socket.socket) -> None:
    """Break the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def stalls(connection: socket.socket) -> None:
    """Say nothing, until the other side has had enough."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(OSError):
        connection.recv(1)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = http("200 OK", RESULT, hangs_up=False)


def faults(result: str, refused: Callable[[str, str], str]) -> dict[str, Answer]:
    """Return what may come for `result`; `refused` writes a refusal in the same protocol."""
    whole = http("200 OK", result)
    return {
        "no fault": says(whole),
        "100-continue before the answer": says(b"HTTP/1.1 100 Continue\r\n\r\n", whole),
        "in small pieces": says(*(whole[at : at + 7] for at in range(0, len(whole), 7))),
        "chunked": says(CHUNKED, b"%x\r\n%s\r\n0\r\n\r\n" % (len(result), result.encode())),
        "half a chunk": says(CHUNKED, b"%x\r\n%s" % (len(result), result[:50].encode())),
        "no length at all": says(b"HTTP/1.1 200 OK\r\n\r\n" + result.encode()),
        "half an answer": says(whole[: len(whole) - len(result) // 2]),
        "too great a length": says(http("200 OK", result, length=len(result) + 50)),
        "too small a length": says(http("200 OK", result, length=50)),
        "nothing": says(),
        "half a status": says(b"HTTP/1."),
        "no HTTP": says(b"SSH-2.0-OpenSSH_9.6\r\n"),
        "a header without end": says(b"HTTP/1.1 200 OK\r\nDate: " + b"x" * 70_000),
        "reset": resets,
        "stalled": stalls,
        "compressed": says(http("200 OK", gzip.compress(b"x").decode("latin-1"), "Content-Encoding: gzip")),
        "early hints": says(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", whole),
        "another version": says(b"HTTP/2.0 200 OK\r\n\r\n"),
        "chunks of garbage": says(CHUNKED, b"zz\r\n" + result.encode()),
        "a chunk of less than nothing": says(CHUNKED, b"-1\r\n" + result.encode()),
        "an end of the chunks that is none": says(CHUNKED, b"%x\r\n%s" % (len(result), result.encode())),
        "nested beyond measure": says(http("200 OK", "[" * 100_000)),
        "nested beyond measure in a refusal": says(http("400 x", "<a>" * 100_000)),
        "a redirect": says(http("302 Found", "", "Location: https://hotel.example/")),
        "a redirect with a page": says(http("301 Moved", HTML, "Location: https://hotel.example/")),
        "a page": says(http("200 OK", HTML)),
        "a page that is XML": says(http("200 OK", "<html><body>hotel</body></html>")),
        "a page with a refusal": says(http("403 Forbidden", HTML)),
        "out of order": says(http("503 x", "<html><b>Http/1.1 Service Unavailable</b></html>")),
        "out of order in silence": says(http("500 x", "")),
        "an empty answer": says(http("200 OK", "")),
        "no content": says(b"HTTP/1.1 204 No Content\r\n\r\n"),
        "access denied": says(http("403 x", refused("AccessDenied", "is not authorized to perform"))),
        "a used code": says(
            http("403 x", refused("AccessDenied", "failed with invalid MFA one time pass code. "))
        ),
        "throttled": says(http("400 x", refused("Throttling", "Rate exceeded"))),
        "a clock that is wrong": says(
            http(
                "403 x",
                refused("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2"),
                "Date: Mon, 23 Nov 2026 10:15:00 GMT",
            )
        ),
        "two refusals": says(http("400 x", refused("ExpiredToken", "a") * 2)),
        "a refusal that says itself twice": says(
            http("400 x", refused("ExpiredToken</Code><Code>AccessDenied", "a</Message><Message>b"))
        ),
        "a refusal within a refusal": says(http("400 x", refused("<Code>ExpiredToken</Code>", "<b>a</b>"))),
    }


FAULTS = faults(RESULT, REFUSED.format)
FAULTS_OF_JSON = faults(
    '{"Parameter": {"Name": "/app/key", "Value": "v", "Version": 1}}',
    lambda code, message: json.dumps({"__type": code, "message": message}),
)


class Server(Listener):
    """A server that answers each request the same way, and counts them."""

    def __init__(self, answer: Answer) -> None:
        self._say = answer
        self.requests = 0
        super().__init__(self._hear_and_say)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def _hear_and_say(self, connection: socket.socket) -> None:
        if self._heard(connection):
            self._say(connection)

    def _heard(self, connection: socket.socket) -> bool:
        heard = b""
        while b"RoleSessionName" not in heard and b"WithDecryption" not in heard:
            piece = connection.recv(65_536)
            if not piece:
                return False  # a connection that was only opened
            heard += piece
        self.requests += 1
        return True


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure nothing, and wait for nothing long."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setattr(sts, "_PAUSES", (0, 0))
    monkeypatch.setattr(parameters, "_PAUSES", (0,))
    monkeypatch.setattr(transport, "_READ_SECONDS", 0.4)
    monkeypatch.setattr(clients, "_TIMEOUTS", {"connect_timeout": 10, "read_timeout": 0.4})


def assume_role() -> tuple[Way, Any]:
    """Return the way to STS, and what asks for a role's session there."""
    signer = Sts(KEYS, None, partition="aws")
    return signer._way, lambda: signer.run(STEP)


def read_parameter() -> tuple[Way, Any]:
    """Return the way to SSM, and what reads a parameter there."""
    ssm = Ssm(KEYS, profile=None, region="eu-west-1")
    return ssm._way, lambda: parameters.get(ssm, "/app/key")


def outcome(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_botocore: bool,
    asking: Callable[[], tuple[Way, Any]] = assume_role,
) -> Any:
    """Make a call by one of the ways, and tell what came of it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    if by_botocore:
        monkeypatch.setenv("AWS_DATA_PATH", "/nonexistent")  # which is for botocore to know
    else:
        monkeypatch.delenv("AWS_DATA_PATH", raising=False)
    try:
        way, call = asking()
        assert (way._direct is None) == by_botocore
        return call()
    except AwsactivateError as error:
        code = error.code if isinstance(error, AwsError) else None
        return type(error), error.exit_code, code, error.message, error.hint


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Open a server with a fault."""
    opened = Server(request.param)
    yield opened
    opened.close()


@pytest.mark.parametrize("server", FAULTS.values(), indirect=True, ids=FAULTS.keys())
def test_a_fault_ends_alike_on_both_ways(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = outcome(server.url, monkeypatch, by_botocore=False)
    sent, server.requests = server.requests, 0
    theirs = outcome(server.url, monkeypatch, by_botocore=True)
    if isinstance(ours, tuple) and "clock" in ours[3]:
        ours, theirs = ours[:3], theirs[:3]  # the skew of two moments
    assert (ours, sent) == (theirs, server.requests)
    assert sent >= 1


@pytest.mark.parametrize("server", FAULTS_OF_JSON.values(), indirect=True, ids=FAULTS_OF_JSON.keys())
def test_a_fault_of_parameter_store_ends_alike_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = outcome(server.url, monkeypatch, by_botocore=False, asking=read_parameter)
    sent, server.requests = server.requests, 0
    theirs = outcome(server.url, monkeypatch, by_botocore=True, asking=read_parameter)
    if isinstance(ours, tuple) and "clock" in ours[3]:
        ours, theirs = ours[:3], theirs[:3]  # the skew of two moments
    assert (ours, sent) == (theirs, server.requests)
    assert sent >= 1


def test_where_nobody_listens_both_ways_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    pauses: list[float] = []
    monkeypatch.setattr(sts, "_PAUSES", (0.01, 0.02))
    monkeypatch.setattr("awsactivate.aws.sts.time.sleep", pauses.append)
    ours = outcome(url, monkeypatch, by_botocore=False)
    assert (ours, pauses) == (outcome(url, monkeypatch, by_botocore=True), [0.01, 0.02, 0.01, 0.02])


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Who are you\r\n\r\n", b"", b"no HTTP\r\n\r\n"])
def test_a_proxy_that_says_no_ends_alike(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.sendall(answer)

    server = Server(refuse)
    server._heard = lambda connection: bool(connection.recv(65_536))  # type: ignore[method-assign]
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    try:
        ours = outcome("https://sts.example.test", monkeypatch, by_botocore=False)
        assert ours == outcome("https://sts.example.test", monkeypatch, by_botocore=True)
    finally:
        server.close()


def test_a_connection_is_used_again_and_one_that_was_closed_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that closes after its second answer, between two calls."""
    connections: list[int] = []

    def twice(connection: socket.socket) -> None:
        connections.append(1)
        connection.sendall(WHOLE)
        if server._heard(connection):
            connections.append(2)
            connection.sendall(WHOLE)

    server = Server(twice)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.delenv("AWS_DATA_PATH", raising=False)
    signer = Sts(KEYS, None, partition="aws")
    for number in range(4):
        signer.run(STEP)
        if number == 1:
            [idle] = signer._way._direct._transport._idle  # type: ignore[union-attr]
            assert idle.recv(1) == b""  # its end has come
    server.close()
    assert connections == [1, 2, 1, 2]


def test_a_first_connection_that_was_not_waited_for_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person may type for longer than a server waits for the first request."""
    listening = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
    monkeypatch.delenv("AWS_DATA_PATH", raising=False)
    signer = Sts(KEYS, None, partition="aws")
    listening.accept()[0].close()
    begun = signer._way._direct._transport._begun.result()  # type: ignore[union-attr]
    assert begun.recv(1) == b""  # its end has come

    def answer() -> None:
        with listening.accept()[0] as second:
            second.recv(65_536)
            second.sendall(WHOLE)

    answering = threading.Thread(target=answer)
    answering.start()
    signer.run(STEP)
    answering.join()
    listening.close()


def test_no_text_of_what_answered_is_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an answer of AWS may hold half a secret."""
    server = Server(
        says(http("200 OK", RESULT.replace("<SecretAccessKey>s", "<SecretAccessKey>hidden")[:-20]))
    )
    for by_botocore in (False, True):
        found = outcome(server.url, monkeypatch, by_botocore=by_botocore)
        assert "hidden" not in str(found)
    server.close()
