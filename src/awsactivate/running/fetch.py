"""A program by itself: it prints the credentials of one served profile, for `credential_process`.

SDKs start it for each fetch, so it imports nothing of ours, and of Python's only what is loaded soonest. It
gets the profile's name, as it stands in a URL; where to ask, and the token, stand in the environment.
"""

from __future__ import annotations

import os
import sys

# the module around it takes half as long to load as Python itself
from _socket import AF_INET, SOCK_STREAM, socket

URI, TOKEN = "AWSACTIVATE_SERVE_URI", "AWSACTIVATE_SERVE_TOKEN"  # sessions.environment has the same
_ADDRESS = "127.0.0.1"
_SECONDS = 120.0  # a session that has ended is begun anew first


def main(name: str) -> int:
    """Print the document; where there is none, say why, and return 1."""
    before = f"http://{_ADDRESS}:"
    uri, token = os.environ.get(URI, ""), os.environ.get(TOKEN, "")
    port = uri.removeprefix(before).removesuffix("/")
    if not uri.startswith(before) or not port.isdecimal() or not token:
        return _fail(
            "this profile is served to a command of awsactivate's alone, and its environment is not here"
        )
    try:
        answer = _answer(
            int(port), f"GET /{name} HTTP/1.0", f"Host: {_ADDRESS}:{port}", f"Authorization: {token}"
        )
    except (OSError, OverflowError) as error:
        return _fail(f"awsactivate serves this command no more: {error}")
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status != [b"200"]:
        return _fail(_reason(body) if status else "awsactivate serves this command no more")
    sys.stdout.write(body.decode())
    return 0


def _reason(body: bytes) -> str:
    import json  # which no answer that is good needs

    try:
        return str(json.loads(body)["message"])
    except (ValueError, TypeError, KeyError):
        return "the answer is none of awsactivate's"


def _answer(port: int, *lines: str) -> bytes:
    connection = socket(AF_INET, SOCK_STREAM)
    connection.settimeout(_SECONDS)
    connection.connect((_ADDRESS, port))
    asked = "\r\n".join((*lines, "", "")).encode()
    while asked:
        asked = asked[connection.send(asked) :]
    answer = b""
    while piece := connection.recv(65_536):
        answer += piece
    connection.close()
    return answer


def _fail(why: str) -> int:
    sys.stderr.write(f"awsactivate: error: {why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
