"""Whom to trust is decided alike on both ways: by the bundle that is configured, and by the server's name."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from awsactivate.aws import clients
from awsactivate.aws.direct import http1, transport
from awsactivate.aws.sts import Answer
from awsactivate.errors import UnreachableError
from harness.listeners import Listener

from .test_faults import WHOLE, outcome, patience, resets

__all__ = ["patience"]


def authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make an authority of the test's own, whose certificate is in `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = signed("an authority", key, None, key, [])
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made, key


def signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    hosts: list[x509.GeneralName],
) -> x509.Certificate:
    """Make a certificate; without an issuer it is its own."""
    subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


Fault = Callable[[socket.socket, ssl.SSLContext], object]


@contextlib.contextmanager
def server(folder: Path, host: x509.GeneralName, fault: Fault | None = None) -> Iterator[str]:
    """Answer over TLS, with a certificate for `host`; or do what `fault` does."""
    issuer, issuer_key = authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "server.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + signed("a server", key, issuer, issuer_key, [host]).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")

    def answer(plain: socket.socket) -> None:
        if fault is not None:
            fault(plain, context)
            return
        with context.wrap_socket(plain, server_side=True) as heard:
            while piece := heard.recv(65_536):
                if b"RoleSessionName" in piece:
                    heard.sendall(WHOLE)
                    return

    listener = Listener(answer)
    try:
        yield f"https://127.0.0.1:{listener.port}"
    finally:
        listener.close()


HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    ("host", "bundle", "is_trusted"),
    [
        (HERE, "ca.pem", True),
        (HERE, None, False),
        (HERE, "missing.pem", False),
        (HERE, "empty.pem", False),
        (x509.DNSName("sts.example.test"), "ca.pem", False),
    ],
    ids=["own bundle", "usual bundle", "no such file", "no certificate in it", "another host"],
)
def test_a_server_is_trusted_or_not_on_both_ways(
    host: x509.GeneralName,
    bundle: str | None,
    is_trusted: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    (tmp_path / "empty.pem").touch()
    if bundle:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / bundle))
    with server(tmp_path, host) as url:
        ours = outcome(url, monkeypatch, by_botocore=False)
        assert ours == outcome(url, monkeypatch, by_botocore=True)
    assert isinstance(ours, Answer) if is_trusted else ours[0] is UnreachableError


def asked(plain: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Hear a request over TLS."""
    heard = context.wrap_socket(plain, server_side=True)
    while piece := heard.recv(65_536):
        if b"RoleSessionName" in piece:
            return heard
    raise ConnectionError("it was only opened")


def waits(connection: socket.socket) -> None:
    """Say nothing, until the other side has had enough."""
    with contextlib.suppress(OSError):
        while connection.recv(65_536):
            pass


def no_more_of_tls(said: bytes) -> Fault:
    """Answer so much, then something that is no TLS."""

    def fault(plain: socket.socket, context: ssl.SSLContext) -> None:
        with asked(plain, context) as heard:
            heard.sendall(said)
            with socket.socket(fileno=os.dup(heard.fileno())) as below:
                below.sendall(b"no record of TLS, which has a number and a length" * 3)
                waits(below)

    return fault


def breaks_off(said: bytes, *, reset: bool = False) -> Fault:
    """Answer so much, then hang up without TLS's own word for that."""

    def fault(plain: socket.socket, context: ssl.SSLContext) -> None:
        with asked(plain, context) as heard:
            heard.sendall(said)
            if reset:
                resets(heard)

    return fault


FAULTS: dict[str, Fault] = {
    "no TLS at all": lambda plain, _context: plain.sendall(WHOLE),
    "hung up": lambda plain, _context: plain.recv(65_536),
    "reset": lambda plain, _context: plain.recv(65_536) and resets(plain),
    "no greeting": lambda plain, _context: waits(plain),
    "hung up in the greeting": lambda plain, _context: plain.sendall(plain.recv(65_536)[:5] + b"\x02"),
    "garbage for an answer": no_more_of_tls(b""),
    "garbage in an answer": no_more_of_tls(WHOLE[:100]),
    "broken off before an answer": breaks_off(b""),
    "broken off in an answer": breaks_off(WHOLE[:100]),
    "broken off behind an answer": breaks_off(WHOLE),
    "reset before an answer": breaks_off(b"", reset=True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_tls_ends_alike_on_both_ways(
    fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_CONNECT_SECONDS", 0.4)
    monkeypatch.setattr(clients, "_TIMEOUTS", {"connect_timeout": 0.4, "read_timeout": 0.4})
    with server(tmp_path, HERE, fault) as url:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        ours = outcome(url, monkeypatch, by_botocore=False)
        assert ours == outcome(url, monkeypatch, by_botocore=True)


def test_a_connection_on_which_only_the_servers_tickets_wait_is_open(tmp_path: Path) -> None:
    with server(tmp_path, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))) as url:
        opened = transport.Transport(url, None, str(tmp_path / "ca.pem"))
        begun = opened._take_connection()
        assert begun.version() == "TLSv1.3"
        assert select.select([begun], [], [], 10)[0]  # they have come
        assert transport._is_open(begun)
        begun.sendall(b"RoleSessionName")
        with begun.makefile("rb") as stream:
            assert http1.read(stream)[0].status == 200
        select.select([begun], [], [], 10)  # the server hangs up after its answer
        assert not transport._is_open(begun)
