"""The keyring: which one is there, and whether it is locked."""

from __future__ import annotations

from collections.abc import Iterator

from awsactivate.commandline import Context
from awsactivate.diagnosis.finding import Finding
from awsactivate.errors import KeyringError, ProfileError
from awsactivate.keychain import index
from awsactivate.keychain.system_keyring import Vault

_SECONDS = 5.0  # for what may never answer


def check_keyring(context: Context) -> Iterator[Finding]:
    """Tell which keyring is there and whether it is locked, without having it ask anybody."""
    try:
        entries = index.read(context.environ).values()
        tokens = index.read_sign_ins(context.environ).values()
        is_needed = any(entry.has_keys or entry.has_seed for entry in entries)
        is_needed = is_needed or any(token.place == "keyring" for token in tokens)
    except ProfileError:  # told where the files are looked at
        is_needed = False
    vault = Vault(context.environ, seconds=_SECONDS)
    try:
        name, locked = vault.name, vault.is_locked()
    except KeyringError as error:
        message = error.message if is_needed else f"{error.message} (nothing is kept in one yet)"
        yield Finding("keyring", "error" if is_needed else "warning", message, error.hint)
        return
    if locked:
        message = f"{name} is locked: it will ask for its password"
        yield Finding("keyring", "warning", message, "sign in to the desktop, or answer its dialogue")
    elif locked is None:
        yield Finding("keyring", "ok", f"{name}; whether it is locked shows when it is used")
    else:
        yield Finding("keyring", "ok", f"{name}, unlocked")
