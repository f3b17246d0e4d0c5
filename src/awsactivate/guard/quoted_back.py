"""A bad answer of AWS's, freed of the real key that it may quote: AWS shows there what it got.

A wrong signature is answered with the request as AWS read it, an old token with the token.
"""

from __future__ import annotations

import re

from awsactivate.guard.call import Headers
from awsactivate.guard.stand_ins import StandIn
from awsactivate.guard.unsupported import UnacceptableError
from awsactivate.guard.unzipping import GZIP_OR_ZLIB, unzipped
from awsactivate.sessions.credentials import Credentials

LONGEST = 1 << 20
"""Of a bad answer that is sent on."""
_OF_THE_BODY = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "trailer", "content-md5"}
)


def cleaned(headers: Headers, body: bytes, real: Credentials, shown: StandIn) -> tuple[Headers, bytes]:
    """Return an answer with the stand-in key where the real one stood; as it is where none is in it.

    An UnacceptableError where nobody can tell.
    """
    plain = _plain(headers, body)
    anew = plain
    kept = headers
    for secret, instead in (
        (real.session_token, shown.session_token or "hidden-by-awsactivate"),
        (real.access_key_id, shown.access_key_id),
    ):
        if not secret:
            continue
        pattern = re.compile(_in_any_form(secret))
        anew = pattern.sub(instead.encode(), anew)
        anew = re.sub(_in_hexadecimal(secret), instead.encode().hex(" ").encode(), anew, flags=re.IGNORECASE)
        kept = tuple((name, _within(value, pattern, instead)) for name, value in kept)
    if anew == plain:
        return kept, body
    return tuple(one for one in kept if one[0].lower() not in _OF_THE_BODY), anew


def _within(value: str, pattern: re.Pattern[bytes], instead: str) -> str:
    return pattern.sub(instead.encode(), value.encode("latin-1")).decode("latin-1")


def _plain(headers: Headers, body: bytes) -> bytes:
    coding = next(
        (value.lower() for name, value in headers if name.lower() == "content-encoding"), "identity"
    )
    if coding in ("identity", "", "aws-chunked") or not body:
        return body
    try:
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise ValueError("it is compressed otherwise")
        return unzipped(body, LONGEST, GZIP_OR_ZLIB)
    except ValueError:
        raise unreadable() from None


def unreadable() -> UnacceptableError:
    """Return the refusal to send on what may hold the key."""
    return UnacceptableError(
        "AccessDenied", "AWS refused the call, in words that the guard can't look through"
    )


def _in_any_form(secret: str) -> bytes:
    """Match a text as it is, and as URLs, JSON and XML write it."""
    return b"".join(map(_letter, secret))


def _letter(letter: str) -> bytes:
    plain = re.escape(letter).encode()
    if letter.isalnum():
        return plain
    code = ord(letter)
    cases = b"".join(b"[%c%c]" % (one, one - 32) if one > 96 else b"%c" % one for one in b"%02x" % code)
    return rb"(?:%b|\\%b|%%(?:25)*%b|\\u00%b|&#x%b;|&#%d;)" % (plain, plain, cases, cases, cases, code)


def _in_hexadecimal(secret: str) -> bytes:
    """Match it as S3 shows the bytes of what it got."""
    return b" ?".join(b"%02x" % byte for byte in secret.encode())
