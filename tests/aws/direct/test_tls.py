"""Whom to trust is decided alike on both ways: by the bundle that is configured, and by the server's name."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from awsactivate.aws.direct import http1, transport
from awsactivate.aws.sts import Answer
from awsactivate.errors import UnreachableError
from harness.listeners import Listener

from .test_faults import WHOLE, outcome, patience

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


@contextlib.contextmanager
def server(folder: Path, host: x509.GeneralName) -> Iterator[str]:
    """Answer over TLS, with a certificate for `host`."""
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
