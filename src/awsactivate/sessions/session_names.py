"""The names of role sessions: one session, one name, so that one can be told apart in CloudTrail.

A name is `<user>=<nonce>`. The nonce's first five characters are the minutes since 2026 modulo 32**5, so that
an entry's age can be read off it, the last five are random.
"""

from __future__ import annotations

import re

from awsactivate.sessions.limits import LONGEST_SESSION_NAME

# No i, l, o or u: a name may be read out loud, or typed off a screen.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
NONCE_LENGTH = 10
EPOCH_2026 = 1_767_225_600
FALLBACK_USER = "awsactivate"

_HALF = NONCE_LENGTH // 2
CYCLE_MINUTES: int = len(ALPHABET) ** _HALF
_NOT_ALLOWED = re.compile(r"[^\w+=,.@-]", re.A)
_NONCE = re.compile(f"[{ALPHABET}]{{{NONCE_LENGTH}}}")


def session_name(user: str, nonce: str) -> str:
    """Name one session of `user`: what AWS does not allow is left out, and the user's part cut to fit 64."""
    allowed = _NOT_ALLOWED.sub("", user) or FALLBACK_USER
    return f"{allowed[: LONGEST_SESSION_NAME - len(nonce) - 1]}={nonce}"


def nonce(minutes_since_2026: int, random_characters: str) -> str:
    """Make a nonce of the minutes since 2026-01-01T00:00Z and five random characters of `ALPHABET`."""
    if len(random_characters) != _HALF or not set(random_characters) <= set(ALPHABET):
        raise ValueError(f"a nonce needs {_HALF} characters of {ALPHABET}")
    minutes = minutes_since_2026 % CYCLE_MINUTES
    digits = ""
    for _ in range(_HALF):
        minutes, digit = divmod(minutes, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits + random_characters


def renewed(name: str, nonce: str) -> str:
    """Give a name of ours another nonce."""
    return name[:-NONCE_LENGTH] + nonce


def user_of(name: str) -> str:
    """Name the user whose sessions are called like `name`: what stands before `=` and ten characters."""
    before, equals = name[: -NONCE_LENGTH - 1], name[-NONCE_LENGTH - 1 : -NONCE_LENGTH]
    return before if before and equals == "=" else name


def is_nonce(text: str) -> bool:
    """Tell whether `text` is a nonce of ours."""
    return _NONCE.fullmatch(text) is not None


def nonce_age(text: str, minutes_since_2026: int) -> int:
    """Tell how many minutes before `minutes_since_2026` a nonce was made (modulo its cycle of 63 years)."""
    if not is_nonce(text):
        raise ValueError(f"{text!r} is not {NONCE_LENGTH} characters of {ALPHABET}")
    made = 0
    for character in text[:_HALF]:
        made = made * len(ALPHABET) + ALPHABET.index(character)
    return (minutes_since_2026 - made) % CYCLE_MINUTES
