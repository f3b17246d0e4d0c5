"""The time of the embedded AWS, which may differ from this machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """This machine's time, and what tests add to it."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        self._skew = 0.0

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return time.time() + self._elapsed + self._skew

    def now_for_signatures(self) -> float:
        """Return the time that signatures are held against.

        Time that `advance` let go by has gone by for the callers too, though their clocks do not show it.
        """
        return time.time() + self._skew

    def advance(self, seconds: float) -> None:
        """Let `seconds` go by at once, for AWS and its callers alike."""
        self._elapsed += seconds

    def set_skew(self, seconds: float) -> None:
        """Make AWS's clock and this machine's disagree by `seconds`."""
        self._skew = seconds

    def reset(self) -> None:
        """Agree with this machine again."""
        self._elapsed = self._skew = 0.0


def iso8601(epoch: float) -> str:
    """Write a time as IAM's condition keys have it."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def basic_iso8601(epoch: float) -> str:
    """Write a time as a signature's date has it."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y%m%dT%H%M%SZ")
