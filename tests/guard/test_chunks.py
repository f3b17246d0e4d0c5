"""Uploads in signed chunks: AWS's public examples, each byte that may be wrong, memory that stays flat."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from awsactivate.guard import chunks
from awsactivate.guard.canonical import forms
from awsactivate.guard.claims import SIGNED_CHUNKS, Claim, UnacceptableError
from awsactivate.guard.proof import Proved
from awsactivate.guard.signed_anew import Signed
from awsactivate.guard.stand_ins import StandIn
from awsactivate.sessions.sigv4 import Scope
from guard.keys import STAND_IN

# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
PUBLIC = StandIn("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SCOPE = Scope("20130524T000000Z", "us-east-1", "s3")
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
FIRST = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
SECOND = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
LAST = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
TRAILED_SEED = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
TRAILED = (
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
)
TRAILER = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
LENGTH = 66560


def upload(*signatures: str, trailer: bytes = b"") -> bytes:
    """Write the body of AWS's examples: 65 KiB of the letter a, in chunks of 64."""
    parts = []
    for size, signature in zip((65536, 1024, 0), signatures, strict=True):
        parts.append(f"{size:x};chunk-signature={signature}\r\n".encode() + b"a" * size)
        parts.append(b"\r\n" if size or not trailer else trailer)
    return b"".join(parts)


def trailer(signature: str = TRAILER, checksum: str = "sOO8/Q==", end: str = "\r\n") -> bytes:
    """Write the trailer of AWS's example."""
    return f"x-amz-checksum-crc32c:{checksum}{end}x-amz-trailer-signature:{signature}\r\n\r\n".encode()


PLAIN = upload(FIRST, SECOND, LAST)
WITH_TRAILER = upload(*TRAILED, trailer=trailer())


def proved(seed: str, key: StandIn = PUBLIC, payload: str = SIGNED_CHUNKS) -> Proved:
    """Return what is known of an upload once its head was verified."""
    claim = Claim(key.access_key_id, SCOPE, ("host",), seed, None, payload)
    return Proved(claim, key, forms("s3")[0], payload)


def to_aws(key: StandIn, seed: str) -> Signed:
    """Return what signs the chunks that go on."""
    return Signed(None, SCOPE, seed, SCOPE.key(key.secret_access_key))  # type: ignore[arg-type]


def cut(body: bytes, size: int) -> Iterator[bytes]:
    """Let a body come in pieces."""
    return (body[at : at + size] for at in range(0, len(body), size))


def anew(
    body: bytes | Iterable[bytes],
    seed: str = SEED,
    payload: str = SIGNED_CHUNKS,
    length: int | None = LENGTH,
) -> bytes:
    """Sign an upload of the public key's with another one."""
    pieces = [body] if isinstance(body, bytes) else body
    return b"".join(chunks.signed_anew(pieces, proved(seed, PUBLIC, payload), to_aws(STAND_IN, SEED), length))


def refused(body: bytes, **more: object) -> str:
    """Return the words in which an upload is refused."""
    with pytest.raises(UnacceptableError) as error:
        anew(body, **more)  # type: ignore[arg-type]
    return f"{error.value.code}: {error.value.message}"


@pytest.mark.parametrize("size", [1, 7, 8192, 10**6])
@pytest.mark.parametrize(
    ("body", "seed", "payload"),
    [(PLAIN, SEED, SIGNED_CHUNKS), (WITH_TRAILER, TRAILED_SEED, f"{SIGNED_CHUNKS}-TRAILER")],
    ids=["plain", "with a trailer"],
)
def test_the_public_examples_are_verified_and_come_back_as_they_were(
    body: bytes, seed: str, payload: str, size: int
) -> None:
    """By another key's signatures and back, in pieces of any size; the bytes are as many on the way."""
    between = b"".join(
        chunks.signed_anew(cut(body, size), proved(seed, PUBLIC, payload), to_aws(STAND_IN, "f" * 64), LENGTH)
    )
    assert (len(between), between == body) == (len(body), False)
    back = proved("f" * 64, STAND_IN, payload)
    assert b"".join(chunks.signed_anew(cut(between, size), back, to_aws(PUBLIC, seed), LENGTH)) == body


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\r\n"])
def test_a_trailer_may_end_its_lines_as_sdks_do(end: str) -> None:
    body = upload(*TRAILED, trailer=trailer(end=end))
    assert len(anew(body, seed=TRAILED_SEED, payload=f"{SIGNED_CHUNKS}-TRAILER")) == len(body)


def test_nothing_of_a_chunk_that_was_forged_goes_on() -> None:
    at = PLAIN.index(b"\r\n400;") + 200
    forged = PLAIN[:at] + b"b" + PLAIN[at + 1 :]
    gone: list[bytes] = []
    with pytest.raises(UnacceptableError, match="chunk's signature"):
        gone.extend(chunks.signed_anew([forged], proved(SEED), to_aws(STAND_IN, SEED), LENGTH))
    assert [piece.partition(b"\r\n")[2] for piece in gone] == [b"a" * 65536 + b"\r\n"]


@pytest.mark.parametrize(
    "body",
    [
        PLAIN.replace(FIRST.encode(), SECOND.encode()),
        PLAIN.replace(LAST.encode(), FIRST.encode()),
        PLAIN.replace(b"\r\n400;", b"\r\n3ff;"),
        upload(FIRST, LAST, SECOND),
    ],
)
def test_a_wrong_signature_or_size_is_refused(body: bytes) -> None:
    assert refused(body).startswith(("SignatureDoesNotMatch: ", "InvalidRequest: "))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PLAIN[:100], "ends within a chunk"),
        (PLAIN[: PLAIN.index(b"\r\n0;")], "ends within a chunk"),
        (PLAIN + b"x", "behind the last chunk"),
        (PLAIN + b"x" * 20_000, "too much"),
        (b"x" * 1000, "has no end"),
        (b"", "ends within"),
        (b"zz;chunk-signature=" + b"0" * 64 + b"\r\n", "size and signature"),
        (b"5\r\nhello\r\n0\r\n\r\n", "size and signature"),
        (b"1000001;chunk-signature=" + b"0" * 64 + b"\r\n", "longer than"),
        (PLAIN.replace(b"a\r\n400", b"aa\n400"), "as long as"),
    ],
)
def test_what_is_no_upload_in_chunks_is_refused(body: bytes, words: str) -> None:
    assert words in refused(body)


@pytest.mark.parametrize("length", [0, LENGTH - 1, LENGTH + 1])
def test_the_chunks_are_as_long_as_the_request_says(length: int) -> None:
    assert "as long as" in refused(PLAIN, length=length)


@pytest.mark.parametrize(
    "end",
    [
        trailer(checksum="AAAAAA=="),
        trailer(SEED),
        b"x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n",
        trailer() + b"x-amz-meta-more:1\r\n\r\n",
        trailer() + trailer(),
        b"x-amz-meta-more:1\r\n" + trailer(),
    ],
)
def test_a_trailer_is_signed_too(end: bytes) -> None:
    body = upload(*TRAILED, trailer=end)
    assert refused(body, seed=TRAILED_SEED, payload=f"{SIGNED_CHUNKS}-TRAILER").startswith(
        ("SignatureDoesNotMatch", "InvalidRequest")
    )


def long_upload(count: int, size: int) -> Iterator[bytes]:
    """Send `count` chunks of `size` bytes, signed with the stand-in key as they go."""
    scope, key = SCOPE, SCOPE.key(STAND_IN.secret_access_key)
    chain = chunks._Chain(scope, key, SEED)
    data = bytes(size)
    digest = hashlib.sha256(data).hexdigest()
    for number in range(count + 1):
        is_last = number == count
        empty = chunks.sigv4.EMPTY_HASH
        signature = chain.next("PAYLOAD", f"{empty}\n{empty if is_last else digest}").decode()
        yield f"{0 if is_last else size:x};chunk-signature={signature}\r\n".encode()
        if not is_last:
            yield from cut(data, 65536)
        yield b"\r\n"


def flat(count: int, size: int) -> int:
    """Sign a long upload anew; return the most memory that it took."""
    length = count * size
    anew = chunks.signed_anew(long_upload(count, size), proved(SEED, STAND_IN), to_aws(PUBLIC, SEED), length)
    tracemalloc.start()
    try:
        sent = sum(map(len, anew))
        assert sent > length
        peak: int = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return peak


def test_memory_stays_flat() -> None:
    assert flat(64, 1 << 18) < 4 * (1 << 18) + 500_000


@pytest.mark.long
def test_memory_stays_flat_for_a_gibibyte() -> None:
    assert flat(1024, 1 << 20) < 4 * (1 << 20) + 500_000
