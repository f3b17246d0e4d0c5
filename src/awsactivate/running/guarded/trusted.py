"""Whom COMMAND believes: the run's own authority, and for what is relayed all that it believed before."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

from awsactivate.aws.direct import trust
from awsactivate.errors import ProfileError

# Each is a file of authorities for somebody.
_NAMED = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


def read_bundle(certificate: str, environ: Mapping[str, str], ca_bundle: str | None) -> str:
    """Return the authorities as PEM, the run's `certificate` first.

    `environ` is the user's, and `ca_bundle` what the profile names. One file stands for all, so what is
    trusted by one of the user's variables is by all; AWS's hosts are not reached by it.
    """
    named = dict.fromkeys(filter(None, (ca_bundle, *(environ.get(name) for name in _NAMED))))
    pieces = [certificate, *map(_read, named), *_read_systems()]
    return "".join(f"{piece.strip()}\n" for piece in pieces)


def _read(path: str) -> str:
    try:
        return Path(trust.from_home(path)).read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise ProfileError(f"the CA bundle {path} can't be read: {error.strerror}") from error


def _read_systems() -> Iterator[str]:
    """The file of the system's, or where it has none that of botocore."""
    path = ssl.get_default_verify_paths().cafile
    yield Path(path or trust.usual_bundle()).read_text("utf-8", "surrogateescape")
