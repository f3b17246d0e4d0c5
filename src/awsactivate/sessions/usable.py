"""What an endpoint or a program answered: whether it can be credentials, or the name of who they are.

What is empty would have a tool fall through to another identity, what holds a blank or a control character
would break a header or a file, and what is longer than a kernel takes would fail every command of the shell.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from awsactivate.sessions.credentials import Credentials, rfc3339

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
_OF_SESSIONS = "ASIA"
LONGEST = 16 * 1024  # bytes; AWS's own tokens are below 2 KiB
_PLAIN = re.compile(r"[!-~]+")
_ARN = re.compile(r"arn:[!-9;-~]+:[!-9;-~]+:[!-9;-~]*:[!-9;-~]*:[!-~]+")


def fault(credentials: Credentials) -> str | None:
    """Say, without a value, what is wrong with `credentials`; None where nothing is."""
    found = part_at_fault(credentials)
    return f"the {found[0]} {found[1]}" if found else None


def part_at_fault(credentials: Credentials) -> tuple[str, str] | None:
    """Name the part of `credentials` that is wrong, and say what is; None where nothing is."""
    parts = {
        "access key id": credentials.access_key_id,
        "secret access key": credentials.secret_access_key,
        "session token": credentials.session_token,
    }
    for name, text in parts.items():
        if text is None:  # there is no token with a user's own key
            continue
        if not text:
            return name, "is empty"
        if len(text) > LONGEST:
            return name, f"has {len(text)} characters, and {LONGEST} are the most"
        if not _PLAIN.fullmatch(text):
            return name, "holds a character that none may hold"
        if text[0] == text[-1] and text[0] in "\"'":
            return name, "stands between quotes, which are no part of it"
    if credentials.session_token is None and credentials.access_key_id.startswith(_OF_SESSIONS):
        return "access key id", f"is a session's ({_OF_SESSIONS}…), and the session token is missing"
    return None


def expiry_fault(credentials: Credentials, now: float) -> str | None:
    """Say that `credentials` have ended, where `now` (AWS's own time) tells so."""
    end = credentials.expiration
    if end is None or end.timestamp() > now:
        return None
    return f"they ended at {rfc3339(end)}, and it is {rfc3339(datetime.fromtimestamp(int(now), UTC))}"


def is_arn(text: object) -> bool:
    """Tell whether `text` has the form of an ARN."""
    return isinstance(text, str) and len(text) <= LONGEST and _ARN.fullmatch(text) is not None


def is_name(text: object) -> bool:
    """Tell whether `text` is a word such as AWS's ids are."""
    return isinstance(text, str) and len(text) <= LONGEST and _PLAIN.fullmatch(text) is not None
