"""Credentials that are begun anew before they end."""

from __future__ import annotations

import threading
from collections.abc import Callable

from awsactivate.errors import AwsactivateError
from awsactivate.sessions.credentials import Credentials

# SDKs ask for others when 15 minutes are left, and go on asking until they get what lasts longer.
_MARGIN = 20 * 60.0
_PAUSE = 30.0  # seconds after a failure
_LOOK_EVERY = 30.0  # seconds: a machine may sleep, and its clock goes on


class Renewed:
    """The credentials that are current, for any number of threads.

    `begin` opens the next session. While it does, the present credentials are given out as long as they last;
    `say` is told why, once, where it fails, and of `whose` session it is.
    """

    def __init__(
        self,
        first: Credentials,
        begin: Callable[[], Credentials],
        *,
        clock: Callable[[], float],
        say: Callable[[str], None],
        whose: str = "the session of the command",
    ) -> None:
        self._credentials = first
        self._begin = begin
        self._clock = clock
        self._say = say
        self._whose = whose
        self._margin = self._margin_of(first)
        self._lock = threading.Lock()
        self._next_try = 0.0
        self._failure: AwsactivateError | None = None
        self._ended = threading.Event()

    def current(self) -> Credentials:
        """Return credentials that have not ended; AwsactivateError where none can be had any more."""
        credentials = self._credentials
        left = self._left(credentials)
        if left is None or left > self._margin:
            return credentials
        if left > 0:
            self._renew_beside()
            return credentials
        with self._lock:
            self._renew_if_needed()
            credentials = self._credentials
        left = self._left(credentials)
        if left is not None and left <= 0:
            raise self._failure or AwsactivateError("the session has expired")
        return credentials

    def _renew_beside(self) -> None:
        """Begin the next session while the present one is given out: no client waits for a slow STS."""
        if not self._lock.acquire(blocking=False):
            return  # another thread is at it

        def renew() -> None:
            try:
                self._renew_if_needed()
            finally:
                self._lock.release()

        threading.Thread(target=renew, daemon=True).start()

    def keep(self) -> None:
        """Renew ahead of the requests, until `end`: for a thread of its own."""
        while not self._ended.wait(_LOOK_EVERY):
            if (left := self._left(self._credentials)) is not None and left <= self._margin:
                with self._lock:
                    self._renew_if_needed()

    def end(self) -> None:
        """Have `keep` return."""
        self._ended.set()

    def _renew_if_needed(self) -> None:
        left = self._left(self._credentials)
        if left is None or left > self._margin or self._clock() < self._next_try:
            return
        try:
            renewed = self._begin()
        except AwsactivateError as error:
            self._next_try = self._clock() + _PAUSE
            if self._failure is None or self._failure.message != error.message:
                self._say(f"{self._whose} can't be renewed: {error.message}")
            self._failure = error
            return
        self._margin = self._margin_of(renewed)
        self._credentials = renewed
        self._failure = None

    def _left(self, credentials: Credentials) -> float | None:
        expiration = credentials.expiration
        return None if expiration is None else expiration.timestamp() - self._clock()

    def _margin_of(self, credentials: Credentials) -> float:
        left = self._left(credentials)
        return 0.0 if left is None else min(_MARGIN, left / 2)
