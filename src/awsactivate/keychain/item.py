"""What the keyring holds of one profile: its access key with a change of it that is under way, its TOTP seed.

All of it is one item, so that one unlocking gives it all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from awsactivate.frozen import dataclass, field
from awsactivate.mfa import totp
from awsactivate.sessions.credentials import Credentials

_VERSION = 1


@dataclass(frozen=True)
class AccessKey:
    """An IAM user's own key."""

    id: str
    secret: str = field(repr=False)
    created: str | None = None
    """IAM's CreateDate (RFC 3339), None where IAM did not tell."""

    @property
    def credentials(self) -> Credentials:
        """The key, to sign with."""
        return Credentials(self.id, self.secret)


@dataclass(frozen=True)
class Seed:
    """The TOTP secret (Base32) of an MFA device, with what RFC 6238 leaves open."""

    secret: str = field(repr=False)
    serial: str
    digits: int = 6
    period: int = totp.PERIOD
    """Seconds for which a code is valid."""
    algorithm: str = "SHA1"

    def code(self, at: float) -> str:
        """Return the code that the device shows `at` seconds after the epoch."""
        return totp.code(self.secret, at, digits=self.digits, period=self.period, algorithm=self.algorithm)


@dataclass(frozen=True)
class Rotation:
    """How far the change to a new access key has come; times are in seconds since the epoch."""

    since: int
    """When it began, by IAM's clock."""
    known: tuple[str, ...]
    """The ids of the keys that the user had then."""
    following: AccessKey | None = None
    """The new key, which is not in use yet."""
    previous: AccessKey | None = None
    """The old key, once the new one is in use."""
    delete_after: int | None = None
    """Set when the old key is inactive."""
    until: int | None = None
    """When the answer that would have told the new key was given up."""


@dataclass(frozen=True)
class KeyringItem:
    """One profile's item."""

    key: AccessKey | None = None
    seed: Seed | None = None
    following_seed: Seed | None = None
    """That of a device which AWS has not enabled yet."""
    rotation: Rotation | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to keep."""
        return self == KeyringItem()


class DamagedItemError(ValueError):
    """A text is no item of ours; it is not quoted, since it may hold a secret."""


def to_text(item: KeyringItem) -> str:
    """Write an item as the keyring holds it."""
    parts = {
        "key": _key_parts(item.key),
        "seed": _seed_parts(item.seed),
        "following_seed": _seed_parts(item.following_seed),
        "rotation": _rotation_parts(item.rotation),
    }
    return json.dumps({"version": _VERSION, **_without_nones(parts)}, separators=(",", ":"))


def from_text(text: str) -> KeyringItem:
    """Read what `to_text` wrote; DamagedItemError where it is anything else."""
    try:
        parts = json.loads(text)
        if parts["version"] != _VERSION:
            raise ValueError
        return KeyringItem(
            key=_key(parts.get("key")),
            seed=_seed(parts.get("seed")),
            following_seed=_seed(parts.get("following_seed")),
            rotation=_rotation(parts.get("rotation")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # without the cause, which quotes what it could not read
        raise DamagedItemError("no item that this version can read") from None


def _without_nones(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def _key_parts(key: AccessKey | None) -> dict[str, Any] | None:
    if key is None:
        return None
    return _without_nones({"id": key.id, "secret": key.secret, "created": key.created})


def _seed_parts(seed: Seed | None) -> dict[str, Any] | None:
    if seed is None:
        return None
    return {
        "secret": seed.secret,
        "serial": seed.serial,
        "digits": seed.digits,
        "period": seed.period,
        "algorithm": seed.algorithm,
    }


def _rotation_parts(rotation: Rotation | None) -> dict[str, Any] | None:
    if rotation is None:
        return None
    return _without_nones(
        {
            "since": rotation.since,
            "known": list(rotation.known),
            "following": _key_parts(rotation.following),
            "previous": _key_parts(rotation.previous),
            "delete_after": rotation.delete_after,
            "until": rotation.until,
        }
    )


def _key(parts: Any) -> AccessKey | None:
    if parts is None:
        return None
    created = parts.get("created")
    return AccessKey(_text(parts["id"]), _text(parts["secret"]), None if created is None else _text(created))


def _seed(parts: Any) -> Seed | None:
    if parts is None:
        return None
    return Seed(
        _text(parts["secret"]),
        _text(parts["serial"]),
        _number(parts["digits"]),
        _number(parts["period"]),
        _text(parts["algorithm"]),
    )


def _rotation(parts: Any) -> Rotation | None:
    if parts is None:
        return None
    return Rotation(
        since=_number(parts["since"]),
        known=tuple(map(_text, parts["known"])),
        following=_key(parts.get("following")),
        previous=_key(parts.get("previous")),
        delete_after=_number_if_any(parts.get("delete_after")),
        until=_number_if_any(parts.get("until")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _number_if_any(value: object) -> int | None:
    return None if value is None else _number(value)
