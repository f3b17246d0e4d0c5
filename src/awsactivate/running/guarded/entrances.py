"""The way in for COMMAND's calls: the proxy with its authority, or the endpoint."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from awsactivate.files import private_files
from awsactivate.guard.surroundings import Entrance, Way
from awsactivate.running.guarded.authority import Authority, bundle
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.door import Door, Handle
from awsactivate.running.guarded.endpoint_door import EndpointDoor

# In which files the user may have authorities of his own for one program or another.
_BUNDLES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@contextmanager
def opened(
    way: Way, handle: Handle, connections: Connections, folder: Path, environ: Mapping[str, str]
) -> Iterator[Entrance]:
    """Open it, until COMMAND has ended; `environ` is the user's, `folder` a private one of the run's."""
    if way == "endpoint":
        endpoint = EndpointDoor(handle)
        endpoint.open()
        try:
            yield Entrance(way, endpoint.url)
        finally:
            endpoint.close()
        return
    authority = Authority(folder)
    trusted = folder / "authorities.pem"
    private_files.write(trusted, bundle(authority, _trusted(environ)))
    door = Door(handle, authority, connections)
    door.open()
    try:
        yield Entrance(way, door.proxy_url, str(trusted))
    finally:
        door.close()


def _trusted(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Say whom the user trusts: the system's authorities, and those that he has set."""
    named = [environ[name] for name in _BUNDLES if environ.get(name)]
    system = ssl.get_default_verify_paths().cafile or ""
    found = [Path(name) for name in dict.fromkeys([system, *named]) if name]
    return tuple(path for path in found if path.is_file())
