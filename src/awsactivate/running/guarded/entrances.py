"""The way in for COMMAND's calls: the proxy with its authority, or the endpoint."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from awsactivate.aws.direct import trust
from awsactivate.errors import ProfileError
from awsactivate.files import private_files
from awsactivate.guard.surroundings import Entrance, Way
from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.door import Door, Handle
from awsactivate.running.guarded.endpoint_door import EndpointDoor

# In which files the user may have authorities of his own for one program or another.
_BUNDLES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# Where systems have theirs: Debian, Fedora, and macOS with the BSDs.
_SYSTEM = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


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
    private_files.write(trusted, authority.certificate + _trusted(environ))
    door = Door(handle, authority, connections)
    door.open()
    try:
        yield Entrance(way, door.proxy_url, str(trusted))
    finally:
        door.close()


def _trusted(environ: Mapping[str, str]) -> str:
    """Return whom the user trusts: the system's authorities, and those that he has set.

    ProfileError where one of his files can't be read: what it says is not to be left out unsaid.
    """
    system = [file for file in (ssl.get_default_verify_paths().cafile, *_SYSTEM) if file]
    known = [trust.usual_bundle(), *[file for file in system if Path(file).is_file()][:1]]
    named = {environ[name]: name for name in _BUNDLES if environ.get(name)}
    return "".join(map(_text, known)) + "".join(_text(file, name) for file, name in named.items())


def _text(file: str, name: str = "") -> str:
    try:
        text = Path(file).read_text("utf-8", "replace")
    except OSError as error:
        raise ProfileError(f"{name} {file} can't be read: {error.strerror}".strip()) from error
    return text if text.endswith("\n") else f"{text}\n"
