"""The system keyring, as where identities are kept.

A backend is chosen by name and loaded alone: keyring's own search walks the entry points of every package
that is installed. No error tells what a backend said of a write: it might quote the secret.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any, Protocol, TypeVar

from awsactivate.background import Background
from awsactivate.errors import AwsactivateError, KeyringError
from awsactivate.keychain import item as item_texts
from awsactivate.keychain.item import DamagedItemError, KeyringItem
from awsactivate.keychain.password_store import PasswordStore

T = TypeVar("T")

SERVICE = "awsactivate"
# The service under which tokens of sign-ins are kept: their names are no profiles'.
SIGN_INS = "awsactivate-sign-ins"

_BACKEND = "AWSACTIVATE_KEYRING_BACKEND"
_ALLOW_INSECURE = "AWSACTIVATE_ALLOW_INSECURE_KEYRING"
_PASS = "pass"  # noqa: S105  (a program's name)
_NAMED = {
    "secret-service": "keyring.backends.SecretService.Keyring",
    "kwallet": "keyring.backends.kwallet.DBusKeyring",
    "macos": "keyring.backends.macOS.Keyring",
    "windows": "keyring.backends.Windows.WinVaultKeyring",
}
_LONGEST = 1280  # characters: Windows takes 2,560 bytes, at two for each
_SECONDS = 60.0  # in which a person finds and answers the keyring's own dialogue
_NONE_HINT = (
    'on a headless machine: sudo apt install pass; gpg --quick-generate-key "$USER"; pass init "$USER" '
    "(on a desktop: install gnome-keyring, and sign in again)"
)


class Backend(Protocol):
    """What keyring's backends and our own can do."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, None where there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store the secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Take the secret away."""


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
        return _class_name(self._backend())

    def is_locked(self) -> bool | None:
        """Tell whether the keyring would ask somebody first; None where only to use it would tell."""
        if self.name != _NAMED["secret-service"]:
            return None
        return self._call(_secret_service_is_locked, "look at")

    def may_ask(self) -> bool:
        """Tell whether to read an item may end in a question on the terminal, which then is nobody else's.

        An unlocked Secret Service and Windows never ask; of the others that can't be known beforehand.
        """
        if self.name == _NAMED["secret-service"]:
            return self.is_locked() is not False
        return self.name != _NAMED["windows"]

    def find(self, name: str) -> KeyringItem | None:
        """Return the item of a profile, None where there is none."""
        text = self._text(name)
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
        backend = self._backend()
        self._call(lambda: backend.set_password(SERVICE, name, text), f"write the item of {name!r}")
        try:
            kept = self._text(name)
        except KeyringError as error:
            raise KeyringError(
                f"{error.message}; the item of {name!r} is written, but could not be read back", error.hint
            ) from error
        if kept != text:
            raise KeyringError(
                f"the keyring ({self.name}) did not keep the item of {name!r}",
                f"choose another keyring: {_BACKEND}=secret-service, or pass",
            )

    def remove(self, name: str) -> None:
        """Take the item of a profile away, if there is one."""
        if self._text(name) is None:
            return
        backend = self._backend()
        self._call(lambda: backend.delete_password(SERVICE, name), f"remove the item of {name!r}")
        if self._text(name):
            raise KeyringError(f"the keyring ({self.name}) still has the item of {name!r}")

    def require(self) -> None:
        """Raise KeyringError where there is no keyring that could keep anything."""
        self._backend()

    def sign_in(self, name: str) -> str | None:
        """Return the text kept of a sign-in, None or '' where there is none."""
        return self._text(name, SIGN_INS)

    def store_sign_in(self, name: str, text: str) -> None:
        """Keep the text of a sign-in in place of what was there; AWS's tokens are long."""
        backend = self._backend()
        self._call(lambda: backend.set_password(SIGN_INS, name, text), f"write the sign-in {name!r}")
        if self._text(name, SIGN_INS) != text:
            raise KeyringError(f"the keyring ({self.name}) did not keep the sign-in {name!r}")

    def remove_sign_in(self, name: str) -> None:
        """Take the text of a sign-in away, if there is one."""
        if self._text(name, SIGN_INS) is None:
            return
        backend = self._backend()
        self._call(lambda: backend.delete_password(SIGN_INS, name), f"remove the sign-in {name!r}")
        if self._text(name, SIGN_INS):
            raise KeyringError(f"the keyring ({self.name}) still has the sign-in {name!r}")

    def _text(self, name: str, service: str = SERVICE) -> str | None:
        backend = self._backend()
        return self._call(lambda: backend.get_password(service, name), f"read the item of {name!r}")

    def _backend(self) -> Backend:
        if self._opened is None:
            self._opened = self._call(lambda: _open(self._environ), "open")
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
                    _without_display(self._environ) or "answer its dialogue, or unlock it first",
                )
            return background.result()
        except AwsactivateError:
            raise
        except Exception as error:
            raise _explained(error, doing, self._environ) from None


def _open(environ: Mapping[str, str]) -> Backend:
    chosen = environ.get(_BACKEND)
    if chosen:
        return _secure(_load(chosen, environ), environ)
    import keyring
    from keyring import core

    # what the user has told keyring itself
    configured = core.load_env() or core.load_config()
    if configured is not None:
        return _secure(configured, environ)
    for usual in _usual(environ):
        backend = _if_viable(usual)
        if backend is not None:
            return backend
    if PasswordStore.is_ready(environ):
        return PasswordStore(environ)
    return _secure(keyring.get_keyring(), environ)


def _load(chosen: str, environ: Mapping[str, str]) -> Backend:
    if chosen == _PASS:
        return PasswordStore(environ)
    name = _NAMED.get(chosen, chosen)
    allowed = f"{', '.join([*_NAMED, _PASS])}, or the full name of a class of a keyring backend"
    if "." not in name:
        raise KeyringError(f"{_BACKEND} is {chosen!r}, allowed are {allowed}")
    from keyring import core

    try:
        return core.load_keyring(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise KeyringError(f"{_BACKEND}: there is no backend {chosen!r}", f"allowed are {allowed}") from error
    except RuntimeError as error:
        raise KeyringError(f"{_BACKEND}: {chosen} can't be used here: {error}", _NONE_HINT) from error


def _if_viable(name: str) -> Backend | None:
    from keyring import core

    try:
        return core.load_keyring(name)
    except Exception:  # a backend says in its own way that it is not for this machine; keyring asks as we do
        return None


def _usual(environ: Mapping[str, str]) -> Iterator[str]:
    if sys.platform == "darwin":
        yield _NAMED["macos"]
    elif os.name == "nt":
        yield _NAMED["windows"]
    else:
        names = [_NAMED["secret-service"], _NAMED["kwallet"]]
        yield from reversed(names) if "KDE" in environ.get("XDG_CURRENT_DESKTOP", "") else names


def _secure(backend: Any, environ: Mapping[str, str]) -> Backend:
    """Return the backend, or of several in a chain the first, that hides what it is given."""
    if environ.get(_ALLOW_INSECURE) == "1":
        return backend  # type: ignore[no-any-return]
    members = list(getattr(backend, "backends", None) or [backend])
    for member in members:
        if not _is_insecure(member):
            return member  # type: ignore[no-any-return]
    if all(_class_name(member) == "keyring.backends.fail.Keyring" for member in members):
        raise KeyringError("there is no keyring on this machine", _NONE_HINT)
    raise KeyringError(
        f"the keyring {_class_name(members[0])} does not keep secrets safe, and is refused", _NONE_HINT
    )


def _is_insecure(backend: object) -> bool:
    module = type(backend).__module__
    return (
        module in ("keyring.backends.null", "keyring.backends.fail")
        or "plaintext" in type(backend).__name__.lower()
    )


def _secret_service_is_locked() -> bool | None:
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            # not the default collection's own function, which makes one where there is none, and asks
            return bool(secretstorage.get_collection_by_alias(bus, "default").is_locked())
        except secretstorage.exceptions.ItemNotFoundException:
            return None


def _class_name(backend: object) -> str:
    if isinstance(backend, PasswordStore):
        return "pass"
    return f"{type(backend).__module__}.{type(backend).__name__}"


def _without_display(environ: Mapping[str, str]) -> str | None:
    """Return what helps where a desktop's keyring has no display to show its dialogue on."""
    if (
        os.name == "nt"
        or sys.platform == "darwin"
        or environ.get("DISPLAY")
        or environ.get("WAYLAND_DISPLAY")
    ):
        return None
    return f"there is no display for its dialogue; {_NONE_HINT}; then {_BACKEND}={_PASS}"


def _explained(error: Exception, doing: str, environ: Mapping[str, str]) -> KeyringError:
    from keyring import errors

    if isinstance(error, errors.NoKeyringError):
        return KeyringError("there is no keyring on this machine", _NONE_HINT)
    if isinstance(error, (errors.KeyringLocked, errors.InitError)) or "Prompt" in type(error).__name__:
        return KeyringError(
            f"the keyring is locked, and was not unlocked (to {doing})",
            _without_display(environ) or "unlock it: sign in to the desktop, or answer its dialogue",
        )
    return KeyringError(f"the keyring could not {doing} ({type(error).__name__})", "awsactivate doctor")
