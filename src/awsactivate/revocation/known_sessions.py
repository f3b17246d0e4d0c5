"""What this machine knows of the user's role sessions: which may live, until when, which were revoked.

The file in the state folder holds ids, roles and times, and nothing that opens anything. What can't be
written is only not known later: it stops neither an activation nor a revocation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import private_files
from awsactivate.files.lock import locked
from awsactivate.frozen import asdict, dataclass, field, replace
from awsactivate.sessions import arn_parts

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_VERSION = 1
_GRACE_SECONDS = 300  # a session is remembered longer than it lives by this, should clocks differ
_LOCK_SECONDS = 20.0  # what the calls of others to AWS may take


@dataclass(frozen=True)
class Known:
    """One session; times are seconds since the epoch."""

    role_arn: str
    ends: int
    """When it has ended at the latest."""
    revoked_at: int | None = None
    """None: it was not revoked here."""


@dataclass(frozen=True)
class KnownSessions:
    """All that is known of them."""

    sessions: Mapping[str, Known] = field(default_factory=dict)
    """By their AssumedRoleId."""
    roles: Mapping[str, tuple[bool, int]] = field(default_factory=dict)
    """Whether a role has a list of the user's revoked sessions, and when that was looked up."""
    role_ids: Mapping[str, str] = field(default_factory=dict)
    """Each role's unique id."""

    def ends(self) -> dict[str, int]:
        """Tell when each session ends by itself."""
        return {id_: known.ends for id_, known in self.sessions.items()}

    def revoked(self, role_arn: str) -> dict[str, int]:
        """Tell which sessions of the role were revoked here, and when."""
        return {
            id_: known.revoked_at
            for id_, known in self.sessions.items()
            if known.role_arn == role_arn and known.revoked_at is not None
        }

    def living(self, role_arn: str) -> list[str]:
        """Name the sessions of the role that may be in use, the newest first."""
        alive = [
            (known.ends, id_)
            for id_, known in self.sessions.items()
            if known.role_arn == role_arn and known.revoked_at is None
        ]
        return [id_ for _, id_ in sorted(alive, reverse=True)]

    def keeps_lists(self, role_arn: str) -> bool:
        """Tell whether the role is known to have a list of the user's revoked sessions."""
        return self.roles.get(role_arn, (False, 0))[0]

    def with_session(self, assumed_role_id: str, role_arn: str, ends: int) -> KnownSessions:
        """Add a session that has begun, unless one of the same name was revoked: that denies this one too."""
        before = self.sessions.get(assumed_role_id)
        if before is not None and before.revoked_at is not None:
            return self
        return replace(self, sessions={**self.sessions, assumed_role_id: Known(role_arn, ends)})

    def with_revoked(self, ids: Iterable[str], role_arn: str, at: int, ends: int) -> KnownSessions:
        """Mark sessions as revoked; those not known yet end at `ends` at the latest."""
        sessions = dict(self.sessions)
        for id_ in ids:
            sessions[id_] = replace(sessions.get(id_, Known(role_arn, ends)), revoked_at=at)
        return replace(self, sessions=sessions)

    def with_lifted(self, ids: Iterable[str]) -> KnownSessions:
        """Forget that sessions were revoked."""
        gone = set(ids)
        return replace(
            self,
            sessions={
                id_: replace(known, revoked_at=None) if id_ in gone else known
                for id_, known in self.sessions.items()
            },
        )

    def with_role(self, role_arn: str, has_list: bool, now: int) -> KnownSessions:
        """Remember whether a role has a list."""
        return replace(self, roles={**self.roles, role_arn: (has_list, now)})

    def with_role_id(self, role_arn: str, assumed_role_id: str) -> KnownSessions:
        """Remember a role's unique id, with which the id of each of its sessions begins."""
        return replace(self, role_ids={**self.role_ids, role_arn: arn_parts.role_id_of(assumed_role_id)})

    def without_ended(self, now: int) -> KnownSessions:
        """Forget the sessions that have ended by themselves."""
        alive = {id_: known for id_, known in self.sessions.items() if now <= known.ends + _GRACE_SECONDS}
        return replace(self, sessions=alive)


class KnownSessionsFile:
    """The file of it in `folder`; `warn` is told, once, where it can't be used."""

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self._path = folder / "sessions.json"
        self._warn = warn
        self._has_warned = False

    def read(self) -> KnownSessions:
        """Read it; one that is missing or damaged is empty."""
        try:
            data = private_files.read(self._path)
        except FileNotFoundError:
            return KnownSessions()
        except OSError as error:
            self._warn_once(f"{self._path} can't be read ({error.strerror})")
            return KnownSessions()
        try:
            return _known_sessions(json.loads(data))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._warn_once(f"{self._path} was damaged, and is begun anew")
            return KnownSessions()

    def update(self, change: Callable[[KnownSessions], KnownSessions], now: int) -> None:
        """Change it, under the lock."""
        with self.locked():
            self.update_locked(change, now)

    def update_locked(self, change: Callable[[KnownSessions], KnownSessions], now: int) -> None:
        """Change it, for one who holds the lock already."""
        before = self.read()
        after = change(before).without_ended(now)
        if after == before:
            return
        content = {
            "version": _VERSION,
            "sessions": {id_: asdict(known) for id_, known in sorted(after.sessions.items())},
            "roles": {arn: list(looked) for arn, looked in sorted(after.roles.items())},
            "role_ids": dict(sorted(after.role_ids.items())),
        }
        try:
            private_files.write(self._path, json.dumps(content) + "\n")
        except AwsactivateError as error:
            self._warn_once(error.message)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the user's other processes out; where that can't be, go on without."""
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self._path.with_name("sessions.lock"), seconds=_LOCK_SECONDS))
            except OSError as error:
                self._warn_once(f"{self._path} can't be locked ({error.strerror or error})")
            yield

    def _warn_once(self, text: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._warn(f"{text}: other shells will not know of this session")


def _known_sessions(content: Any) -> KnownSessions:
    if content["version"] != _VERSION:
        raise ValueError("another version")
    return KnownSessions(
        sessions={str(id_): _known(value) for id_, value in content["sessions"].items()},
        roles={str(arn): (bool(looked[0]), int(looked[1])) for arn, looked in content["roles"].items()},
        role_ids={str(arn): str(id_) for arn, id_ in content.get("role_ids", {}).items()},
    )


def _known(value: Any) -> Known:
    known = Known(**value)
    if not isinstance(known.role_arn, str) or type(known.ends) is not int:
        raise TypeError("no session")
    if known.revoked_at is not None and type(known.revoked_at) is not int:
        raise TypeError("a time that is no number")
    return known
