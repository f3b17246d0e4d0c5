"""CBOR, as far as AWS's services are sent it (RFC 8949)."""

from __future__ import annotations

import struct

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 64
_BREAK = object()
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


def read(body: bytes) -> Any:
    """Read one value, which must be all of `body`; ValueError where it is none, or says a name twice."""
    try:
        value, end = _value(body, 0, 0)
    except (IndexError, struct.error, UnicodeDecodeError, TypeError) as error:
        raise ValueError("no CBOR") from error
    if end != len(body) or value is _BREAK:
        raise ValueError("no CBOR")
    return value


def _value(body: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    major, extra = body[at] >> 5, body[at] & 31
    if major == 7:
        return _simple(body, at, extra)
    count, at = _count(body, at + 1, extra)
    if major in (0, 1):
        if count is None:
            raise ValueError("a number has an end")
        return (count if major == 0 else -1 - count), at
    if major in (2, 3):
        return _text(body, at, count, major, depth)
    if major == 6:  # a tag: what it stands for is not asked
        return _value(body, at, depth + 1)
    items: list[Any] = []
    wanted = None if count is None else count * (2 if major == 5 else 1)
    while wanted is None or len(items) < wanted:
        item, at = _value(body, at, depth + 1)
        if item is _BREAK:
            if wanted is not None:
                raise ValueError("it ends too early")
            break
        items.append(item)
    if major == 4:
        return items, at
    told = dict(zip(items[::2], items[1::2], strict=True))
    if len(told) * 2 != len(items):
        raise ValueError("a name is there twice")
    return told, at


def _count(body: bytes, at: int, extra: int) -> tuple[int | None, int]:
    if extra < 24:
        return extra, at
    if extra == 31:
        return None, at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(extra)
    if size is None or at + size > len(body):
        raise ValueError("no CBOR")
    return int.from_bytes(body[at : at + size], "big"), at + size


def _text(body: bytes, at: int, count: int | None, major: int, depth: int) -> tuple[bytes | str, int]:
    if count is not None:
        if at + count > len(body):
            raise ValueError("it ends too early")
        text = body[at : at + count]
        return (text if major == 2 else text.decode()), at + count
    parts: list[Any] = []
    while True:
        part, at = _value(body, at, depth + 1)
        if part is _BREAK:
            break
        parts.append(part)
    return (b"" if major == 2 else "").join(parts), at


def _simple(body: bytes, at: int, extra: int) -> tuple[Any, int]:
    if extra == 31:
        return _BREAK, at + 1
    if extra in _FLOATS:
        size = struct.calcsize(_FLOATS[extra])
        return struct.unpack_from(_FLOATS[extra], body, at + 1)[0], at + 1 + size
    if extra in _SIMPLE:
        return _SIMPLE[extra], at + 1
    raise ValueError("no value that AWS sends")


def written(texts: dict[str, str]) -> bytes:
    """Write a map of texts."""
    told = b"".join(_of_text(name) + _of_text(value) for name, value in texts.items())
    return _begun(5, len(texts)) + told


def _of_text(text: str) -> bytes:
    encoded = text.encode()
    return _begun(3, len(encoded)) + encoded


def _begun(major: int, count: int) -> bytes:
    if count < 24:
        return bytes([major << 5 | count])
    return bytes([major << 5 | 26]) + count.to_bytes(4, "big")
