"""Uploads in signed chunks go on signed anew, in memory that stays flat, and stop where one is forged."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from awsactivate.guard.call import Head
from awsactivate.guard.claims import SIGNED_CHUNKS
from awsactivate.sessions import sigv4
from awsactivate.sessions.sigv4 import Scope
from guard.keys import REAL, STAND_IN, signed_by_botocore, stop_botocore_clock
from harness.fake_aws import FakeAws, fake_aws
from harness.signing_door import Signing

HOST = "example-bucket.s3.eu-west-1.amazonaws.com"
SCOPE = Scope("20260504T123015Z", "eu-west-1", "s3")
A_HEAD = len(";chunk-signature=") + 64 + len("\r\n\r\n")


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[FakeAws]:
    (tmp_path / "aws").mkdir()
    with fake_aws(tmp_path / "aws") as server:
        yield server


@pytest.fixture
def signing(tmp_path: Path, aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signing]:
    stop_botocore_clock(monkeypatch)
    made = Signing(tmp_path, aws)
    made.door.open()
    yield made
    made.door.close()
    made.connections.close()


def signatures(secret: str, seed: str, data: bytes, count: int) -> Iterator[str]:
    """Sign `count` chunks that are all `data`, and the last one, by AWS's recipe."""
    key, last = SCOPE.key(secret), seed
    for body in (*[data] * count, b""):
        digest = hashlib.sha256(body).hexdigest()
        text = f"{sigv4.ALGORITHM}-PAYLOAD\n{SCOPE.stamp}\n{SCOPE}\n{last}\n{sigv4.EMPTY_HASH}\n{digest}"
        last = sigv4.signature(key, text)
        yield last


def written(signature: str, data: bytes) -> bytes:
    """Write one chunk."""
    return f"{len(data):x};chunk-signature={signature}\r\n".encode() + data + b"\r\n"


def upload(signing: Signing, data: bytes, count: int, *, forged: int | None = None) -> bytes:
    """Send an object of `count` chunks; return what is answered."""
    length = count * (len(f"{len(data):x}") + A_HEAD + len(data)) + 1 + A_HEAD
    headers = {"X-Amz-Content-SHA256": SIGNED_CHUNKS, "Content-Encoding": "aws-chunked"}
    headers |= {"X-Amz-Decoded-Content-Length": str(count * len(data)), "Content-Length": str(length)}
    head = signed_by_botocore(STAND_IN, f"https://{HOST}/key", method="PUT", headers=headers, service="s3")
    with signing.secured(HOST) as client:
        client.sendall(as_text(head))
        for number, signature in enumerate(
            signatures(STAND_IN.secret_access_key, seed_of(head), data, count)
        ):
            sent = written(signature, b"" if number == count else data)
            client.sendall(sent.replace(data, data[:-1] + b"!") if number == forged else sent)
        return client.recv(65536)


def as_text(head: Head) -> bytes:
    """Write a request's head, but for the length that botocore adds for a body it has not got."""
    lines = [f"{name}: {value}" for name, value in head.headers if (name, value) != ("Content-Length", "0")]
    return "\r\n".join((f"{head.method} {head.target} HTTP/1.1", *lines, "", "")).encode()


def seed_of(head: Head) -> str:
    """Return the signature of a request's head."""
    return str(head.get("authorization")).rpartition("=")[2]


def test_an_upload_arrives_as_the_real_key_signs_it(aws: FakeAws, signing: Signing) -> None:
    data = bytes(range(256)) * 256
    assert upload(signing, data, 3).startswith(b"HTTP/1.1 200 ")
    (recorded,) = aws.requests
    seed = str(recorded.get("authorization")).rpartition("=")[2]
    real = signatures(REAL.secret_access_key, seed, data, 3)
    assert recorded.body == b"".join(map(written, real, (data, data, data, b"")))


def test_it_stops_before_a_chunk_that_was_forged(aws: FakeAws, signing: Signing) -> None:
    data = bytes(65536)
    with suppress(ConnectionError):  # the door does not wait for the rest
        upload(signing, data, 3, forged=1)
    assert [str(failure) for failure in signing.failures] == [
        "a chunk's signature is not that of the key's secret"
    ]
    assert b"!" not in b"".join(recorded.body for recorded in aws.requests)


@pytest.mark.long
def test_a_gibibyte_goes_through_in_flat_memory(aws: FakeAws, signing: Signing) -> None:
    aws.keeps_bodies = False
    size, count = 1 << 20, 1024
    tracemalloc.start()
    try:
        assert upload(signing, bytes(size), count).startswith(b"HTTP/1.1 200 ")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    (recorded,) = aws.requests
    assert recorded.length > size * count
    assert peak < 16 * size
