"""Which one-time codes AWS takes for a device, and which it has taken already.

A code is good in the window before, the current or the next one (RFC 6238, section 5.2), and only once: of
a device, no code is taken that is not later than the last one taken.
"""

from __future__ import annotations

import pyotp

from awsactivate.demo.clock import Clock

WINDOW = 30  # seconds
# AWS takes a pair of codes for enrolment from a somewhat wider time
_ENROLMENT_WINDOWS = range(-3, 2)


def code_at(seed: str, window: int) -> str:
    """Compute the code of a window, counted from the epoch."""
    return pyotp.TOTP(seed).generate_otp(window)


class Devices:
    """The last window taken of each device, by its seed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str, int] = {}

    def current_window(self) -> int:
        """Count the windows since the epoch."""
        return int(self._clock.now() // WINDOW)

    def take(self, seed: str, code: str) -> bool:
        """Take a code to log in with; False refuses it."""
        now = self.current_window()
        for window in (now - 1, now, now + 1):
            if window > self._last.get(seed, -1) and code_at(seed, window) == code:
                self._last[seed] = window
                return True
        return False

    def take_pair(self, seed: str, first: str, second: str) -> bool:
        """Take two codes that follow each other, as enrolment wants them; False refuses them."""
        now = self.current_window()
        for window in (now + offset for offset in _ENROLMENT_WINDOWS):
            if (code_at(seed, window), code_at(seed, window + 1)) == (first, second):
                self._last[seed] = max(window + 1, self._last.get(seed, -1))
                return True
        return False

    def unused_code(self, seed: str) -> str | None:
        """Compute a code that would be taken now: this window's, or else the next one's."""
        now = self.current_window()
        for window in (now, now + 1):
            if window > self._last.get(seed, -1):
                return code_at(seed, window)
        return None
