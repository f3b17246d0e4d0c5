"""In which encoding a configuration file is written: UTF-8, or what people had before it."""

from __future__ import annotations

_BEFORE = "latin-1"  # in which each byte is a character, so that what is read is written back as it was


def decoded(data: bytes) -> tuple[str, str]:
    """Return a file's text, and the encoding that it is in; ValueError tells the byte that no text has."""
    if b"\0" in data:  # UTF-16, or no text at all
        raise ValueError(f"byte {data.index(0)}")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode(_BEFORE), _BEFORE


def as_typed(name: str, encoding: str) -> str:
    """Return a name as the person has typed it, where the locale's `encoding` is not the terminal's UTF-8.

    What is no text in either is Latin-1, as it is in a file.
    """
    try:
        data = name.encode(encoding, "surrogateescape")
        return data.decode("utf-8")
    except UnicodeEncodeError:
        return name
    except UnicodeDecodeError:
        return name if name.isprintable() else data.decode(_BEFORE)
