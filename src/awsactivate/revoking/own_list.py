"""A user's list of revoked sessions in a role's tag, changed together with what this machine knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import dataclass, replace
from awsactivate.person import terminal
from awsactivate.revocation import tag
from awsactivate.revocation.known_sessions import KnownSessions, KnownSessionsFile
from awsactivate.revocation.tag import Revocations
from awsactivate.sessions import arn_parts, arns, limits, session_names

if TYPE_CHECKING:
    from awsactivate.aws.revocation import RoleTags


@dataclass(frozen=True)
class Written:
    """What was written."""

    revocations: Revocations
    """What the tag says now."""
    lost: tuple[str, ...] = ()
    """Which sessions known to live are denied with it that nobody revoked."""


@dataclass(frozen=True)
class OwnList:
    """The list of one user in the tag of a role."""

    iam: Any
    """Signs as that user, or as one who may write all."""
    role: arns.RoleArn
    user: str
    known_file: KnownSessionsFile
    longest: int
    """The longest that a session of the role can last, in seconds."""
    now: int
    """By AWS's clock, in seconds since the epoch."""
    maximum: int | None = None
    """What the role itself says of that, where it was asked."""

    def revoke(self, ids: Iterable[str]) -> Written:
        """Deny these sessions, and those revoked here before whose denial somebody may have overwritten."""
        new = tuple(ids)

        def change(current: Revocations | None, known: KnownSessions) -> Revocations:
            at = {**self._own(known.revoked(self.role.text)), **dict.fromkeys(new, self.now)}
            return tag.with_revoked(
                self._pruned(current, known), at, now=self.now, living=self._living(known, new)
            )

        # beforehand, so that what the network keeps from being written now is written the next time
        ends = self.now + self.longest
        self.known_file.update(lambda j: j.with_revoked(new, self.role.text, self.now, ends), self.now)
        return self._change(change, lambda known: known)

    def revoke_all(self) -> Written:
        """Deny every session of the user up to now."""

        def change(current: Revocations | None, _known: KnownSessions) -> Revocations:
            since = current.all_since if current else None
            return tag.with_all_revoked(Revocations(all_since=since), now=self.now)

        def note(known: KnownSessions) -> KnownSessions:
            own = self._own(dict.fromkeys(known.living(self.role.text), 0))
            return known.with_revoked(own, self.role.text, self.now, self.now + self.longest)

        return self._change(change, note)

    def exempt(self, assumed_role_id: str) -> Written:
        """Exempt a new session from the denial of all; TooLongError where there is no room for it."""

        def change(current: Revocations | None, known: KnownSessions) -> Revocations:
            pruned = self._pruned(current, known)
            at = self._own(known.revoked(self.role.text))
            pruned = tag.with_revoked(pruned, at, now=self.now, living=self._living(known, ()))
            if pruned.all_since is None:
                return pruned
            return tag.with_exempt(pruned, assumed_role_id)

        return self._change(change, lambda known: known)

    def lift(self, assumed_role_id: str | None) -> Written:
        """Lift the denial of one session, or (None) that of all."""

        def change(current: Revocations | None, known: KnownSessions) -> Revocations:
            return _lifted(self._pruned(current, known), assumed_role_id)

        ids = [assumed_role_id] if assumed_role_id else []
        return self._change(change, lambda known: known.with_lifted(ids))

    def preview(self, value: str, ids: Iterable[str], *, everything: bool = False) -> str:
        """Tell what the tag would say, written now over `value`."""
        from awsactivate.aws.revocation import parse

        if everything:
            return tag.text(tag.with_all_revoked(Revocations(), now=self.now))
        known = self.known_file.read().without_ended(self.now)
        pruned = self._pruned(parse(value), known)
        at = {**self._own(known.revoked(self.role.text)), **dict.fromkeys(ids, self.now)}
        living = self._living(known, at)
        return tag.text(self._stamped(tag.with_revoked(pruned, at, now=self.now, living=living), known))

    def preview_of_lifting(self, value: str, assumed_role_id: str | None) -> str:
        """Tell what the tag would say without that entry."""
        from awsactivate.aws.revocation import parse

        known = self.known_file.read().without_ended(self.now)
        return tag.text(self._stamped(_lifted(self._pruned(parse(value), known), assumed_role_id), known))

    def _change(
        self,
        change: Callable[[Revocations | None, KnownSessions], Revocations],
        note: Callable[[KnownSessions], KnownSessions],
    ) -> Written:
        from awsactivate.aws import revocation

        with self.known_file.locked():
            known = self.known_file.read().without_ended(self.now)
            result = revocation.change_tag(
                self.iam,
                self.role.name,
                self.user,
                lambda current: self._stamped(change(current, known), known),
                time.sleep,
            )
            self.known_file.update_locked(
                lambda known: note(known).with_role(self.role.text, True, self.now), self.now
            )
        lost = () if result.all_since != self.now else self._living(known, result.exempt)
        return Written(result, tuple(id_ for id_ in lost if id_ not in result.revoked))

    def _stamped(self, wanted: Revocations, known: KnownSessions) -> Revocations:
        # a maximum that is not known may be the shortest: a time too many does no harm
        maximum = limits.SHORTEST_MAXIMUM if self.maximum is None else self.maximum
        return tag.stamped(wanted, self.now, maximum, self._living(known, ()))

    def _pruned(self, current: Revocations | None, known: KnownSessions) -> Revocations:
        if current is None:
            # what somebody else wrote may have denied anything: to lift nothing, everything is denied
            living = self._living(known, ())
            return tag.with_all_revoked(Revocations(), now=self.now, living=living)
        return tag.without_expired(current, self.now, self.longest, known.ends())

    def _living(self, known: KnownSessions, but: Iterable[str]) -> list[str]:
        gone = set(but)
        return [id_ for id_ in self._own(dict.fromkeys(known.living(self.role.text), 0)) if id_ not in gone]

    def _own(self, ids: dict[str, int]) -> dict[str, int]:
        """Leave out the sessions of another user of this machine's user."""
        return {
            id_: at
            for id_, at in ids.items()
            if session_names.user_of(arn_parts.session_of(id_)).casefold() == self.user.casefold()
        }


def _lifted(current: Revocations, assumed_role_id: str | None) -> Revocations:
    if assumed_role_id is None:
        return tag.without_all(current)
    return tag.without(current, assumed_role_id)


def open_own_list(
    iam: Any, role: arns.RoleArn, user: str, tags: RoleTags, now: float, context: Context
) -> OwnList:
    """Open a user's list; how long the role's sessions last is asked only where something hangs on it."""
    from awsactivate.aws import revocation

    known_file = KnownSessionsFile(state_folder(context.environ), warn=terminal.say_of_state)
    opened = OwnList(iam, role, user, known_file, limits.LONGEST_ROLE_SESSION, int(now))
    current, ends = revocation.parse(tags.value_of(user) or ""), known_file.read().ends()
    if current is not None:
        least, most = (
            tag.without_expired(current, int(now), seconds, ends)
            for seconds in (limits.SHORTEST_MAXIMUM, limits.LONGEST_ROLE_SESSION)
        )
        if least != most:
            maximum = revocation.read_max_session_seconds(iam, role.name, time.sleep)
            return replace(opened, longest=maximum or limits.LONGEST_ROLE_SESSION, maximum=maximum)
    return opened
