"""What the guard refuses before it looks at a signature, each in words."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote

from awsactivate.guard.call import Head

# What says whose a request is and what it does must say so once: AWS might take the other one.
_ONCE = frozenset(
    {
        "authorization",
        "content-length",
        "content-type",
        "date",
        "host",
        "smithy-protocol",
        "x-amz-content-sha256",
    }
    | {"x-amz-date", "x-amz-decoded-content-length", "x-amz-security-token", "x-amz-target", "x-amz-trailer"}
)
_EVENTS = "application/vnd.amazon.eventstream"


class UnacceptableError(Exception):
    """A request that is refused before anybody looks at what it asks for.

    `code` is AWS's for such a case, `message` says in words what is wrong; neither holds a secret.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check(head: Head) -> None:
    """Refuse what is ambiguous, for another host than it says, or not one request and one answer."""
    counted = Counter(name.lower() for name, _ in head.headers)
    twice = sorted(name for name in _ONCE & counted.keys() if counted[name] > 1)
    if twice:
        raise UnacceptableError("InvalidRequest", f"the header {twice[0]} is there {counted[twice[0]]} times")
    if (head.get("host") or "").lower().removesuffix(":443") != head.host.removesuffix(":443"):
        raise UnacceptableError("InvalidRequest", "the request is for another host than the connection")
    if head.get("upgrade") is not None:
        raise _refused("connections that are upgraded, such as WebSockets")
    if (head.get("content-type") or "").partition(";")[0].strip().lower() == _EVENTS:
        raise _refused("event streams that COMMAND sends")
    if head.get("x-amz-s3session-token") is not None:
        raise _refused("directory buckets (S3 Express One Zone)")


def check_service(signing_name: str) -> None:
    """Refuse what is signed with sessions of its own."""
    if signing_name == "s3express":
        raise _refused("directory buckets (S3 Express One Zone)")


def check_dots(path: str) -> None:
    """Refuse a path that AWS may read as another one."""
    if {".", ".."} & {*unquote(path).split("/")}:
        raise UnacceptableError("InvalidRequest", "the path has a segment `.` or `..`")


def unsigned(authorization: str) -> UnacceptableError:
    """Return the refusal of what bears no signature of version 4; `authorization` is what it bears."""
    if authorization.startswith("AWS4-ECDSA-P256-SHA256"):
        return _refused("requests that are signed for several regions (SigV4a)")
    if authorization[:7].lower() == "bearer ":
        return _refused("bearer tokens")
    if authorization:
        return _refused("requests that are signed otherwise than by Signature Version 4")
    return _refused("unsigned requests")


def payload(word: str) -> UnacceptableError:
    """Return the refusal of a body that is none of the known kinds."""
    if word.startswith("STREAMING-AWS4-ECDSA"):
        return unsigned("AWS4-ECDSA-P256-SHA256")
    if word.endswith("-EVENTS"):
        return _refused("event streams that COMMAND sends")
    return UnacceptableError("InvalidRequest", "X-Amz-Content-SHA256 is neither a hash nor a known word")


def _refused(what: str) -> UnacceptableError:
    return UnacceptableError("AccessDenied", f"the guard lets no {what} through")
