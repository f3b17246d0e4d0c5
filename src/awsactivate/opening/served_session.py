"""The session that `exec --serve` gives to what it runs, fetched as an SDK fetches it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from awsactivate.errors import AwsError, ProfileError
from awsactivate.sessions.credentials import Credentials

_URI, _TOKEN = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"
_OURS = "127.0.0.1"
_BEGIN = "leave this shell, and begin it anew: awsactivate exec --serve TARGET -- COMMAND"
_SECONDS = 60.0  # a session that has ended is begun anew first
_LONGEST = 65_536


def fetch_credentials(environ: Mapping[str, str]) -> Credentials | None:
    """Return the session that is served to this process; None where none of ours is.

    ProfileError where nobody serves it any more, AwsError where no other could be begun.
    """
    uri, token = environ.get(_URI, ""), environ.get(_TOKEN, "")
    if not token or _URI not in environ.get("AWSACTIVATE_VARS", "").split():
        return None
    import http.client  # which few need, and which loads long

    try:
        address = urlsplit(uri)
        host, port = address.hostname, address.port
    except ValueError:
        return None  # somebody's own, which botocore judges
    if host != _OURS:
        return None
    connection = http.client.HTTPConnection(_OURS, port, timeout=_SECONDS)  # never by a proxy
    try:
        connection.request("GET", address.path, headers={"Authorization": token})
        answer = connection.getresponse()
        said = json.loads(answer.read(_LONGEST))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ProfileError(
            "the session of this shell is served no more: the awsactivate that served it has ended",
            _BEGIN,
        ) from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        said = said if isinstance(said, dict) else {}
        raise AwsError(
            f"the session of this shell can't be renewed: {said.get('message', answer.status)}",
            code=str(said.get("code", answer.status)),
        )
    try:
        ends = said.get("Expiration")
        expiration = datetime.fromisoformat(ends) if ends else None
        return Credentials(
            str(said["AccessKeyId"]), str(said["SecretAccessKey"]), said.get("Token") or None, expiration
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ProfileError(f"what serves {_URI} answers with no document of credentials", _BEGIN) from error
