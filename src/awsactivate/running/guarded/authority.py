"""The run's own authority: certificates for AWS's hosts that COMMAND believes, and nobody else."""

from __future__ import annotations

import datetime
import os
import secrets
import ssl
import tempfile
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from awsactivate.guard.hosts import SUFFIXES

_NAME = "awsactivate guard, for one command alone"
_BEFORE = datetime.timedelta(days=1)  # a clock in a container may be behind
_AFTER = datetime.timedelta(days=365)  # no command runs that long, and with it the keys go
_MOST = 256  # hosts whose certificates are kept; others are made again
_PEM = serialization.Encoding.PEM


class Authority:
    """Its key is in this process alone, and goes with it; it can vouch for AWS's hosts and for no others."""

    def __init__(self, folder: Path) -> None:
        """`folder` is a private one of the run's."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._own = _make_own_certificate(self._key)
        self._hosts_key = ec.generate_private_key(ec.SECP256R1())
        self._password = secrets.token_bytes(32)
        self._sealed = self._hosts_key.private_bytes(
            _PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self._password),
        )
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def certificate(self) -> str:
        """Its own, as PEM."""
        return self._own.public_bytes(_PEM).decode()

    def context(self, host: str) -> ssl.SSLContext:
        """Return what TLS is ended with for a host; mostly the same each time."""
        with self._lock:
            context = self._contexts.pop(host, None) or self._make_context(host)
            self._contexts[host] = context  # the last that was wanted
            if len(self._contexts) > _MOST:  # who invents hosts gets certificates, and no memory
                del self._contexts[next(iter(self._contexts))]
            return context

    def _make_context(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        # ssl reads keys from files only, and those of /dev/fd are root's where a process is not dumpable
        opened, path = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(opened, "wb") as file:
                file.write(self._certify(host).public_bytes(_PEM) + self._sealed)
            context.load_cert_chain(path, password=self._password)
        finally:
            Path(path).unlink()
        return context

    def _certify(self, host: str) -> x509.Certificate:
        public = self._hosts_key.public_key()
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        # a name may be longer than a subject's may be
        builder = _begin_certificate(x509.Name([]), self._own.subject, public)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(digital_signature=True), critical=True)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        return builder.add_extension(issuer, critical=False).sign(self._key, hashes.SHA256())


def _make_own_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    builder = _begin_certificate(name, name, key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True), critical=True)
    permitted = [x509.DNSName(suffix) for suffix in SUFFIXES]
    builder = builder.add_extension(x509.NameConstraints(permitted, None), critical=True)
    return builder.sign(key, hashes.SHA256())


def _begin_certificate(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - _BEFORE).not_valid_after(now + _AFTER)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    nothing = dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(digital_signature=digital_signature, key_cert_sign=key_cert_sign, **nothing)
