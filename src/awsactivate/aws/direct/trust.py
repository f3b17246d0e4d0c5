"""Which authorities a server's certificate may come from: the same file as botocore takes."""

from __future__ import annotations

import os
import ssl
from importlib.util import find_spec
from pathlib import Path


def context(bundle: str | None) -> ssl.SSLContext:
    """Make what TLS is done with, by the authorities in the file `bundle`, or in botocore's where it is None.

    Not `ssl.create_default_context`, which is stricter in newer Pythons than what botocore does with any.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(cafile=from_home(bundle) if bundle else usual_bundle())
    return made


def from_home(path: str) -> str:
    """Return the path of a bundle whose name may begin with `~`, as what botocore sends by reads it."""
    return os.path.expanduser(path)  # noqa: PTH111  (which leaves one as it is that has no home)


def usual_bundle() -> str:
    """Find botocore's own file, for which certifi's stands where that is installed."""
    if find_spec("certifi") is not None:
        import certifi

        return certifi.where()
    found = find_spec("botocore")
    if found is None or found.origin is None:
        raise FileNotFoundError("botocore is not installed")
    return str(Path(found.origin).parent / "cacert.pem")
