"""What a person pastes from AWS Sign-In's page: the code, and the state that tells for whom it is.

Pure.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import parse_qs


def code_in(text: str, state: str) -> str:
    """Return the code; ValueError says what is wrong, and quotes nothing."""
    try:
        padded = text.strip() + "=" * (-len(text.strip()) % 4)
        said = parse_qs(base64.b64decode(padded, validate=True).decode("ascii"))
        code, own = said["code"][0], said["state"][0]
    except (binascii.Error, UnicodeDecodeError, ValueError, KeyError):
        raise ValueError("this is not the code that the page shows, or not all of it") from None
    if not hmac.compare_digest(own.encode(), state.encode()):
        raise ValueError("this code is of another sign-in")
    return code
