"""Make a virtual MFA device, enable it, and let the profile know it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context, Parser
from awsactivate.commands.mfa import enabling
from awsactivate.commands.mfa.enabling import Wish
from awsactivate.errors import AccessDeniedError, AwsError, MfaError
from awsactivate.keychain import index
from awsactivate.keychain.item import KeyringItem
from awsactivate.opening import caller, key_owner, owner_iam
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns

if TYPE_CHECKING:
    from awsactivate.aws.mfa_devices import Device


def add_arguments(parser: Parser) -> None:
    """Take the profile and the device's name, and what becomes of its seed."""
    key_owner.add_arguments(parser)
    parser.add_argument(
        "--name", dest="device", metavar="DEVICE", help="the device's name; default: the user's"
    )
    parser.add_argument("--store", action="store_true", help="keep the seed in the keyring: no code is typed")
    parser.add_argument("--replace", action="store_true", help="put it in the place of the device there is")
    parser.add_argument(
        "--show-secret", action="store_true", help="show the secret too, to type it elsewhere"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Enrol, unless an earlier run has done all but the end of it."""
    name = key_owner.find_name(arguments, context)
    with index.locked(context.environ):
        owner = key_owner.find(name, context)
        admin = (
            caller.find_caller(arguments, context).client("iam")
            if arguments.profile not in (None, name)
            else None
        )
        item = key_owner.read_item(owner, context)
        devices = _list_devices(owner, item, admin, context)
        is_first = not (arguments.replace or arguments.device)
        if is_first and finish_earlier(owner, devices, context, store=arguments.store):
            return 0
        new = _enabled_earlier(owner, item, devices, arguments)
        old = _old_device(owner, [device for device in devices if device.serial != new], arguments)
        if new is not None and old is None:
            enabling.finish(owner, new, context, stored=arguments.store)
            return 0
        if new is None and arguments.store:
            _refuse_second_seed(owner, item, devices, old)
        iam = admin or _open_iam(owner, item, devices, old, arguments, context)
        if new is None:
            names = (arguments.device,) if arguments.device else free_names(owner, devices)
            wish = Wish(names, arguments.store, arguments.show_secret)
            new = enabling.enroll(owner, wish, iam, context, replaces=old is not None)
        elif old is not None:
            enabling.finish(owner, new, context, stored=arguments.store, replaces=True)
        if old is not None:
            enabling.replace_device(owner, old, new, iam, context)
    return 0


def _list_devices(owner: KeyOwner, item: KeyringItem, admin: Any, context: Context) -> tuple[Device, ...]:
    from awsactivate.aws import mfa_devices

    try:
        return mfa_devices.list_devices(admin or owner_iam.plain_iam(owner), owner.user_name)
    except AccessDeniedError:
        if admin is not None:
            raise
    # a policy may allow it with MFA only; if there is a device, IAM will say so
    for seed in (item.following_seed, item.seed):
        if seed is not None:
            try:
                credentials = owner_iam.open_mfa_session(owner, seed.serial, context, mfa_code=None)
                return mfa_devices.list_devices(owner_iam.iam_with(owner, credentials), owner.user_name)
            except (MfaError, AwsError):
                continue  # it is not enabled
    return ()


def _open_iam(
    owner: KeyOwner,
    item: KeyringItem,
    devices: tuple[Device, ...],
    old: str | None,
    arguments: argparse.Namespace,
    context: Context,
) -> Any:
    """Make a client of IAM: with MFA where the user has a device, by one whose seed is stored if any is."""
    kept = {seed.serial for seed in (item.seed, item.following_seed) if seed is not None}
    serials = arns.with_codes(device.serial for device in devices)
    stored = [
        serial for serial in serials if serial in kept or owner_iam.find_stored_seed(owner, serial, context)
    ]
    configured = owner_iam.find_configured_serial(owner, context)
    usual = configured if configured in serials or not serials else None
    signing = next(iter(stored), None) or old or usual or next(iter(serials), None)
    if signing is None:
        return owner_iam.plain_iam(owner)
    credentials = owner_iam.open_mfa_session(owner, signing, context, mfa_code=arguments.mfa_code)
    return owner_iam.iam_with(owner, credentials)


def finish_earlier(owner: KeyOwner, devices: tuple[Device, ...], context: Context, *, store: bool) -> bool:
    """Do what a run that was stopped after AWS had enabled the device left undone; tell whether there was."""
    serials = arns.with_codes(device.serial for device in devices)
    item = key_owner.read_item(owner, context)
    profile = read_profiles(context.environ).get(owner.name)
    is_named = profile is not None and profile.mfa_serial is not None
    if item.following_seed is not None and item.following_seed.serial in serials:
        enabling.finish(owner, item.following_seed.serial, context, stored=True)
    elif item.seed is not None and item.seed.serial in serials and not is_named:
        enabling.finish(owner, item.seed.serial, context, stored=True)
    elif len(serials) == 1 and not store and owner_iam.find_configured_serial(owner, context) is None:
        enabling.finish(owner, serials[0], context, stored=False)
    else:
        return False
    return True


def _enabled_earlier(
    owner: KeyOwner, item: KeyringItem, devices: tuple[Device, ...], arguments: argparse.Namespace
) -> str | None:
    """Return the device that an earlier run of the same command has enabled already, if there is one."""
    serials = [device.serial for device in devices]
    named = owner.device_serial(arguments.device) if arguments.device else None
    if item.following_seed is not None and item.following_seed.serial in serials:
        return item.following_seed.serial if named in (None, item.following_seed.serial) else None
    if named not in serials:
        return None
    is_kept = item.seed is not None and item.seed.serial == named
    return named if is_kept or not arguments.store else None


def _refuse_second_seed(
    owner: KeyOwner, item: KeyringItem, devices: tuple[Device, ...], old: str | None
) -> None:
    """Refuse to put a seed in the place of one whose device lives on: it would be lost."""
    seed = item.seed
    if seed is not None and seed.serial != old and seed.serial in [device.serial for device in devices]:
        raise MfaError(
            f"the keyring has the seed of {seed.serial} as {owner.name!r} already, and keeps one a profile",
            "add --replace, or enrol the further device without --store",
        )


def _old_device(owner: KeyOwner, devices: list[Device], arguments: argparse.Namespace) -> str | None:
    serials = [device.serial for device in devices]
    if not serials or (arguments.device and not arguments.replace):
        return None
    if not arguments.replace:
        raise MfaError(
            f"{owner.user_name} has an MFA device already: {', '.join(serials)}",
            "add --replace, or --name DEVICE for a further one",
        )
    if arguments.serial is not None:
        return str(arguments.serial)
    if len(serials) > 1:
        raise MfaError(
            f"{owner.user_name} has several MFA devices: {', '.join(serials)}",
            "name the one to replace: --serial ARN",
        )
    return serials[0]


def free_names(owner: KeyOwner, devices: tuple[Device, ...]) -> tuple[str, ...]:
    """Return names for one more device of the user, the best first; others may have some of them."""
    taken = {device.serial.rpartition("/")[2] for device in devices}
    names = (owner.user_name if number == 1 else f"{owner.user_name}-{number}" for number in range(1, 20))
    return tuple(name for name in names if name not in taken)
