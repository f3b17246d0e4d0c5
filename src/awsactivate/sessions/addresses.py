"""Addresses as they may be shown: the user part of a URL is left out, since a password stands in it.

It is taken out of texts, and not of parsed URLs: what can't be parsed is shown too, and what libraries say.
"""

from __future__ import annotations

import re

# From `scheme://` to the last @ before the text ends or a blank or quotation mark comes. A password may hold
# each of `/`, `?`, `#`, `@` and `:` (in a URL that is wrong, but then it is shown because it is wrong).
_USER_PART = re.compile(r"(?<=://)[^\s'\"<>]*@")


def without_user(text: str) -> str:
    """Return `text` with the user part of each URL in it left out."""
    return _USER_PART.sub("", text)
