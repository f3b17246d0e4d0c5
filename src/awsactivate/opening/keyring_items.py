"""What one activation takes out of the keyring: each profile's item once, whoever needs it first."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from awsactivate.errors import KeyringError
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.sessions.credentials import Credentials

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.keychain.item import KeyringItem, Seed


class KeyringItems:
    """The keyring's items that the index tells of; one unlocking serves the key and the seed.

    The key is wanted by the calls in the background while the seed is wanted for the code, hence the lock.
    """

    def __init__(self, environ: Mapping[str, str], index: Mapping[str, IndexEntry]) -> None:
        self._environ = environ
        self._index = index
        self._items: dict[str, KeyringItem] = {}
        self._lock = threading.Lock()

    def has_key(self, profile: str) -> bool:
        """Tell by the index whether the keyring has an access key of `profile`."""
        return profile in self._index and self._index[profile].has_keys

    def may_ask(self) -> bool:
        """Tell whether to open the keyring may end in a question on the terminal."""
        from awsactivate.keychain.system_keyring import Vault

        return Vault(self._environ).may_ask()

    def credentials(self, profile: str) -> Credentials:
        """Return the access key of `profile`; KeyringError where the keyring does not give it."""
        key = self.item(profile).key
        if key is None:
            raise KeyringError(
                f"the keyring has no access key of {profile!r}", f"awsactivate keys add {profile}"
            )
        return key.credentials

    def seed(self, serial: str) -> Seed | None:
        """Return the TOTP seed of the device `serial`; None where the index tells of none."""
        for profile, entry in self._index.items():
            if entry.has_seed and entry.mfa_serial == serial:
                seed = self.item(profile).seed
                # a run that was killed may have changed the item, and not yet the index
                if seed is not None and seed.serial == serial:
                    return seed
        return None

    def item(self, profile: str) -> KeyringItem:
        """Return the whole item of `profile`; KeyringError where the keyring does not give it."""
        with self._lock:
            if profile not in self._items:
                from awsactivate.keychain.system_keyring import Vault

                self._items[profile] = Vault(self._environ).load(profile)
            return self._items[profile]
