"""A compressed body, whole and within a bound: nothing behind it may hold what nobody looked at."""

from __future__ import annotations

import zlib

GZIP = 16 + zlib.MAX_WBITS
"""A body with gzip's head, and no other."""
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def unzipped(packed: bytes, most: int, form: int) -> bytes:
    """Return it unpacked; ValueError where it is none, has more than `most` bytes, or does not end there."""
    unpacking = zlib.decompressobj(form)
    try:
        plain = unpacking.decompress(packed, most)
    except zlib.error as error:
        raise ValueError("it is not gzipped as it says") from error
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("it is too long, or does not end as it should")
    return plain
