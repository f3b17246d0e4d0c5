"""A user's first access key on this machine: made by an administrator, and kept before anything relies on it.

What is under way stands in the keyring's item before IAM is asked for a key (see `new_key`), which proves
that the keyring keeps what it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context
from awsactivate.commands.keys import new_key
from awsactivate.errors import AwsError, KeyringError, ProfileError
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.keychain.item import AccessKey, KeyringItem, Rotation
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner
from awsactivate.person import terminal
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import limits

if TYPE_CHECKING:
    from awsactivate.aws.access_keys import UserKey

_PAUSES = (1, 2, 4, 8)  # seconds in which all of IAM learns of a new user


def check(name: str, user_name: str, iam: Any, context: Context) -> None:
    """Raise where `ensure` would fail: the keyring does not open, or has somebody else's key of that name."""
    index.try_out(context.environ)
    item = Vault(context.environ).find(name)
    _check_kept(name, user_name, item or KeyringItem(), _list_keys(iam, user_name))


def ensure(name: str, user_name: str, iam: Any, context: Context) -> None:
    """See that the keyring has a key of the user under the profile's name; the caller holds the lock."""
    vault = Vault(context.environ)
    item = vault.find(name) or KeyringItem()
    keys = _list_keys(iam, user_name)
    _check_kept(name, user_name, item, keys)
    if item.key is not None:
        key_owner.keep(name, item, context, vault)  # the run that stored it may not have come to the index
        return
    earlier = item.rotation
    made = earlier.following if earlier is not None else None
    if made is None or made.id not in {key.id for key in keys}:
        others = new_key.discard_ours(iam, user_name, keys, earlier) if earlier is not None else keys
        _check_room(user_name, others)

        def keep(rotation: Rotation | None) -> None:
            vault.store(name, replace(item, rotation=rotation))

        made = _make(iam, user_name, others, keep, context)
        beside = f"; the user's {others[0].id} stays as it is" if others else ""
        terminal.say(f"made access key {made.id}, which is in the keyring as {name!r}{beside}")
    _wait(name, user_name, made, context)
    key_owner.keep(name, replace(item, key=made, rotation=None), context, vault)


def _check_kept(name: str, user_name: str, item: KeyringItem, keys: tuple[UserKey, ...]) -> None:
    if item.key is None:
        return
    status = {key.id: key.is_active for key in keys}.get(item.key.id)
    if status is None:
        raise ProfileError(
            f"the keyring's {name!r} is {item.key.id}, which is no access key of user {user_name}",
            f"keep this one under another name: --as NAME (or drop it: awsactivate keys remove {name})",
        )
    if not status:
        raise ProfileError(
            f"the keyring's {name!r} is {item.key.id}, which is inactive",
            f"to have a new one: awsactivate keys remove {name}, then this again",
        )


def _check_room(user_name: str, keys: tuple[UserKey, ...]) -> None:
    if len(keys) >= limits.MOST_ACCESS_KEYS:
        raise AwsError(
            f"user {user_name} has two access keys already, and IAM allows no third:"
            f" {', '.join(key.id for key in keys)}",
            f"if nothing uses it: aws iam delete-access-key --user-name {user_name}"
            f" --access-key-id {keys[0].id}",
            code="LimitExceeded",
        )


def _make(
    iam: Any,
    user_name: str,
    keys: tuple[UserKey, ...],
    keep: Callable[[Rotation | None], None],
    context: Context,
) -> AccessKey:
    """Make a key and keep it, also where not all of IAM has learnt of the user yet."""
    for pause in (*_PAUSES, None):
        under_way = new_key.plan(iam, user_name, keys, context)
        keep(under_way)
        try:
            return new_key.make(iam, user_name, under_way, keep, context)
        except AwsError as error:
            if error.code != "NoSuchEntity" or pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last try ends with a key or an error")


def _wait(name: str, user_name: str, key: AccessKey, context: Context) -> None:
    """Wait until STS knows a key that was made a moment ago."""
    from awsactivate.aws import access_keys

    settings = name if name in read_profiles(context.environ) else None
    found = access_keys.wait_until_accepted(key.credentials, settings)
    if found.user_name != user_name:
        raise KeyringError(f"{key.id} is of {found.arn}, not of user {user_name}")


def _list_keys(iam: Any, user_name: str) -> tuple[UserKey, ...]:
    """List the user's keys: none where there is no such user yet."""
    from awsactivate.aws import access_keys

    try:
        return access_keys.list_keys(iam, user_name)
    except AwsError as error:
        if error.code != "NoSuchEntity":
            raise
        return ()
