"""The value of a role's tag `awsactivate-revoked-<user>`: which of the user's sessions are denied.

Its grammar is `["ALL/t<epoch>/"] {("-" | "+") <AssumedRoleId> "/" ["t<epoch>/"]}`: `-` denies one session,
`ALL/` every session of the user, and `+` exempts one from that. The role's own policy reads it with
wildcards, so the delimiters are part of the meaning: an id is only found as `-id/` or `+id/`.

How old an entry is, its session's name tells; but a name is chosen by whoever assumes the role. So where that
is no age that a session can have, the time of writing follows the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from awsactivate.frozen import dataclass, field, replace
from awsactivate.sessions import arn_parts, limits, session_names

GRACE_SECONDS = (
    300  # an entry outlives its session by this, should clocks differ: dropping it early un-revokes
)

_VALUE = re.compile(
    r"(?:ALL/t(?P<since>\d{1,12})/)?(?P<entries>(?:[-+][A-Z0-9]+:[\w+=,.@-]+/(?:t\d{1,12}/)?)*)\Z", re.ASCII
)
_ENTRY = re.compile(r"([-+])([^/]+)/(?:t(\d{1,12})/)?")


class TooLongError(ValueError):
    """What must be denied does not fit in one tag, however it is written."""


@dataclass(frozen=True)
class Revocations:
    """What one user's tag says."""

    revoked: tuple[str, ...] = ()
    """AssumedRoleIds."""
    exempt: tuple[str, ...] = ()
    """AssumedRoleIds."""
    all_since: int | None = None
    """When every session of the user was denied, in seconds since the epoch (None: it was not)."""
    at: Mapping[str, int] = field(default_factory=dict)
    """When an entry was written, of those whose names can't be believed."""

    def denies(self, assumed_role_id: str) -> bool:
        """Tell whether the role's policy denies that session, as it stands."""
        if assumed_role_id in self.exempt:
            return False
        return self.all_since is not None or assumed_role_id in self.revoked


def parse(value: str) -> Revocations:
    """Read a tag's value; ValueError where it is not of our grammar (somebody else wrote it)."""
    match = _VALUE.match(value)
    if match is None:
        raise ValueError("the tag holds what awsactivate did not write")
    entries = _ENTRY.findall(match["entries"])
    return Revocations(
        revoked=tuple(id_ for sign, id_, _ in entries if sign == "-"),
        exempt=tuple(id_ for sign, id_, _ in entries if sign == "+"),
        all_since=int(match["since"]) if match["since"] else None,
        at={id_: int(at) for _, id_, at in entries if at},
    )


def text(revocations: Revocations) -> str:
    """Write the tag's value; TooLongError where AWS would not take it."""
    at = {id_: f"t{moment}/" for id_, moment in revocations.at.items()}
    value = "".join(
        [
            f"ALL/t{revocations.all_since}/" if revocations.all_since is not None else "",
            *(f"-{id_}/{at.get(id_, '')}" for id_ in revocations.revoked),
            *(f"+{id_}/{at.get(id_, '')}" for id_ in revocations.exempt),
        ]
    )
    if len(value) > limits.LONGEST_TAG_VALUE:
        raise TooLongError(f"{len(value)} characters are more than a tag's {limits.LONGEST_TAG_VALUE}")
    return value


def without_expired(
    revocations: Revocations, now: int, max_session_seconds: int, ends: Mapping[str, int] | None = None
) -> Revocations:
    """Drop what can only name sessions that have ended by themselves.

    `ends` tells, of sessions whose expiration is known, when that is. The age of the others is what was
    written with them, or else read off their names; those without a nonce of ours tell none, and stay.
    """
    longest = max_session_seconds + GRACE_SECONDS
    known = ends or {}
    since = revocations.all_since
    all_since = since if since is not None and now - since <= longest else None

    def is_alive(assumed_role_id: str) -> bool:
        if assumed_role_id in known:
            return now <= known[assumed_role_id] + GRACE_SECONDS
        if assumed_role_id in revocations.at:
            return now - revocations.at[assumed_role_id] <= longest
        age = age_seconds(assumed_role_id, now)
        return age is None or age <= longest

    revoked = tuple(filter(is_alive, revocations.revoked))
    # an exemption means something only beside ALL
    exempt = tuple(filter(is_alive, revocations.exempt)) if all_since is not None else ()
    at = {id_: moment for id_, moment in revocations.at.items() if id_ in (*revoked, *exempt)}
    return Revocations(revoked, exempt, all_since, at)


def stamped(
    revocations: Revocations, now: int, max_session_seconds: int, living: Iterable[str] = ()
) -> Revocations:
    """Write the time beside each entry whose name tells an age that no living session has.

    Where that does not fit, every session of the user is denied but those of `living`, as far as they fit.
    """
    longest = max_session_seconds + GRACE_SECONDS
    entries = (*revocations.revoked, *revocations.exempt)
    liars = {id_: now for id_ in entries if _is_implausible(id_, now, longest)}
    at = {id_: moment for id_, moment in {**liars, **revocations.at}.items() if id_ in entries}
    result = replace(revocations, at=at)
    if _fits(result):
        return result
    gone = set(revocations.revoked)
    return with_all_revoked(result, now=now, living=(id_ for id_ in living if id_ not in gone))


def with_revoked(
    revocations: Revocations, at: Mapping[str, int], *, now: int, living: Iterable[str] = ()
) -> Revocations:
    """Deny the sessions of `at`, which tells when each was revoked, as well.

    Where the list would not fit a tag, every session of the user is denied but those of `living`, the ones
    known to be in use, as far as these fit.
    """
    exempt = tuple(id_ for id_ in revocations.exempt if id_ not in at)
    since = revocations.all_since
    # what was revoked before every session was, is denied for as long as it could live
    new = (id_ for id_, moment in at.items() if since is None or moment > since)
    result = replace(revocations, revoked=tuple(dict.fromkeys((*revocations.revoked, *new))), exempt=exempt)
    if _fits(result):
        return result
    gone = {*result.revoked, *at}
    return with_all_revoked(
        replace(result, exempt=exempt), now=now, living=(id_ for id_ in living if id_ not in gone)
    )


def with_all_revoked(revocations: Revocations, *, now: int, living: Iterable[str] = ()) -> Revocations:
    """Deny every session of the user from now on, but `living`, the first of them that fit.

    Exemptions given before stay, unless a session of them was revoked since.
    """
    since = max(now, revocations.all_since or 0)
    exempt = (id_ for id_ in (*revocations.exempt, *living) if id_ not in revocations.revoked)
    result = Revocations(all_since=since, at=revocations.at)
    for id_ in dict.fromkeys(exempt):
        longer = replace(result, exempt=(*result.exempt, id_))
        if _fits(longer):
            result = longer
    return result


def with_exempt(revocations: Revocations, assumed_role_id: str) -> Revocations:
    """Exempt a new session from the `ALL/` in force; TooLongError where it does not fit."""
    result = replace(revocations, exempt=tuple(dict.fromkeys((*revocations.exempt, assumed_role_id))))
    text(result)
    return result


def without(revocations: Revocations, assumed_role_id: str) -> Revocations:
    """Lift the denial of one session."""
    return replace(revocations, revoked=tuple(id_ for id_ in revocations.revoked if id_ != assumed_role_id))


def without_all(revocations: Revocations) -> Revocations:
    """Lift the denial of every session; those that were denied one by one stay so."""
    return replace(revocations, exempt=(), all_since=None)


def age_seconds(assumed_role_id: str, now: int) -> int | None:
    """Read off an AssumedRoleId how long ago its session was named.

    None where the name has no nonce of ours. A name from the future, by a clock ahead of this one, is new:
    to take it for one of sixty years ago would lift its denial.
    """
    minutes = _minutes_since_named(assumed_role_id, now)
    if minutes is None:
        return None
    return 0 if minutes > session_names.CYCLE_MINUTES // 2 else minutes * 60


def _is_implausible(assumed_role_id: str, now: int, longest: int) -> bool:
    minutes = _minutes_since_named(assumed_role_id, now)
    if minutes is None:
        return False
    ahead = session_names.CYCLE_MINUTES - minutes
    return minutes * 60 > longest and ahead * 60 > GRACE_SECONDS


def _minutes_since_named(assumed_role_id: str, now: int) -> int | None:
    """Read the name's nonce, if it is one of ours: the minutes since, modulo the time that nonces tell."""
    nonce = arn_parts.session_of(assumed_role_id).rpartition("=")[2]
    if not session_names.is_nonce(nonce):
        return None
    return session_names.nonce_age(nonce, (now - session_names.EPOCH_2026) // 60)


def _fits(revocations: Revocations) -> bool:
    try:
        text(revocations)
    except TooLongError:
        return False
    return True
