"""The run's own authority: certificates for AWS's hosts that COMMAND believes, and nobody else."""

from __future__ import annotations

import ssl
from pathlib import Path


class Authority:
    """Its key is in this process alone, and goes with it."""

    certificate: str
    """Its own, as PEM."""

    def __init__(self, folder: Path) -> None:
        """`folder` is a private one of the run's."""
        raise NotImplementedError

    def context(self, host: str) -> ssl.SSLContext:
        """Return what TLS is ended with for a host; the same each time."""
        raise NotImplementedError


def bundle(authority: Authority, others: tuple[Path, ...]) -> str:
    """Return as PEM what COMMAND trusts: the authority, and those in the files `others`."""
    raise NotImplementedError
