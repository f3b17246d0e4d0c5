"""A pace that many threads keep together: at most so many calls in any one second."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class Throughput:
    """Lets `rate` calls begin in any window of a second, and makes the others wait.

    The window is a little longer than a second, since calls that began apart may arrive together.
    """

    def __init__(
        self,
        rate: int,
        *,
        window: float = 1.05,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._window = window
        self._clock = clock
        self._sleep = sleep
        self._begun: deque[float] = deque(maxlen=rate)
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when one more call may begin."""
        with self._lock:
            now = self._clock()
            full = len(self._begun) == self._begun.maxlen
            begins = max(now, self._begun[0] + self._window) if full else now
            self._begun.append(begins)
        if begins > now:
            self._sleep(begins - now)
