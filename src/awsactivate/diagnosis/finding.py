"""One thing that was looked at, and how it was found."""

from __future__ import annotations

from typing import Literal

from awsactivate.frozen import dataclass

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What was found: an `error` must be mended, a `warning` is for the person to judge."""

    check: str
    """What was looked at."""
    status: Status
    message: str
    hint: str | None = None
    """The command that mends it, or what else does."""
    file: str | None = None
    """Where it stands."""
    line: int | None = None
    """In the file; None where none is meant."""
