"""Which MFA codes AWS has seen, remembered across the user's shells so that none is sent twice.

AWS takes a code once. The file holds, for each device, the last window that a code was made for here, a
salted hash of the last code that was accepted, and of those that were about to be sent in the last two
minutes: nothing that is worth stealing. Where the file can't be
used, this process remembers for itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from awsactivate.files import private_files
from awsactivate.files.lock import locked
from awsactivate.frozen import asdict, dataclass, replace
from awsactivate.mfa.totp import seconds_to_next_window, window

_NEVER = -(10**9)
_CODE_LIVES = 120  # seconds after which the same six digits would be another window's, by chance
_CLOCK_ERROR = 2  # windows; a mark further in the future was made by a clock that was wrong
_LOCK_SECONDS = 5.0
_MOST_SENT = 20


@dataclass(frozen=True)
class _Entry:
    """What is remembered of one device."""

    window: int = _NEVER
    """The last one whose code was taken from the seed."""
    accepted_at: float = float(_NEVER)
    """When AWS took a code last."""
    salt: str = ""
    hash: str = ""
    """Of the code that AWS took last, salted."""
    sent: tuple[tuple[float, str, str], ...] = ()
    """When each code was claimed, to be sent; a salt, and its hash."""

    def claimed_at(self, code: str, at: float) -> float | None:
        """Return when `code` was claimed, where that was so lately that it is the same one."""
        near = [entry for entry in self.sent if abs(at - entry[0]) <= _CODE_LIVES]
        return next((when for when, salt, hashed in near if _hash(code, salt) == hashed), None)


class UsedCodes:
    """The memory kept in `folder`; `warn` is told, once, where that can't be."""

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._path = folder / "used-codes.json"
        self._warn = warn
        self._has_warned = False
        self._memory: dict[str, _Entry] = {}

    def reserve(self, serial: str, window: int) -> bool:
        """Mark `window` as used for the device; False where it was already, by whichever process."""
        with self._entries() as entries:
            entry = entries.get(serial, _Entry())
            if window <= entry.window <= window + _CLOCK_ERROR:
                return False
            entries[serial] = replace(entry, window=window)
            return True

    def claim(self, serial: str, code: str, at: float) -> int:
        """Be the only process that sends `code` to AWS: 0, or the seconds until the device shows another."""
        with self._entries() as entries:
            entry = entries.get(serial, _Entry())
            if wait := _seconds_until_another(entry, code, at):
                return wait
            if (before := entry.claimed_at(code, at)) is not None:
                return seconds_to_next_window(at) if window(at) <= window(before) else 1
            salt = os.urandom(16).hex()
            lately = [other for other in entry.sent if abs(at - other[0]) <= _CODE_LIVES]
            sent = (*lately[-_MOST_SENT:], (at, salt, _hash(code, salt)))
            entries[serial] = replace(entry, sent=sent)
            return 0

    def record(self, serial: str, code: str, at: float) -> None:
        """Remember that AWS accepted `code` at `at`."""
        salt = os.urandom(16).hex()
        with self._entries() as entries:
            entry = entries.get(serial, _Entry())
            entries[serial] = replace(entry, accepted_at=at, salt=salt, hash=_hash(code, salt))

    def was_last_accepted(self, serial: str, code: str, at: float) -> int:
        """Return the seconds until the device shows another code, where AWS accepted `code` last; else 0."""
        return _seconds_until_another(self._read_known().get(serial, _Entry()), code, at)

    def accepted_within(self, serial: str, seconds: float, at: float) -> bool:
        """Tell whether AWS accepted a code of this device in the last `seconds`."""
        return 0 <= at - self._read_known().get(serial, _Entry()).accepted_at <= seconds

    @contextmanager
    def _entries(self) -> Iterator[dict[str, _Entry]]:
        """Give all entries to read and change, under a lock; write them back where they were changed."""
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self._folder / "used-codes.lock", seconds=_LOCK_SECONDS))
                before = self._read_known_on_disk()
            except OSError as error:
                self._say_unusable(error)
                yield self._memory
                return
            entries = {**before, **self._memory}
            yield entries
            if entries == before:
                return
            try:
                self._write(entries)
            except OSError as error:
                self._say_unusable(error)
                self._memory.update(entries)

    def _read_known(self) -> dict[str, _Entry]:
        """Return all entries to read only: no lock is needed, since the file is replaced as a whole."""
        try:
            return {**self._read_known_on_disk(), **self._memory}
        except OSError as error:
            self._say_unusable(error)
            return self._memory

    def _read_known_on_disk(self) -> dict[str, _Entry]:
        try:
            data = private_files.read(self._path)
        except FileNotFoundError:
            return {}
        try:
            return {serial: _entry(value) for serial, value in json.loads(data).items()}
        except (ValueError, TypeError, AttributeError, RecursionError):
            self._warn_once(f"{self._path} was damaged, and is begun anew")
            return {}

    def _write(self, entries: dict[str, _Entry]) -> None:
        new = self._folder / "used-codes.json.new"  # one name will do: the lock is held
        new.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with os.fdopen(os.open(new, flags, 0o600), "w") as file:
            json.dump({serial: asdict(entry) for serial, entry in entries.items()}, file)
        new.replace(self._path)

    def _say_unusable(self, error: OSError) -> None:
        self._warn_once(
            f"{self._path} can't be used ({error.strerror or error}): a code used here is not known elsewhere"
        )

    def _warn_once(self, text: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._warn(text)


def _seconds_until_another(entry: _Entry, code: str, at: float) -> int:
    if abs(at - entry.accepted_at) > _CODE_LIVES or _hash(code, entry.salt) != entry.hash:
        return 0
    return seconds_to_next_window(at) if window(at) <= window(entry.accepted_at) else 1


def _entry(value: Any) -> _Entry:
    entry = _Entry(**{**value, "sent": tuple(map(tuple, value.get("sent", ())))})
    for when, salt, hashed in entry.sent:
        if not isinstance(when, (int, float)) or not isinstance(salt, str) or not isinstance(hashed, str):
            raise TypeError("a code that was sent, of another form")
    if not isinstance(entry.window, int) or not isinstance(entry.accepted_at, (int, float)):
        raise TypeError("a time that is no number")
    if not isinstance(entry.salt, str) or not isinstance(entry.hash, str):
        raise TypeError("a hash that is no text")
    return entry


def _hash(code: str, salt: str) -> str:
    import hashlib  # loads OpenSSL, for which no prompt need wait

    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()
