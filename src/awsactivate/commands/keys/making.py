"""A user's first access key on this machine: made by an administrator, and kept before anything relies on it.

What is under way stands in the keyring's item (see `item.Rotation`) before IAM is asked for a key, which
proves that the keyring keeps what it is given. A key whose making was killed is found by it, and deleted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError, AwsError, KeyringError, ProfileError
from awsactivate.keychain import rotation
from awsactivate.keychain.item import AccessKey, KeyringItem, Rotation
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner
from awsactivate.person import terminal
from awsactivate.profiles.read import read_profiles

if TYPE_CHECKING:
    from awsactivate.aws.access_keys import UserKey

_MOST_KEYS = 2  # that IAM gives a user
_PAUSES = (1, 2, 4, 8)  # seconds in which all of IAM learns of a new user


def check(name: str, user_name: str, iam: Any, context: Context) -> None:
    """Raise where `ensure` would fail: the keyring does not open, or has somebody else's key of that name."""
    item = Vault(context.environ).find(name)
    _check_kept(name, user_name, item or KeyringItem(), _keys(iam, user_name))


def ensure(name: str, user_name: str, iam: Any, context: Context) -> None:
    """See that the keyring has a key of the user under the profile's name; the caller holds the lock."""
    vault = Vault(context.environ)
    item = vault.find(name) or KeyringItem()
    keys = _keys(iam, user_name)
    _check_kept(name, user_name, item, keys)
    if item.key is not None:
        key_owner.keep(name, item, context, vault)  # the run that stored it may not have come to the index
        return
    under_way = item.rotation
    if under_way is None:
        under_way = Rotation(since=int(context.clock()), known=tuple(key.id for key in keys))
        vault.store(name, replace(item, rotation=under_way))
    made = under_way.following
    if made is None or made.id not in {key.id for key in keys}:
        others = _with_room(user_name, under_way, keys, iam)
        made = _made(iam, user_name, lambda key: vault.store(name, _with_key(item, under_way, key)))
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


def _with_room(
    user_name: str, under_way: Rotation, keys: tuple[UserKey, ...], iam: Any
) -> tuple[UserKey, ...]:
    """Delete what a killed run has made, and return the keys that are left; AwsError without room for one."""
    from awsactivate.aws import access_keys

    left = []
    for key in keys:
        created = datetime.fromisoformat(key.created).timestamp()
        is_unknown = key.id not in under_way.known
        if is_unknown and rotation.may_discard(created, under_way, access_keys.last_used(iam, key.id)):
            access_keys.delete(iam, user_name, key.id)
            terminal.say(
                f"deleted {key.id}, which was made by a run that was stopped before it could store it"
            )
        else:
            left.append(key)
    if len(left) >= _MOST_KEYS:
        raise AwsError(
            f"user {user_name} has two access keys already, and IAM allows no third:"
            f" {', '.join(key.id for key in left)}",
            f"if nothing uses it: aws iam delete-access-key --user-name {user_name}"
            f" --access-key-id {left[0].id}",
            code="LimitExceeded",
        )
    return tuple(left)


def _made(iam: Any, user_name: str, store: Callable[[AccessKey], None]) -> AccessKey:
    """Make a key and store it; where it can't be stored, it is deleted."""

    made = _created(iam, user_name)
    try:
        store(made)
    except BaseException:
        _take_back(iam, user_name, made.id)
        raise
    return made


def _take_back(iam: Any, user_name: str, key_id: str) -> None:
    from awsactivate.aws import access_keys

    try:
        access_keys.delete(iam, user_name, key_id)
    except AwsactivateError as error:
        terminal.say(f"access key {key_id}, whose secret nobody has, is left: {error.message}")


def _with_key(item: KeyringItem, under_way: Rotation, following: AccessKey) -> KeyringItem:
    return replace(item, rotation=replace(under_way, following=following))


def _created(iam: Any, user_name: str) -> AccessKey:
    from awsactivate.aws import access_keys

    for pause in _PAUSES:
        try:
            return access_keys.create(iam, user_name)
        except AwsError as error:
            if error.code != "NoSuchEntity":
                raise
            time.sleep(pause)
    return access_keys.create(iam, user_name)


def _wait(name: str, user_name: str, key: AccessKey, context: Context) -> None:
    """Wait until STS knows a key that was made a moment ago."""
    from awsactivate.aws import access_keys

    settings = name if name in read_profiles(context.environ) else None
    found = access_keys.wait_until_accepted(key.credentials, settings)
    if found.user_name != user_name:
        raise KeyringError(f"{key.id} is of {found.arn}, not of user {user_name}")


def _keys(iam: Any, user_name: str) -> tuple[UserKey, ...]:
    """List the user's keys: none where there is no such user yet."""
    from awsactivate.aws import access_keys

    try:
        return access_keys.list_keys(iam, user_name)
    except AwsError as error:
        if error.code != "NoSuchEntity":
            raise
        return ()
