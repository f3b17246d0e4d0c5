"""TOTP seeds as people have them: an `otpauth://` URI, which is what a QR code says, or plain Base32.

https://github.com/google/google-authenticator/wiki/Key-Uri-Format
"""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from awsactivate.errors import MfaError
from awsactivate.keychain.item import Seed
from awsactivate.mfa import totp

_ALGORITHMS = ("SHA1", "SHA256", "SHA512")
_DIGITS = (6, 8)
_LONGEST_PERIOD = 300  # seconds
# the short name: with the long one the QR code is higher than a terminal of 24 lines
_ISSUER = "AWS"


def seed(text: str, serial: str) -> Seed:
    """Read the seed of the device `serial`; MfaError says what is wrong, without quoting it."""
    text = text.strip()
    found = _from_uri(text, serial) if text.lower().startswith("otpauth:") else Seed(_base32(text), serial)
    found.code(0)  # a seed that can't make a code is refused here, not when somebody needs one
    return found


def uri(seed: Seed, user_name: str, account_id: str) -> str:
    """Write the URI for an app's QR code."""
    label = quote(f"{_ISSUER}:{user_name}@{account_id}", safe=":@")
    other = "" if seed.algorithm == "SHA1" else f"&algorithm={seed.algorithm}"
    other += "" if seed.digits == 6 else f"&digits={seed.digits}"
    other += "" if seed.period == totp.PERIOD else f"&period={seed.period}"
    return f"otpauth://totp/{label}?secret={seed.secret}&issuer={_ISSUER}{other}"


def _from_uri(text: str, serial: str) -> Seed:
    try:
        parts = urlsplit(text)
        values = {key: given[-1] for key, given in parse_qs(parts.query).items()}
    except ValueError:
        raise MfaError("the otpauth:// URI can't be read") from None
    if parts.netloc.lower() != "totp":
        raise MfaError("the otpauth:// URI must be of type totp: AWS's devices count the time")
    if not values.get("secret"):
        raise MfaError("the otpauth:// URI has no secret")
    algorithm = values.get("algorithm", "SHA1").upper().replace("-", "").removeprefix("HMAC")
    if algorithm not in _ALGORITHMS:
        raise MfaError(f"the URI's algorithm must be one of {', '.join(_ALGORITHMS)}")
    digits = _number(values, "digits", 6)
    if digits not in _DIGITS:
        raise MfaError("the URI's digits must be 6 or 8")
    period = _number(values, "period", totp.PERIOD)
    if not 1 <= period <= _LONGEST_PERIOD:
        raise MfaError(f"the URI's period must be 1 to {_LONGEST_PERIOD} seconds")
    return Seed(_base32(values["secret"]), serial, digits, period, algorithm)


def _number(values: dict[str, str], key: str, otherwise: int) -> int:
    text = values.get(key, str(otherwise))
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise MfaError(f"the URI's {key} must be a number")
    return int(text)


def _base32(text: str) -> str:
    return "".join(text.split()).replace("-", "").rstrip("=").upper()
