"""Time-based one-time passwords, RFC 6238: a seed at a moment gives a code."""

from __future__ import annotations

import base64
import math

from awsactivate.errors import MfaError

PERIOD = 30  # seconds that a window lasts, on every device that AWS knows

_SHORTEST_SECRET = 14  # bytes; pyotp takes no less than these 112 bits
_ALGORITHMS = ("SHA1", "SHA256", "SHA512")


def code(seed: str, at: float, *, digits: int = 6, period: int = PERIOD, algorithm: str = "SHA1") -> str:
    """Return the code that a device with `seed` shows `at` seconds after the epoch.

    The seed is Base32 as sites print it: spaces, hyphens, lower case and missing padding do no harm.
    """
    import hashlib

    import pyotp

    if algorithm.upper() not in _ALGORITHMS:
        raise MfaError(f"the algorithm {algorithm!r} is not one of {', '.join(_ALGORITHMS)}")
    digest = getattr(hashlib, algorithm.lower())
    # By the counter: pyotp's own way from a time goes through local time, which repeats an hour each autumn.
    return str(pyotp.HOTP(_base32(seed), digits=digits, digest=digest).at(window(at, period)))


def window(at: float, period: int = PERIOD) -> int:
    """Return the number of the window that `at` lies in, RFC 6238's T."""
    return math.floor(at / period)


def seconds_to_next_window(at: float, period: int = PERIOD) -> int:
    """Return the whole seconds, at least one, after which another code is shown."""
    return math.ceil((window(at, period) + 1) * period - at)


def _base32(seed: str) -> str:
    text = "".join(seed.split()).replace("-", "").rstrip("=").upper()
    try:
        secret = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise MfaError("the TOTP seed is not Base32 (letters, and digits 2 to 7)") from error
    if len(secret) < _SHORTEST_SECRET:
        raise MfaError(f"the TOTP seed is too short: {len(secret)} bytes, at least {_SHORTEST_SECRET} needed")
    return text
