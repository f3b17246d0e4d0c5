"""Replace an access key by a new one; the old one ends only when the new one is proved and in its place.

Run again after it was stopped anywhere, it goes on from there.
"""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context, Parser
from awsactivate.commands.keys import new_key
from awsactivate.errors import AwsError, KeyringError, ProfileError
from awsactivate.frozen import replace
from awsactivate.keychain import index, rotation
from awsactivate.keychain.item import AccessKey, KeyringItem, Rotation
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner, owner_iam
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.person import terminal
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import durations
from awsactivate.sessions.credentials import rfc3339

if TYPE_CHECKING:
    from awsactivate.aws.access_keys import UserKey

_DAY = 86_400


def add_arguments(parser: Parser) -> None:
    """Take the profile, and what becomes of the old key."""
    key_owner.add_arguments(parser)
    fate = parser.add_mutually_exclusive_group()
    fate.add_argument(
        "--delete-after",
        metavar="D",
        default="7d",
        help="keep the old key, inactive, for so long (7d, 12h); the next `keys rotate` deletes it",
    )
    fate.add_argument("--delete", action="store_true", help="delete the old key at once")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Rotate, or go on with the rotation that is under way."""
    keep_seconds = 0 if arguments.delete else _seconds(arguments.delete_after)
    name = key_owner.find_name(arguments, context)
    with index.locked(context.environ):
        owner = key_owner.find(name, context)
        if owner.item is None or owner.item.key is None:
            raise ProfileError(
                f"the key of profile {name!r} stands in a file, where a rotation can't be made safe",
                f"awsactivate keys import {name}",
            )
        index.try_out(context.environ)
        iam = owner_iam.open_iam(owner, arguments, context)
        work = Rotating(owner, owner.item, iam, context, keep_seconds)
        if rotation.is_due(owner.item.rotation, context.clock()) and not arguments.delete:
            work.go_on()  # ends the rotation before, whose old key has been kept long enough
        work.go_on()
    return 0


class Rotating:
    """A rotation under way: the keyring's item, and what IAM has."""

    def __init__(
        self, owner: KeyOwner, item: KeyringItem, iam: Any, context: Context, keep_seconds: int
    ) -> None:
        self._owner = owner
        self._item = item
        self._iam = iam
        self._context = context
        self._keep_seconds = keep_seconds
        self._vault = Vault(context.environ)
        self._is_begun = False

    def go_on(self) -> None:
        """Take one step after the other until none is left."""
        from awsactivate.aws import access_keys

        keys = access_keys.list_keys(self._iam, self._owner.user_name)
        while True:
            now = self._context.clock()
            delete = self._keep_seconds == 0
            step = rotation.next_step(self._item, keys, now, delete=delete, is_begun=self._is_begun)
            if isinstance(step, rotation.Keep):
                terminal.say(
                    f"the old key {step.key_id} is inactive; from {_date(step.until)} on "
                    f"awsactivate keys rotate {self._owner.name} deletes it (--delete: now)"
                )
                return
            keys = self._do(step, keys)
            if isinstance(step, rotation.Finish):
                return

    def _do(self, step: rotation.Step, keys: tuple[UserKey, ...]) -> tuple[UserKey, ...]:
        from awsactivate.aws import access_keys

        user = self._owner.user_name
        match step:
            case rotation.Begin():
                self._keep(rotation_now=new_key.plan(self._iam, user, keys, self._context))
                self._is_begun = True
            case rotation.Discard(key_id):
                return self._discard(key_id, keys)
            case rotation.Create():
                made = new_key.make(
                    self._iam,
                    user,
                    self._rotation(),
                    lambda rotation_now: self._keep(rotation_now=rotation_now),
                    self._context,
                )
                terminal.say(f"made {made.id}, which is in the keyring beside {self._key().id}")
                return (*keys, access_keys.UserKey(made.id, True, made.created or ""))
            case rotation.Forget():
                self._keep(rotation_now=replace(self._rotation(), following=None))
            case rotation.Switch(following):
                self._wait_until_accepted(following)
                self._keep(
                    key=following,
                    rotation_now=replace(self._rotation(), following=None, previous=self._key()),
                )
                terminal.say(f"{following.id} is the key of {self._owner.name!r} now")
            case rotation.Deactivate(key_id):
                access_keys.set_active(self._iam, user, key_id, active=False)
                return tuple(replace(key, is_active=key.is_active and key.id != key_id) for key in keys)
            case rotation.Verify():
                self._verify()
                until = int(self._context.clock()) + self._keep_seconds
                self._keep(rotation_now=replace(self._rotation(), delete_after=until))
            case rotation.Delete(key_id):
                access_keys.delete(self._iam, user, key_id)
                terminal.say(f"deleted the old key {key_id}")
                return tuple(key for key in keys if key.id != key_id)
            case rotation.Finish():
                self._keep(rotation_now=None)
                self._warn_of_files()
        return keys

    def _discard(self, key_id: str, keys: tuple[UserKey, ...]) -> tuple[UserKey, ...]:
        left = new_key.discard_ours(self._iam, self._owner.user_name, keys, self._rotation())
        other = next((key for key in left if key.id == key_id), None)
        if other is not None:
            raise AwsError(
                f"{self._owner.user_name} has an access key that is not the rotation's: {key_id},"
                f" made at {other.created}",
                f"if nothing uses it: aws iam delete-access-key --access-key-id {key_id}",
                code="LimitExceeded",
            )
        return left

    def _wait_until_accepted(self, key: AccessKey) -> None:
        from awsactivate.aws import access_keys

        found = access_keys.wait_until_accepted(key.credentials, self._owner.settings)
        if found.arn != self._owner.arn:
            raise KeyringError(f"{key.id} is of {found.arn}, not of {self._owner.arn}")

    def _verify(self) -> None:
        """Try the new key once more; where it fails, the old one takes its place again."""
        from awsactivate.aws import access_keys

        following, rotation_now = self._key(), self._rotation()
        try:
            self._wait_until_accepted(following)
        except AwsError:
            old = rotation_now.previous
            if old is not None:
                access_keys.set_active(self._iam, self._owner.user_name, old.id, active=True)
                self._keep(key=old, rotation_now=replace(rotation_now, following=following, previous=None))
                terminal.say(f"{old.id} is active again, and the key of {self._owner.name!r}")
            raise

    def _key(self) -> AccessKey:
        if self._item.key is None:
            raise KeyringError(f"the keyring's item of {self._owner.name!r} has no access key")
        return self._item.key

    def _rotation(self) -> Rotation:
        if self._item.rotation is None:
            raise KeyringError(f"the keyring's item of {self._owner.name!r} tells of no rotation")
        return self._item.rotation

    def _keep(self, *, rotation_now: Rotation | None, key: AccessKey | None = None) -> None:
        self._item = replace(self._item, key=key or self._item.key, rotation=rotation_now)
        key_owner.keep(self._owner.name, self._item, self._context, self._vault)

    def _warn_of_files(self) -> None:
        profile = read_profiles(self._context.environ).get(self._owner.name)
        if profile is not None and profile.has_key_settings:
            terminal.say(f"an older key of {profile.name!r} still stands in a file, and works no more")


def _seconds(text: str) -> int:
    days = re.fullmatch(r"(\d{1,4})d", text)
    return int(days[1]) * _DAY if days else durations.seconds("--delete-after", text)


def _date(moment: int) -> str:
    return rfc3339(datetime.fromtimestamp(moment, UTC)).partition("T")[0]
