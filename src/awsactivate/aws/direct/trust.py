"""Which authorities a server's certificate may come from: the same file as botocore takes."""

from __future__ import annotations

import os
import ssl
import threading
from importlib.util import find_spec
from pathlib import Path

_lock = threading.Lock()
_shared: dict[tuple[str, int], ssl.SSLContext] = {}  # by a file's path, and when it was changed


def context(bundle: str | None) -> ssl.SSLContext:
    """Make what TLS is done with, by the authorities in the file `bundle`, or in botocore's where it is None.

    Not `ssl.create_default_context`, which is stricter in newer Pythons than what botocore does with any.
    """
    return _made(_path(bundle))


def shared(bundle: str | None) -> ssl.SSLContext:
    """Return the same, one for all that trust a file as it is now, which nobody changes.

    To read the authorities takes as long as to connect, and to let them go is waited for too.
    """
    path = _path(bundle)
    with _lock:
        key = path, Path(path).stat().st_mtime_ns
        if key not in _shared:
            _shared[key] = _made(path)
        return _shared[key]


def _path(bundle: str | None) -> str:
    return from_home(bundle) if bundle else usual_bundle()


def _made(path: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(cafile=path)
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
