"""Whose keys and devices a command is about: an IAM user, by the access key that a profile has."""

from __future__ import annotations

import argparse
from typing import Any

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.frozen import dataclass
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.index_entry import entry_of
from awsactivate.keychain.item import KeyringItem
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import caller
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.plan_for import leave_session
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.profiles import chosen
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.sources import Source, Surroundings, trail_from

_ENVIRONMENT = Source("credential_source", "Environment")


@dataclass(frozen=True)
class KeyOwner:
    """An IAM user, by the access key that a profile has."""

    name: str
    """The profile's."""
    signer: Signer
    """The access key itself, and whose it is; its `profile` is None where only the keyring knows it."""
    item: KeyringItem | None = None
    """The keyring's item, None where the key stands in a file."""

    @property
    def credentials(self) -> Credentials:
        """The user's access key."""
        return self.signer.credentials

    @property
    def settings(self) -> str | None:
        """The profile whose botocore settings go with the calls."""
        return self.signer.profile

    @property
    def arn(self) -> str:
        """The user's ARN."""
        return self.signer.identity.arn

    @property
    def account_id(self) -> str:
        """The account that the user is in."""
        return self.signer.identity.account_id

    @property
    def user_name(self) -> str:
        """The user's name, without the path; `find` lets nobody else in."""
        return self.signer.identity.user_name or ""

    @property
    def partition(self) -> str:
        """The partition of AWS that the user is in."""
        return arns.partition_of(self.arn)

    def device_serial(self, device_name: str) -> str:
        """Return the ARN that a virtual device of that name has."""
        return f"arn:{self.partition}:iam::{self.account_id}:mfa/{device_name}"


def add_arguments(parser: Parser, *, serial: bool = True) -> None:
    """Add PROFILE, and what chooses the caller and the device."""
    parser.add_argument(
        "name", metavar="PROFILE", nargs="?", help="whose; default: the active session's source"
    )
    if serial:
        parser.add_argument("--serial", "--mfa-serial", metavar="ARN", help="the MFA device")
    caller.add_arguments(parser)


def find_name(arguments: argparse.Namespace, context: Context) -> str:
    """Return the name of the profile that is meant: of the one that has the key, where a role is named."""
    given = arguments.name or arguments.profile
    index = keyring_index.read(context.environ)
    profiles = read_profiles(context.environ)
    name = given or _usual_name(context, profiles, index)
    if name in index:
        return str(name)
    if name not in profiles:
        raise profiles.absent(str(name), f"the profile {name!r} does not exist", index)
    around = Surroundings(profiles, without_session(context.environ), index)
    trail = trail_from(profiles[name], around)
    source = trail.rest.source
    if source == _ENVIRONMENT:
        return trail.profiles[-1].name
    if source.kind not in ("profile", "keyring"):
        raise ProfileError(f"profile {name!r} rests on {source.kind} {source.name}, not on an access key")
    return source.name


def find(name: str, context: Context) -> KeyOwner:
    """Ask STS whose the access key of a profile is."""
    from awsactivate.aws import access_keys

    leave_session(context)
    profiles = read_profiles(context.environ)
    settings = name if name in profiles else None
    items = KeyringItems(context.environ, keyring_index.read(context.environ))
    source = Source("keyring", name) if items.has_key(name) else _source_in_files(name, profiles)
    credentials = load_credentials(source, profiles, context, target_profile=name, items=items)
    if not credentials.is_long_term:
        raise ProfileError(f"the access key of profile {name!r} is temporary: an IAM user's own is needed")
    known = access_keys.ask_owner(credentials, settings)
    if known.user_name is None:
        raise ProfileError(f"the access key of {name!r} is of {known.arn}, which is no IAM user")
    item = items.item(name) if source.kind == "keyring" else None
    return KeyOwner(name, Signer(credentials, settings, known=known), item)


def read_item(owner: KeyOwner, context: Context) -> KeyringItem:
    """Return what the keyring has under the owner's name, wherever its key stands; the index tells of it."""
    if owner.item is not None:
        return owner.item
    if owner.name not in keyring_index.read(context.environ):
        return KeyringItem()
    return Vault(context.environ).find(owner.name) or KeyringItem()


def keep(name: str, item: KeyringItem, context: Context, vault: Vault) -> None:
    """Write an item into the keyring, then what everybody may know of it into the index."""
    vault.store(name, item)
    entry = None if item.is_empty else entry_of(item)
    try:
        keyring_index.write_entry(name, entry, context.environ)
    except AwsactivateError as error:
        raise AwsactivateError(
            f"the keyring is changed, but not the index that tells of it: {error.message}",
            "mend that, and run this again: it goes on from there",
        ) from error


def _usual_name(context: Context, profiles: Profiles, index: Any) -> str:
    environ = context.environ
    for named in (environ.get("AWSACTIVATE_SOURCE_PROFILE"), chosen.profile_in(environ)):
        if named:
            return named
    if len(index) == 1:
        return str(next(iter(index)))
    if "default" in profiles:
        return "default"
    raise ProfileError(
        "no profile is named, and none can be told by itself", "name a PROFILE: awsactivate list"
    )


def _source_in_files(name: str, profiles: Profiles) -> Source:
    if name in profiles and profiles[name].credential_source == _ENVIRONMENT.name:
        return _ENVIRONMENT
    if name not in profiles or not (profiles[name].credentials_file_keys or profiles[name].config_file_keys):
        raise ProfileError(f"profile {name!r} has no access key", f"awsactivate keys add {name}")
    return Source("profile", name)
