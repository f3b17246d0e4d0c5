"""What everybody may know of one profile's item in the keyring, and of a sign-in."""

from __future__ import annotations

from awsactivate.frozen import dataclass

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Literal

    from awsactivate.keychain.item import KeyringItem

    # Where the token of a sign-in is kept: in the keyring, or in the AWS CLI's cache, for others to use too.
    Place = Literal["keyring", "cli"]
else:
    Place = str


@dataclass(frozen=True)
class IndexEntry:
    """What the keyring holds under one profile's name."""

    has_keys: bool = False
    has_seed: bool = False
    key_id: str | None = None
    """Of the access key, which is no secret."""
    mfa_serial: str | None = None
    """Of the device whose seed is kept, or of the key's owner."""
    created: str | None = None
    """The key's, in RFC 3339, where known."""


@dataclass(frozen=True)
class SignInEntry:
    """What everybody may know of a sign-in that was begun by this program."""

    until: str
    """When its token ends, in RFC 3339."""
    place: Place
    renews: bool = False
    """Whether another token follows by itself, for as long as the sign-in lasts at AWS."""


def entry_of(item: KeyringItem) -> IndexEntry:
    """Say of an item of the keyring what everybody may know."""
    key, seed = item.key, item.seed
    return IndexEntry(
        has_keys=key is not None,
        has_seed=seed is not None,
        key_id=key.id if key else None,
        mfa_serial=seed.serial if seed else None,
        created=key.created if key else None,
    )
