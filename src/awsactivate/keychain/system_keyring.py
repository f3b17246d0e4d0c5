"""The system keyring: items of profiles and texts of sign-ins, kept, read back and taken away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from awsactivate.background import Background
from awsactivate.errors import AwsactivateError, KeyringError
from awsactivate.keychain import backends
from awsactivate.keychain import item as item_texts
from awsactivate.keychain.backends import Backend
from awsactivate.keychain.item import DamagedItemError, KeyringItem

T = TypeVar("T")

SERVICE = "awsactivate"
# The service under which tokens of sign-ins are kept: their names are no profiles'.
SIGN_INS = "awsactivate-sign-ins"

_LONGEST = 1280  # characters: Windows takes 2,560 bytes, at two for each
_SECONDS = 60.0  # in which a person finds and answers the keyring's own dialogue


class Vault:
    """The keyring that `environ` stands for, opened when it is first needed.

    Every method raises KeyringError where the keyring is missing, locked, insecure, silent or broken.
    """

    def __init__(self, environ: Mapping[str, str], *, seconds: float = _SECONDS) -> None:
        self._environ = environ
        self._seconds = seconds
        self._opened: Backend | None = None

    @property
    def name(self) -> str:
        """The backend's name, for people."""
        return backends.name_of(self._open())

    def is_locked(self) -> bool | None:
        """Tell whether the keyring would ask somebody first; None where only to use it would tell."""
        if self.name != backends.NAMED["secret-service"]:
            return None
        return self._call(backends.secret_service_is_locked, "look at")

    def may_ask(self) -> bool:
        """Tell whether to read an item may end in a question on the terminal, which then is nobody else's.

        An unlocked Secret Service and Windows never ask; of the others that can't be known beforehand.
        """
        if self.name == backends.NAMED["secret-service"]:
            return self.is_locked() is not False
        return self.name != backends.NAMED["windows"]

    def find(self, name: str) -> KeyringItem | None:
        """Return the item of a profile, None where there is none."""
        text = self._read_text(name)
        if not text:  # a backend may keep an empty item in place of one that was taken away
            return None
        try:
            return item_texts.from_text(text)
        except DamagedItemError as error:
            raise KeyringError(
                f"the keyring's item of {name!r} is {error}", f"awsactivate keys add {name}"
            ) from None

    def load(self, name: str) -> KeyringItem:
        """Return the item of a profile, which must be there."""
        found = self.find(name)
        if found is None:
            raise KeyringError(
                f"the keyring ({self.name}) has no item of {name!r}", f"awsactivate keys add {name}"
            )
        return found

    def store(self, name: str, item: KeyringItem) -> None:
        """Keep an item in place of what was there, and prove by reading it back that it is kept."""
        if item.is_empty:
            self.remove(name)
            return
        text = item_texts.to_text(item)
        if len(text) > _LONGEST:
            raise KeyringError(
                f"the item of {name!r} has {len(text)} characters, at most {_LONGEST} are allowed"
            )
        backend = self._open()
        self._call(lambda: backend.set_password(SERVICE, name, text), f"write the item of {name!r}")
        try:
            kept = self._read_text(name)
        except KeyringError as error:
            raise KeyringError(
                f"{error.message}; the item of {name!r} is written, but could not be read back", error.hint
            ) from error
        if kept != text:
            raise KeyringError(
                f"the keyring ({self.name}) did not keep the item of {name!r}",
                f"choose another keyring: {backends.BACKEND}=secret-service, or pass",
            )

    def remove(self, name: str) -> None:
        """Take the item of a profile away, if there is one."""
        if self._read_text(name) is None:
            return
        backend = self._open()
        self._call(lambda: backend.delete_password(SERVICE, name), f"remove the item of {name!r}")
        if self._read_text(name):
            raise KeyringError(f"the keyring ({self.name}) still has the item of {name!r}")

    def require(self) -> None:
        """Raise KeyringError where there is no keyring that could keep anything."""
        self._open()

    def find_sign_in(self, name: str) -> str | None:
        """Return the text kept of a sign-in, None or '' where there is none."""
        return self._read_text(name, SIGN_INS)

    def store_sign_in(self, name: str, text: str) -> None:
        """Keep the text of a sign-in in place of what was there; AWS's tokens are long."""
        backend = self._open()
        self._call(lambda: backend.set_password(SIGN_INS, name, text), f"write the sign-in {name!r}")
        if self._read_text(name, SIGN_INS) != text:
            raise KeyringError(f"the keyring ({self.name}) did not keep the sign-in {name!r}")

    def remove_sign_in(self, name: str) -> None:
        """Take the text of a sign-in away, if there is one."""
        if self._read_text(name, SIGN_INS) is None:
            return
        backend = self._open()
        self._call(lambda: backend.delete_password(SIGN_INS, name), f"remove the sign-in {name!r}")
        if self._read_text(name, SIGN_INS):
            raise KeyringError(f"the keyring ({self.name}) still has the sign-in {name!r}")

    def _read_text(self, name: str, service: str = SERVICE) -> str | None:
        backend = self._open()
        return self._call(lambda: backend.get_password(service, name), f"read the item of {name!r}")

    def _open(self) -> Backend:
        if self._opened is None:
            self._opened = self._call(lambda: backends.open_backend(self._environ), "open")
        return self._opened

    def _call(self, function: Callable[[], T], doing: str) -> T:
        """Call the keyring in a thread: a dialogue that nobody answers must end, and Ctrl-C must work."""
        ended = threading.Event()

        def work() -> T:
            try:
                return function()
            finally:
                ended.set()

        background = Background(work)
        try:
            if not ended.wait(self._seconds):
                raise KeyringError(
                    f"the keyring did not answer in {self._seconds:g} s (to {doing})",
                    backends.without_display(self._environ) or "answer its dialogue, or unlock it first",
                )
            return background.result()
        except AwsactivateError:
            raise
        except Exception as error:
            raise backends.explained(error, doing, self._environ) from None
