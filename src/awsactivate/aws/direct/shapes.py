"""What the members of an answer are, as far as a protocol must know it to read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    """Read a time as AWS writes it: ISO 8601, or seconds since the epoch; in UTC where it names no zone."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        pass
    except (OverflowError, OSError, TypeError) as error:
        raise UnreadableError("a time that is none") from error
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        raise UnreadableError("a time that is none") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def policy(text: str) -> Any:
    """Read a document as IAM writes it; what is none stays a text."""
    try:
        return json.loads(unquote(text))
    except ValueError:
        return text
