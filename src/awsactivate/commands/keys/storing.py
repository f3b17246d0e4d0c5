"""How a key comes into the keyring: stored, read back, and shown to AWS before anything relies on it."""

from __future__ import annotations

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.keychain.index_entry import entry_of
from awsactivate.keychain.item import AccessKey, KeyringItem
from awsactivate.keychain.system_keyring import Vault
from awsactivate.person import terminal
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns


def may_replace(name: str, key: AccessKey, context: Context, *, yes: bool) -> bool:
    """Ask, where the keyring has another key of the profile."""
    entry = index.read(context.environ).get(name)
    if entry is None or not entry.has_keys or entry.key_id == key.id or yes:
        return True
    return terminal.confirm(f"the keyring has {entry.key_id} of {name!r}; replace it by {key.id}?")


def store_checked(name: str, key: AccessKey, context: Context) -> str:
    """Store a key and ask STS whose it is; return the user's ARN. The caller holds the lock.

    Where AWS does not know the key, the keyring is as it was before.
    """
    from awsactivate.aws import access_keys

    index.try_out(context.environ)
    vault = Vault(context.environ)
    before = vault.find(name) or KeyringItem()
    _refuse_half_rotated(name, key, before)
    is_known = before.key is not None and before.key.id == key.id and before.key.secret == key.secret
    after = before if is_known else replace(before, key=key, rotation=None)
    vault.store(name, after)
    settings = name if name in read_profiles(context.environ) else None
    try:
        arn = access_keys.ask_owner(key.credentials, settings).arn
    except BaseException:
        if not is_known:
            vault.store(name, before)
        raise
    index.write_entry(name, entry_of(after), context.environ)
    if after.seed is not None and arns.account_of(after.seed.serial) != arns.account_of(arn):
        terminal.say(f"the stored TOTP seed is of {after.seed.serial}, in another account than {arn}")
    return arn


def _refuse_half_rotated(name: str, key: AccessKey, before: KeyringItem) -> None:
    rotation = before.rotation
    if rotation is None or rotation.delete_after is not None:
        return
    if before.key is not None and before.key.id != key.id:
        raise UsageError(
            f"a rotation of the access key of {name!r} is under way", f"awsactivate keys rotate {name}"
        )
