"""Whose keys and devices a command is about, and how it may call IAM for them."""

from __future__ import annotations

import argparse
import time
from typing import Any

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AwsactivateError, AwsError, MfaCodeRefusedError, MfaError, ProfileError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.index_entry import entry_of
from awsactivate.keychain.item import KeyringItem, Seed
from awsactivate.keychain.system_keyring import Vault
from awsactivate.mfa import codes as mfa_codes
from awsactivate.mfa.used_codes import UsedCodes
from awsactivate.opening import caller
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.plan_for import leave_session
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.person import terminal
from awsactivate.profiles import chosen
from awsactivate.profiles.device_serials import serial_of
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.sources import Source, Surroundings, trail_from
from awsactivate.sessions.steps import DEFAULT_SECONDS, Step

_ENVIRONMENT = Source("credential_source", "Environment")


@dataclass(frozen=True)
class KeyOwner:
    """An IAM user, by the access key that a profile has."""

    name: str
    """The profile's."""
    signer: Signer
    """The access key itself; `settings` is None where only the keyring knows the profile."""
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
    known = access_keys.owner(credentials, settings)
    if known.user_name is None:
        raise ProfileError(f"the access key of {name!r} is of {known.arn}, which is no IAM user")
    item = items.item(name) if source.kind == "keyring" else None
    return KeyOwner(name, Signer(credentials, settings, known=known), item)


def open_iam(owner: KeyOwner, arguments: argparse.Namespace, context: Context) -> Any:
    """Make a client of IAM: as `--profile` says, else as the user itself, with MFA where it has a device."""
    if arguments.profile is not None and arguments.profile != owner.name:
        return caller.find_caller(arguments, context).client("iam")
    serial = arguments.serial or find_configured_serial(owner, context) or _ask_only_device(owner)
    credentials = owner.credentials
    if serial is not None:
        credentials = open_mfa_session(owner, serial, context, mfa_code=arguments.mfa_code)
    return iam_with(owner, credentials)


def plain_iam(owner: KeyOwner) -> Any:
    """Make a client of IAM that signs with the access key itself, without MFA."""
    return iam_with(owner, owner.credentials)


def iam_with(owner: KeyOwner, credentials: Credentials) -> Any:
    """Make a client of IAM that signs with `credentials`."""
    return replace(owner.signer, credentials=credentials).iam(owner.partition)


def find_configured_serial(owner: KeyOwner, context: Context) -> str | None:
    """Return the serial that the configuration, or the keyring, names for the user."""
    return serial_of(owner.name, read_profiles(context.environ), keyring_index.read(context.environ))


def open_mfa_session(owner: KeyOwner, serial: str, context: Context, *, mfa_code: str | None) -> Credentials:
    """Open a session of the user itself by a code of its device, for IAM calls that policies want MFA for."""
    from awsactivate.aws.sts import Sts

    sts = Sts(owner.credentials, owner.settings, partition=owner.partition)
    step = Step("GetSessionToken", DEFAULT_SECONDS, mfa_serial=serial, profile=owner.settings)
    coming = codes(owner, serial, context, mfa_code=mfa_code)
    for code in coming:
        try:
            answer = sts.run(step, code.value)
        except MfaCodeRefusedError:
            coming.note_refused(code)
            continue
        coming.note_accepted(code)
        return answer.credentials
    raise AssertionError("the codes end with an error")


def refuse_without_codes(serial: str) -> None:
    """Fail for a device that nobody can read a code from."""
    if not arns.gives_codes(serial):
        raise MfaError(f"{serial} is {arns.PASSKEY}: it gives no codes", "name another device: --serial ARN")


def codes(owner: KeyOwner, serial: str, context: Context, *, mfa_code: str | None) -> mfa_codes.Codes:
    """Return the codes of a device: from the options, the profile's process, the keyring or the terminal."""
    refuse_without_codes(serial)
    profiles = read_profiles(context.environ)
    profile = profiles.get(owner.name, Profile(owner.name))
    return mfa_codes.Codes(
        serial,
        given=mfa_code,
        environ=context.environ,
        process=profile.mfa_process,
        profile=owner.name,
        used=UsedCodes(state_folder(context.environ), warn=terminal.say_of_state),
        clock=context.clock,
        sleep=time.sleep,
        seed=lambda wanted: find_stored_seed(owner, wanted, context),
    )


def find_stored_seed(owner: KeyOwner, serial: str, context: Context) -> Seed | None:
    """Return the keyring's seed of a device, under whichever name it is kept; None where it has none."""
    item = read_item(owner, context)
    for seed in (item.seed, item.following_seed):
        if seed is not None and seed.serial == serial:
            return seed
    return KeyringItems(context.environ, keyring_index.read(context.environ)).seed(serial)


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


def _ask_only_device(owner: KeyOwner) -> str | None:
    """Ask IAM for the user's only device; None where it has none, or may not ask."""
    from awsactivate.aws import mfa_devices

    try:
        devices = mfa_devices.list_devices(plain_iam(owner), owner.user_name)
    except AwsError:
        return None  # what needs a device will say so
    serials = arns.with_codes(device.serial for device in devices)
    if len(serials) > 1:
        raise MfaError(
            f"{owner.user_name} has several MFA devices: {', '.join(serials)}", "name one: --serial ARN"
        )
    if devices and not serials:
        terminal.say(f"{owner.user_name} has only {arns.PASSKEY}: this is signed without MFA")
    return serials[0] if serials else None
