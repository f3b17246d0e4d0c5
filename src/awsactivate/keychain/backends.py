"""Which keyring of this machine is used, and what its faults mean.

A backend is chosen by name and loaded alone: keyring's own search walks the entry points of every package
that is installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Protocol

from awsactivate.errors import KeyringError
from awsactivate.keychain.password_store import PasswordStore

BACKEND = "AWSACTIVATE_KEYRING_BACKEND"
_ALLOW_INSECURE = "AWSACTIVATE_ALLOW_INSECURE_KEYRING"
_PASS = "pass"  # noqa: S105  (a program's name)
NAMED = {
    "secret-service": "keyring.backends.SecretService.Keyring",
    "kwallet": "keyring.backends.kwallet.DBusKeyring",
    "macos": "keyring.backends.macOS.Keyring",
    "windows": "keyring.backends.Windows.WinVaultKeyring",
}
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


def open_backend(environ: Mapping[str, str]) -> Backend:
    """Open the keyring that is chosen by the environment, by keyring's configuration, or by the system."""
    chosen = environ.get(BACKEND)
    if chosen:
        return _secure(_load(chosen, environ), environ)
    import keyring
    from keyring import core

    # what the user has told keyring itself
    configured = core.load_env() or core.load_config()
    if configured is not None:
        return _secure(configured, environ)
    for usual in _usual(environ):
        backend = _load_if_viable(usual)
        if backend is not None:
            return backend
    if PasswordStore.is_ready(environ):
        return PasswordStore(environ)
    return _secure(keyring.get_keyring(), environ)


def _load(chosen: str, environ: Mapping[str, str]) -> Backend:
    if chosen == _PASS:
        return PasswordStore(environ)
    name = NAMED.get(chosen, chosen)
    allowed = f"{', '.join([*NAMED, _PASS])}, or the full name of a class of a keyring backend"
    if "." not in name:
        raise KeyringError(f"{BACKEND} is {chosen!r}, allowed are {allowed}")
    from keyring import core

    try:
        return core.load_keyring(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise KeyringError(f"{BACKEND}: there is no backend {chosen!r}", f"allowed are {allowed}") from error
    except RuntimeError as error:
        raise KeyringError(f"{BACKEND}: {chosen} can't be used here: {error}", _NONE_HINT) from error


def _load_if_viable(name: str) -> Backend | None:
    from keyring import core

    try:
        return core.load_keyring(name)
    except Exception:  # a backend says in its own way that it is not for this machine; keyring asks as we do
        return None


def _usual(environ: Mapping[str, str]) -> Iterator[str]:
    if sys.platform == "darwin":
        yield NAMED["macos"]
    elif os.name == "nt":
        yield NAMED["windows"]
    else:
        names = [NAMED["secret-service"], NAMED["kwallet"]]
        yield from reversed(names) if "KDE" in environ.get("XDG_CURRENT_DESKTOP", "") else names


def _secure(backend: Any, environ: Mapping[str, str]) -> Backend:
    """Return the backend, or of several in a chain the first, that hides what it is given."""
    if environ.get(_ALLOW_INSECURE) == "1":
        return backend  # type: ignore[no-any-return]
    members = list(getattr(backend, "backends", None) or [backend])
    for member in members:
        if not _is_insecure(member):
            return member  # type: ignore[no-any-return]
    if all(name_of(member) == "keyring.backends.fail.Keyring" for member in members):
        raise KeyringError("there is no keyring on this machine", _NONE_HINT)
    raise KeyringError(
        f"the keyring {name_of(members[0])} does not keep secrets safe, and is refused", _NONE_HINT
    )


def _is_insecure(backend: object) -> bool:
    module = type(backend).__module__
    return (
        module in ("keyring.backends.null", "keyring.backends.fail")
        or "plaintext" in type(backend).__name__.lower()
    )


def secret_service_is_locked() -> bool | None:
    """Tell whether the Secret Service would ask somebody first; None where it has nothing to unlock."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            # not the default collection's own function, which makes one where there is none, and asks
            return bool(secretstorage.get_collection_by_alias(bus, "default").is_locked())
        except secretstorage.exceptions.ItemNotFoundException:
            return None


def name_of(backend: object) -> str:
    """Return a backend's name, for people."""
    if isinstance(backend, PasswordStore):
        return "pass"
    return f"{type(backend).__module__}.{type(backend).__name__}"


def without_display(environ: Mapping[str, str]) -> str | None:
    """Return what helps where a desktop's keyring has no display to show its dialogue on."""
    if (
        os.name == "nt"
        or sys.platform == "darwin"
        or environ.get("DISPLAY")
        or environ.get("WAYLAND_DISPLAY")
    ):
        return None
    return f"there is no display for its dialogue; {_NONE_HINT}; then {BACKEND}={_PASS}"


def explained(error: Exception, doing: str, environ: Mapping[str, str]) -> KeyringError:
    """Return what a backend's error means; its own words are left out: they might quote the secret."""
    from keyring import errors

    if isinstance(error, errors.NoKeyringError):
        return KeyringError("there is no keyring on this machine", _NONE_HINT)
    if isinstance(error, (errors.KeyringLocked, errors.InitError)) or "Prompt" in type(error).__name__:
        return KeyringError(
            f"the keyring is locked, and was not unlocked (to {doing})",
            without_display(environ) or "unlock it: sign in to the desktop, or answer its dialogue",
        )
    return KeyringError(f"the keyring could not {doing} ({type(error).__name__})", "awsactivate doctor")
