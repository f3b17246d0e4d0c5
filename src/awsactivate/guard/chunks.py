"""Uploads in chunks that are signed each: every signature verified, and made anew, a chunk at a time.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from awsactivate.guard.proof import Proved
from awsactivate.guard.signed_anew import Signed


def signed_anew(
    pieces: Iterable[bytes], proved: Proved, signed: Signed, length: int | None
) -> Iterator[bytes]:
    """Yield the body of an upload as it goes to AWS: as long as it came, to the byte.

    `length` is what `X-Amz-Decoded-Content-Length` says. An UnacceptableError comes before the chunk that is
    wrong: nothing of that has gone, and the upload must be broken off.
    """
    raise NotImplementedError
