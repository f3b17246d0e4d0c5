"""Calls whose answers hold credentials: those that the guard makes, and those that it refuses by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from awsactivate.frozen import replace
from awsactivate.guard import handed_out_json, handed_out_xml
from awsactivate.guard.call import Head, Headers
from awsactivate.guard.stand_ins import StandIn
from awsactivate.guard.unsupported import UnacceptableError
from awsactivate.sessions.credentials import Credentials

MADE_HERE = {"sts": ("AssumeRole", "GetFederationToken", "GetScopedCredentials", "GetSessionToken")}
"""By signing name: what is made with the real keys, and answered with stand-ins."""

_KEY = b"SecretAccessKey"
# As a member of a document in JSON, XML or CBOR
_NAMED = re.compile(
    rb"(?<!\\)\"secretAccessKey\"\s*:|<secretAccessKey[\s>]|\x6fsecretAccessKey[\x60-\x7f]", re.IGNORECASE
)
_LONGEST = 64  # bytes of it
# of AssumedRoleUser or FederatedUser; nothing else in an answer may have a colon
_ARN = re.compile(rb"arn:[a-z-]+:sts::\d{12}:(?:assumed-role|federated-user)/[\w+=,.@/-]+")
_OF_THE_BODY = frozenset(
    {"content-length", "transfer-encoding", "content-encoding", "content-md5", "trailer"}
)


def is_made_here(signing_name: str, operation: str) -> bool:
    """Tell whether the guard makes this call and answers with stand-ins."""
    return operation in MADE_HERE.get(signing_name, ())


def parse(text: str) -> dict[str, tuple[str, ...]]:
    """Read the table of what hands out credentials: signing name → operations; see its head for the form."""
    return {
        signing_name: tuple(operations)
        for signing_name, *operations in map(str.split, text.splitlines())
        if not signing_name.startswith("#")
    }


def asked_plainly(head: Head) -> Head:
    """Return a call to be answered without compression, so that it can be read; before it is signed."""
    return replace(
        head,
        headers=tuple(
            (name, "identity" if name.lower() == "accept-encoding" else value) for name, value in head.headers
        ),
    )


def watched(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield an answer's pieces as they come; an UnacceptableError before a secret key's name would go on.

    For answers of services that hand out credentials to calls that were named as others: a name in a text
    that the answer quotes does not look so.
    """
    tail = b""
    for piece in pieces:
        if _NAMED.search(tail + piece):
            raise UnacceptableError("AccessDenied", "the answer holds credentials, and the guard keeps them")
        tail = (tail + piece)[-_LONGEST:]
        yield piece


def keeps(signing_name: str) -> bool:
    """Tell whether all answers of a service go through `answered`, whatever its calls are named."""
    return signing_name in MADE_HERE


def answered(
    headers: Headers, body: bytes, stand_in_for: Callable[[Credentials, str], StandIn]
) -> tuple[Headers, bytes]:
    """Return a good answer of AWS's, with a stand-in where the credentials were; as it is where none are.

    `stand_in_for` makes and keeps one, of the credentials and the ARN whose they are: '' where the answer
    names none, as for a session of who asked. What depends on the body's length and form is left out of the
    headers.
    An UnacceptableError where the credentials can't be read: the answer must not go on then.
    """
    kinds = {name.lower(): value.lower() for name, value in headers}
    form = handed_out_json if "json" in kinds.get("content-type", "") else handed_out_xml
    try:
        if kinds.get("content-encoding", "identity") != "identity":
            raise ValueError("it is compressed")
        if _KEY not in body:
            return _without_length(headers), body
        real = form.read(body)
        stand_in = stand_in_for(real, _whose(body))
        anew = form.written(body, stand_in)
    except ValueError:
        raise _unreadable() from None
    secrets = (real.secret_access_key, real.session_token or real.secret_access_key)
    if any(secret.encode() in anew for secret in secrets):
        raise _unreadable()
    return _without_length(headers), anew


def _whose(body: bytes) -> str:
    named = set(_ARN.findall(body.replace(b"\\/", b"/")))  # so some write it in JSON
    if len(named) > 1:
        raise ValueError("it names several")
    return named.pop().decode() if named else ""


def _without_length(headers: Headers) -> Headers:
    return tuple(one for one in headers if one[0].lower() not in _OF_THE_BODY)


def _unreadable() -> UnacceptableError:
    return UnacceptableError(
        "AccessDenied", "the guard can't read the credentials that AWS answered, and keeps them"
    )
