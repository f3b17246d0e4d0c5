"""Addresses as they may be shown: the user part of a URL is left out, since a password stands in it.

It is taken out of texts, and not of parsed URLs: what can't be parsed is shown too, and what libraries say.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# From `scheme://` to the last @ before a blank. A password may hold each of `/?#@:` and quotes: the address
# is wrong then, but it is shown because it is wrong.
_USER_PART = re.compile(r"(?<=://)\S*@")


def without_user(text: str) -> str:
    """Return `text` with the user part of each URL in it left out."""
    return _USER_PART.sub("", text)


def shown(address: str) -> str:
    """Return an address, alone and whatever stands in it, without its user part."""
    return re.sub(r"(?<=://)(?s:.*)@", "", address)


def place(value: str) -> str | None:
    """Return the scheme, host and port of an address; None where it can't be one.

    What is before the last @ is no part of it, though for parsers a URL ends at a `/` in its password.
    """
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = "http", value
    user, at, host = rest.rpartition("@")
    if at and re.search(r"[/?#\s]", user):
        return None
    try:
        parts = urlsplit(f"{scheme}://{host}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if not parts.hostname or not re.fullmatch(r"[A-Za-z][\w+.-]*", scheme):
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{scheme}://{name}{port}"
