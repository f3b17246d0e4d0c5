"""What the members of an answer are, as far as a protocol must know it to read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import unquote

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

    # One of the five, a structure by its members' names, or a list of the one shape in it.
    Shape = str | Mapping[str, Any] | list[Any]
else:
    Shape = object

TEXT = "text"
INTEGER = "integer"
BOOLEAN = "boolean"
TIMESTAMP = "timestamp"
POLICY = "policy"  # IAM's documents: JSON, quoted as in an address


class UnreadableError(Exception):
    """The answer is not of the form that AWS's answers have; the message never quotes it."""


def moment(text: str | float) -> datetime:
    """Read a time as AWS may write it: ISO 8601, seconds since the epoch, or as HTTP's headers have it."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        pass
    except (OverflowError, OSError, TypeError) as error:
        raise UnreadableError("a time that is none") from error
    with suppress(ValueError):
        return datetime.fromisoformat(str(text))
    from email.utils import parsedate_to_datetime  # which takes long to load

    try:
        return parsedate_to_datetime(str(text))
    except ValueError:
        raise UnreadableError("a time that is none") from None


def policy(text: str) -> Any:
    """Read a document as IAM writes it; what is none stays a text."""
    try:
        return json.loads(unquote(text))
    except ValueError:
        return text
