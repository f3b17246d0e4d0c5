"""Keyrings that do not open."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from harness.file_keyring import FileKeyring


class LockedKeyring(KeyringBackend):
    """A keyring whose dialogue was dismissed."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")


class ReadOnlyKeyring(FileKeyring):
    """A keyring that can be read, and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")


class OnceOnlyKeyring(FileKeyring):
    """A keyring that locks itself after the first write."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.path.exists():
            raise KeyringLocked("Failed to unlock the collection!")
        super().set_password(service, username, password)


class OneWriteKeyring(FileKeyring):
    """A keyring that locks itself after one write of this process."""

    writes = 0

    def set_password(self, service: str, username: str, password: str) -> None:
        type(self).writes += 1
        if type(self).writes > 1:
            raise KeyringLocked("Failed to unlock the collection!")
        super().set_password(service, username, password)
