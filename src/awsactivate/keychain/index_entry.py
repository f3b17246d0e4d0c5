"""What everybody may know of one profile's item in the keyring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awsactivate.keychain.item import KeyringItem


@dataclass(frozen=True)
class IndexEntry:
    """What the keyring holds under one profile's name."""

    has_keys: bool = False
    has_seed: bool = False
    key_id: str | None = None
    mfa_serial: str | None = None
    created: str | None = None
    """The key's, in RFC 3339, where known."""


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
