"""The run's own authority vouches for AWS's hosts alone, and its keys lie in no file."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from awsactivate.running.guarded.authority import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def greeted(authority: Authority, of: str, asked: str, believed: str | None = None) -> str | None:
    """What a strict client finds wrong with the certificate for one host, where it asks for another."""
    here, there = socket.socketpair()
    client = ssl.create_default_context(cadata=believed or authority.certificate)
    client.verify_flags |= ssl.VERIFY_X509_STRICT

    def serve() -> None:
        with suppress(OSError), authority.context(of).wrap_socket(there, server_side=True) as secured:
            secured.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(here, server_hostname=asked) as secured:
            secured.send(b"x")
        return None
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        here.close()
        thread.join()
        there.close()


@pytest.mark.parametrize(
    "host",
    [
        "s3.amazonaws.com",
        "bucket.with.dots.s3.eu-west-1.amazonaws.com",
        f"{'b' * 63}.s3.dualstack.us-gov-west-1.amazonaws.com",
        "sts.cn-north-1.amazonaws.com.cn",
        "sqs.eu-west-1.api.aws",
    ],
)
def test_a_strict_client_believes_it_for_a_host_of_aws(authority: Authority, host: str) -> None:
    assert greeted(authority, host, host) is None


def test_a_host_has_its_own_certificate(authority: Authority) -> None:
    wrong = greeted(authority, "s3.amazonaws.com", "sts.amazonaws.com")
    assert wrong is not None
    assert "mismatch" in wrong


@pytest.mark.parametrize("host", ["example.com", "amazonaws.com.example.com"])
def test_nobody_believes_it_for_another_host(authority: Authority, host: str) -> None:
    assert greeted(authority, host, host) == "permitted subtree violation"


def test_another_runs_authority_is_believed_by_nobody(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    assert greeted(other, "s3.amazonaws.com", "s3.amazonaws.com", authority.certificate) is not None


def test_a_host_is_certified_once(authority: Authority) -> None:
    assert authority.context("iam.amazonaws.com") is authority.context("iam.amazonaws.com")


def test_hosts_that_somebody_invents_are_not_kept_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("awsactivate.running.guarded.authority._MOST", 2)
    made = Authority(tmp_path)
    first, second = made.context("a.amazonaws.com"), made.context("b.amazonaws.com")
    assert made.context("a.amazonaws.com") is first
    made.context("c.amazonaws.com")
    assert made.context("a.amazonaws.com") is first
    assert made.context("b.amazonaws.com") is not second


def test_what_lies_in_a_file_for_a_moment_is_sealed_and_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, str]] = []

    load = ssl.SSLContext.load_cert_chain

    def watching(self: ssl.SSLContext, certfile: str, *more: object, **words: object) -> None:
        path = Path(certfile)
        seen.append((path.stat().st_mode & 0o777, path.read_text()))
        load(self, certfile, *more, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watching)
    Authority(tmp_path).context("s3.amazonaws.com")
    ((mode, text),) = seen
    assert (mode, "BEGIN ENCRYPTED PRIVATE KEY" in text, "BEGIN PRIVATE KEY" in text) == (0o600, True, False)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() <= before
