"""The keyring as a place of tokens: one that has not answered is not asked again by the same command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsactivate.errors import KeyringError
from awsactivate.signin.key import Key

if TYPE_CHECKING:
    from awsactivate.keychain.system_keyring import Vault

_LEFT_SECONDS = 5.0  # for what may not be there nobody waits long


class KeyringPlace:
    """The keyring of the user whose environment `environ` is; `fault` is what it has said to this command."""

    def __init__(self, environ: Mapping[str, str], fault: KeyringError | None = None) -> None:
        self._environ = environ
        self.fault = fault

    def read(self, key: Key) -> Mapping[str, Any] | None:
        """Return the token that is kept, empty where it is damaged; KeyringError where none is given."""
        from awsactivate.keychain.system_keyring import Vault

        return self._read(key, Vault(self._environ))

    def read_left(self, key: Key) -> Mapping[str, Any] | None:
        """Return one of which nothing else tells; there may be no keyring at all."""
        from awsactivate.keychain.system_keyring import Vault

        try:
            return self._read(key, Vault(self._environ, seconds=_LEFT_SECONDS))
        except KeyringError:
            return None

    def write(self, key: Key, document: Mapping[str, Any]) -> None:
        """Keep a token."""
        from awsactivate.keychain.system_keyring import Vault

        text = json.dumps(document, separators=(",", ":"))
        self._raise_fault()
        Vault(self._environ).store_sign_in(key.text, text)

    def remove(self, key: Key) -> None:
        """Take a token away, if there is one."""
        from awsactivate.keychain.system_keyring import Vault

        self._raise_fault()
        Vault(self._environ).remove_sign_in(key.text)

    def require(self) -> None:
        """Raise KeyringError where there is no keyring that could keep anything."""
        from awsactivate.keychain.system_keyring import Vault

        Vault(self._environ).require()

    def _read(self, key: Key, vault: Vault) -> Mapping[str, Any] | None:
        self._raise_fault()
        try:
            text = vault.find_sign_in(key.text)
        except KeyringError as error:
            self.fault = error
            raise
        if not text:
            return None
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        return document if isinstance(document, dict) else {}

    def _raise_fault(self) -> None:
        if self.fault is not None:
            raise self.fault
