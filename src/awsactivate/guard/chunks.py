"""Uploads in chunks that are signed each: every signature verified, and made anew, a chunk at a time.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator

from awsactivate.guard.claims import SIGNED_CHUNKS, UnacceptableError
from awsactivate.guard.proof import Proved
from awsactivate.guard.signed_anew import Signed
from awsactivate.sessions import sigv4
from awsactivate.sessions.sigv4 import Scope

LONGEST = 16 * 1024 * 1024
"""A chunk's size at most: it is held whole until its signature is known."""
_LONGEST_LINE = 256
_LONGEST_END = 16 * 1024
_HEAD = re.compile(rb"([0-9A-Fa-f]{1,16});chunk-signature=([0-9a-f]{64})")
_TRAILER_SIGNATURE = re.compile(rb"x-amz-trailer-signature:\s*([0-9a-f]{64})\s*", re.I)


def signed_anew(
    pieces: Iterable[bytes], proved: Proved, signed: Signed, length: int | None
) -> Iterator[bytes]:
    """Yield the body of an upload as it goes to AWS: as long as it came, to the byte.

    `length` is what `X-Amz-Decoded-Content-Length` says. An UnacceptableError comes before the chunk that is
    wrong: nothing of that has gone, and the upload must be broken off.
    """
    reader = _Reader(pieces)
    claim = proved.claim
    key = claim.scope.key(proved.stand_in.secret_access_key)
    theirs, ours = (
        _Chain(claim.scope, key, claim.signature),
        _Chain(signed.scope, signed.key, signed.signature),
    )
    left = length
    size = -1
    while size:
        found = _HEAD.fullmatch(line := reader.line())
        if found is None:
            raise _wrong("a chunk doesn't begin with its size and signature")
        size = int(found[1], 16)
        if size > LONGEST:
            raise _wrong(f"a chunk is longer than {LONGEST} bytes")
        data = reader.exactly(size + 2) if size else b"\r\n"
        if left is not None:
            left -= size
        if not data.endswith(b"\r\n") or (left is not None and (left < 0 or (not size and left))):
            raise _wrong("the chunks are not as long as the request says")
        digest = hashlib.sha256(memoryview(data)[:size]).hexdigest()
        theirs.check("PAYLOAD", f"{sigv4.EMPTY_HASH}\n{digest}", found[2])
        anew = line.replace(found[2], ours.next("PAYLOAD", f"{sigv4.EMPTY_HASH}\n{digest}")) + b"\r\n"
        yield anew + data if size else anew
    yield _end(reader.rest(), claim.payload, theirs, ours)


class _Chain:
    """Signatures of which each signs the one before it."""

    def __init__(self, scope: Scope, key: bytes, first: str) -> None:
        self._scope = scope
        self._key = key
        self._last = first

    def next(self, kind: str, hashes: str) -> bytes:
        head = f"{sigv4.ALGORITHM}-{kind}\n{self._scope.stamp}\n{self._scope}"
        self._last = sigv4.signature(self._key, f"{head}\n{self._last}\n{hashes}")
        return self._last.encode()

    def check(self, kind: str, hashes: str, signature: bytes) -> None:
        if not hmac.compare_digest(self.next(kind, hashes), signature):
            raise UnacceptableError(
                "SignatureDoesNotMatch", "a chunk's signature is not that of the key's secret"
            )


def _end(rest: bytes, payload: str, theirs: _Chain, ours: _Chain) -> bytes:
    """Return what stands behind the last chunk, with the trailer signed anew where there is one."""
    if payload == SIGNED_CHUNKS:
        if rest not in (b"", b"\r\n"):
            raise _wrong("something stands behind the last chunk")
        return rest
    signatures = list(_TRAILER_SIGNATURE.finditer(rest))
    if len(signatures) != 1:
        raise _wrong("its trailer is not signed once")
    found = signatures[0]
    if rest[found.end() :].strip():
        raise _wrong("something stands behind the signature of its trailer")
    lines = (line.strip().partition(b":") for line in rest[: found.start()].split(b"\n") if line.strip())
    trailer = b"".join(sorted(b"%s:%s\n" % (name.strip().lower(), value.strip()) for name, _, value in lines))
    digest = hashlib.sha256(trailer).hexdigest()
    theirs.check("TRAILER", digest, found[1])
    return rest[: found.start(1)] + ours.next("TRAILER", digest) + rest[found.end(1) :]


class _Reader:
    """Pieces of any size, read by lines and by lengths."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""
        self._at = 0

    def line(self) -> bytes:
        """Return what stands before the next end of a line."""
        while (end := self._held.find(b"\r\n", self._at)) < 0:
            if len(self._held) - self._at > _LONGEST_LINE or not self._more():
                raise _wrong("it ends within a chunk's first line, or that has no end")
        found = self._held[self._at : end]
        self._at = end + 2
        return found

    def exactly(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        found = [self._held[self._at : self._at + size]]
        self._at += len(found[0])
        missing = size - len(found[0])
        while missing:
            piece = next(self._pieces, None)
            if piece is None:
                raise _wrong("it ends within a chunk")
            found.append(piece[:missing])
            self._held, self._at = piece, len(found[-1])
            missing -= len(found[-1])
        return b"".join(found)

    def rest(self) -> bytes:
        """Return all that is left, which is little."""
        while len(self._held) - self._at <= _LONGEST_END:
            if not self._more():
                return self._held[self._at :]
        raise _wrong("too much stands behind the last chunk")

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        self._held, self._at = self._held[self._at :] + (piece or b""), 0
        return piece is not None


def _wrong(why: str) -> UnacceptableError:
    return UnacceptableError("InvalidRequest", f"the body is no upload in signed chunks: {why}")
