"""The change from one access key to the next: which step comes now, told by what has been done already.

What was done is written into the keyring's item before and after every step (see `item.Rotation`), so
that a rotation which was killed anywhere goes on from there. At every moment the item holds the secret of a
key that AWS accepts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from awsactivate.errors import AwsError, KeyringError
from awsactivate.frozen import dataclass
from awsactivate.keychain.item import AccessKey, KeyringItem, Rotation
from awsactivate.sessions import limits

_LONGEST_CALL = 60  # seconds after `since` in which a run that was killed can have made its key


class Standing(Protocol):
    """A key that IAM has."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def is_active(self) -> bool:
        """Whether AWS accepts it."""


@dataclass(frozen=True)
class Begin:
    """Write down which keys the user has."""

    known: tuple[str, ...]
    """The ids of those keys."""


@dataclass(frozen=True)
class Discard:
    """Delete the key that a stopped rotation had made, whose secret nobody has; any other is named."""

    key_id: str


@dataclass(frozen=True)
class Create:
    """Make a new key, and write it down."""


@dataclass(frozen=True)
class Forget:
    """Strike out the new key, which somebody has deleted."""


@dataclass(frozen=True)
class Switch:
    """Wait until STS accepts the new key, then let it take the old one's place."""

    following: AccessKey


@dataclass(frozen=True)
class Deactivate:
    """Make the old key inactive."""

    key_id: str


@dataclass(frozen=True)
class Verify:
    """See that the new key still works, now that the old one does not."""


@dataclass(frozen=True)
class Delete:
    """Delete the old key."""

    key_id: str


@dataclass(frozen=True)
class Finish:
    """Strike out the rotation: it is done."""


@dataclass(frozen=True)
class Keep:
    """Leave the old key, inactive, until its time has come."""

    key_id: str
    until: int
    """In seconds since the epoch."""


Step = Begin | Discard | Create | Forget | Switch | Deactivate | Verify | Delete | Finish | Keep


def next_step(
    item: KeyringItem, standing: Iterable[Standing], now: float, *, delete: bool, is_begun: bool = True
) -> Step:
    """Return what is to be done next; `standing` are the keys that IAM has.

    With `delete` the old key goes at once. `is_begun` tells that this very run has written down the keys
    there are; what an earlier one wrote would bound the new key's making in the wrong time. AwsError where
    IAM's keys leave no way on.
    """
    if item.key is None:
        raise KeyringError("the keyring's item has no access key")
    keys = {key.id: key for key in standing}
    rotation = item.rotation
    if rotation is None:
        _check_room(item.key.id, keys)
        return Begin(tuple(keys))
    if rotation.following is not None:
        return Switch(rotation.following) if rotation.following.id in keys else Forget()
    if rotation.previous is None:
        strangers = [key_id for key_id in keys if key_id not in rotation.known]
        if strangers:
            return Discard(strangers[0])
        _check_room(item.key.id, keys)
        return Create() if is_begun else Begin(tuple(keys))
    old = rotation.previous.id
    if old in keys and keys[old].is_active:
        return Deactivate(old)
    if rotation.delete_after is None:
        return Verify()
    if old not in keys:
        return Finish()
    if delete or now >= rotation.delete_after:
        return Delete(old)
    return Keep(old, rotation.delete_after)


def is_due(rotation: Rotation | None, now: float) -> bool:
    """Tell whether a rotation is done but for deleting the old key, and the time for that has come."""
    return rotation is not None and rotation.delete_after is not None and now >= rotation.delete_after


def is_within(created: float, rotation: Rotation) -> bool:
    """Tell whether a key was made, by IAM's clock, between the rotation's call and the end of it."""
    until = rotation.since + _LONGEST_CALL if rotation.until is None else rotation.until
    return rotation.since <= created <= until


def _check_room(key_id: str, keys: dict[str, Standing]) -> None:
    if key_id not in keys:
        raise AwsError(
            f"IAM does not have the access key {key_id} any more",
            "awsactivate keys add PROFILE",
            code="NoSuchEntity",
        )
    if len(keys) >= limits.MOST_ACCESS_KEYS:
        other = next(other for other in keys if other != key_id)
        raise AwsError(
            f"the user has a second access key already, {other}, and IAM allows no third",
            f"if nothing uses it: aws iam delete-access-key --access-key-id {other}",
            code="LimitExceeded",
        )
