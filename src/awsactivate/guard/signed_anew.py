"""A request signed anew: all that the child sent, but for whose signature it bears."""

from __future__ import annotations

from urllib.parse import quote

from awsactivate.frozen import dataclass, field, replace
from awsactivate.guard.call import Head, Headers
from awsactivate.guard.proof import Proved, canonical_text
from awsactivate.sessions import sigv4
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sigv4 import Scope

_TOKEN = "x-amz-security-token"  # noqa: S105  (a header's name)


@dataclass(frozen=True)
class Signed:
    """A request as it goes to AWS, and what signs the chunks of its body."""

    head: Head
    scope: Scope
    signature: str
    key: bytes = field(repr=False)


def signed_anew(
    head: Head, proved: Proved, credentials: Credentials, *, region: str = "", service: str = ""
) -> Signed:
    """Sign a request with `credentials`, at the time at which it was signed before.

    `head` is as it goes on: to another host and path than it came for, where the user has an endpoint.
    `region` and `service` are for a door where the child could not know them.
    """
    scope = proved.claim.scope
    scope = Scope(scope.stamp, region or scope.region, service or scope.service)
    made = _in_link if proved.claim.lasts is not None else _in_header
    return made(head, proved, credentials, scope)


def _in_header(head: Head, proved: Proved, credentials: Credentials, scope: Scope) -> Signed:
    token = credentials.session_token
    names = {*proved.claim.signed_headers} - {_TOKEN} | ({_TOKEN} if token else set())
    signed = tuple(sorted(names))
    head = replace(head, headers=_with_token(head.headers, token))
    key, signature = _signature(head, signed, proved, credentials, scope)
    authorization = (
        f"{sigv4.ALGORITHM} Credential={credentials.access_key_id}/{scope},"
        f" SignedHeaders={';'.join(signed)}, Signature={signature}"
    )
    headers = tuple(
        (name, authorization if name.lower() == "authorization" else value) for name, value in head.headers
    )
    return Signed(replace(head, headers=headers), scope, signature, key)


def _in_link(head: Head, proved: Proved, credentials: Credentials, scope: Scope) -> Signed:
    token = credentials.session_token
    ours = {"X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Signature"}
    said = {"X-Amz-Credential": f"{credentials.access_key_id}/{scope}"}
    if token:
        said["X-Amz-Security-Token"] = token
    pairs: list[str] = []
    for pair in head.query.split("&"):
        name = pair.partition("=")[0]
        if name not in ours:
            pairs.append(pair)
        elif name in said:
            pairs.append(_pair(name, said.pop(name)))
    pairs += [_pair(name, value) for name, value in said.items()]
    head = replace(head, target=f"{head.path}?{'&'.join(pairs)}")
    key, signature = _signature(head, proved.claim.signed_headers, proved, credentials, scope)
    return Signed(replace(head, target=f"{head.target}&X-Amz-Signature={signature}"), scope, signature, key)


def _signature(
    head: Head, names: tuple[str, ...], proved: Proved, credentials: Credentials, scope: Scope
) -> tuple[bytes, str]:
    key = scope.key(credentials.secret_access_key)
    text = canonical_text(head, names, proved.form, proved.payload)
    return key, sigv4.signature(key, sigv4.text_to_sign(scope, text))


def _with_token(headers: Headers, token: str | None) -> Headers:
    """Put the token where the child's was, else where SDKs have it."""
    names = [name.lower() for name, _ in headers]
    rest = [(name, value) for name, value in headers if name.lower() != _TOKEN]
    if token is None:
        return tuple(rest)
    if _TOKEN in names:
        at = names.index(_TOKEN)
        return (*rest[:at], (headers[at][0], token), *rest[at:])
    at = names.index("x-amz-date") + 1 if "x-amz-date" in names else names.index("authorization")
    return (*rest[:at], ("X-Amz-Security-Token", token), *rest[at:])


def _pair(name: str, value: str) -> str:
    return f"{name}={quote(value, safe='-_.~')}"
