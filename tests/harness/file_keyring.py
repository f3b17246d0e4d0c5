"""A keyring in a file of a test's own, which outlives the processes that use it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps its items in $TEST_KEYRING_FILE; each write is whole or not at all, as a daemon's is."""

    priority = 1

    @property
    def path(self) -> Path:
        return Path(os.environ["TEST_KEYRING_FILE"])

    def items(self) -> dict[str, str]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self.items(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        items = self.items()
        del items[f"{service}/{username}"]
        self._write(items)

    def _write(self, items: dict[str, str]) -> None:
        new = self.path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(items))
        os.rename(new, self.path)  # noqa: PTH104  (Path.replace counts as a step of what is being tested)
