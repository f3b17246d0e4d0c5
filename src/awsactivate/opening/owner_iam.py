"""How IAM is called for a key's owner, with a code of the owner's device where there is one."""

from __future__ import annotations

import argparse
import time
from typing import Any

from awsactivate.commandline import Context
from awsactivate.errors import AwsError, MfaCodeRefusedError, MfaError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import replace
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.item import Seed
from awsactivate.mfa import codes as mfa_codes
from awsactivate.mfa.used_codes import UsedCodes
from awsactivate.opening import caller
from awsactivate.opening.key_owner import KeyOwner, read_item
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.person import terminal
from awsactivate.profiles.device_serials import serial_of
from awsactivate.profiles.model import Profile
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.steps import DEFAULT_SECONDS, Step


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
    coming = codes_of(owner, serial, context, mfa_code=mfa_code)
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


def codes_of(owner: KeyOwner, serial: str, context: Context, *, mfa_code: str | None) -> mfa_codes.Codes:
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
