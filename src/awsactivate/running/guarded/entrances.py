"""The way in for COMMAND's calls: the proxy with its authority, or the endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from awsactivate.files import private_files
from awsactivate.guard.surroundings import Entrance
from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.door import Door, Handle
from awsactivate.running.guarded.endpoint_door import EndpointDoor
from awsactivate.running.guarded.trusted import read_bundle

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.guard.surroundings import DoorKind


@contextmanager
def open_entrance(
    kind: DoorKind, handle: Handle, connections: Connections, folder: Path, environ: Mapping[str, str]
) -> Iterator[Entrance]:
    """Open it, until COMMAND has ended.

    `environ` is the user's, with what the session's profile says; `folder` is a private one of the run's.
    """
    if kind == "endpoint":
        endpoint = EndpointDoor(handle)
        endpoint.open()
        try:
            yield Entrance(kind, endpoint.url)
        finally:
            endpoint.close()
        return
    authority = Authority(folder)
    trusted = folder / "authorities.pem"
    private_files.write(trusted, read_bundle(authority.certificate, environ, None))
    door = Door(handle, authority, connections)
    door.open()
    try:
        yield Entrance(kind, door.proxy_url, str(trusted))
    finally:
        door.close()
