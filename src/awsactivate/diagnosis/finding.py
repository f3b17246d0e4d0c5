"""One thing that was looked at, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What was found: an `error` must be mended, a `warning` is for the person to judge.

    `hint` is the command that mends it, or what else does. `file` and `line` tell where it stands.
    """

    check: str
    status: Status
    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
