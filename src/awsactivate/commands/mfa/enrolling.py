"""Make a virtual MFA device, enable it, and let the profile know it."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context, Parser
from awsactivate.commands.mfa import code_pairs
from awsactivate.errors import AccessDeniedError, AwsactivateError, MfaError
from awsactivate.keychain import index, otpauth
from awsactivate.keychain.item import KeyringItem, Seed
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import caller, key_owner
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.person import qr, terminal, typed_line
from awsactivate.profiles import profile_edits
from awsactivate.profiles.read import read_profiles

if TYPE_CHECKING:
    from awsactivate.aws.mfa_devices import Device

_FRANKLY = (
    "the seed goes into the keyring beside the access key: codes come by themselves then, and who can open "
    "the keyring has both factors; a stolen key alone is still worth nothing where MFA is demanded"
)


@dataclass(frozen=True)
class Wish:
    """What is to be enrolled: the device's name, whether its seed is kept, and whether it is shown."""

    device_name: str
    store: bool
    show_secret: bool


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
    name = key_owner.name_of(arguments, context)
    with index.locked(context.environ):
        owner = key_owner.find(name, context)
        admin = (
            caller.caller(arguments, context).client("iam") if arguments.profile not in (None, name) else None
        )
        devices = _devices(owner, admin)
        is_first = not (arguments.replace or arguments.device)
        if is_first and finish_earlier(owner, devices, context, store=arguments.store):
            return 0
        old = _old_device(owner, devices, arguments)
        iam = admin or key_owner.plain_iam(owner)
        if admin is None and devices:
            signing = old or devices[0].serial
            credentials = key_owner.mfa_session(owner, signing, context, mfa_code=arguments.mfa_code)
            iam = key_owner.iam_with(owner, credentials)
        device_name = arguments.device or free_name(owner, devices)
        serial = enroll(owner, Wish(device_name, arguments.store, arguments.show_secret), iam, context)
        if old is not None:
            _retire(owner, old, serial, iam, context)
    return 0


def enroll(owner: KeyOwner, wish: Wish, iam: Any, context: Context) -> str:
    """Make and enable a device by `iam`, write it into the profile, and return its serial.

    Where enabling fails, the half-made device is deleted. The caller holds the lock.
    """
    from awsactivate.aws import mfa_devices

    made = mfa_devices.create(iam, wish.device_name, owner.device_serial(wish.device_name))
    seed = Seed(made.secret, made.serial)
    vault = Vault(context.environ)
    try:
        if wish.store:
            terminal.say(_FRANKLY)
            # before AWS demands its codes: a seed that is lost then would lock the user out
            key_owner.keep(owner.name, replace(_item(owner, vault), following_seed=seed), context, vault)
        if wish.show_secret or not wish.store:
            _show(seed, owner, with_secret=wish.show_secret)
        code_pairs.send(
            made.serial,
            seed if wish.store else None,
            lambda codes: mfa_devices.enable(iam, owner.user_name, made.serial, codes),
            context,
            is_explained=True,
        )
    except BaseException:
        _undo(owner, made.serial, iam, context, vault, stored=wish.store)
        raise
    if wish.store:
        _promote(owner, context, vault)
    path = profile_edits.set_value(owner.name, "mfa_serial", made.serial, context.environ)
    terminal.say(f"{made.serial} is enabled, and stands in {path} as mfa_serial of {owner.name!r}")
    return made.serial


def _devices(owner: KeyOwner, admin: Any) -> tuple[Device, ...]:
    from awsactivate.aws import mfa_devices

    try:
        return mfa_devices.list_devices(admin or key_owner.plain_iam(owner), owner.user_name)
    except AccessDeniedError:
        if admin is not None:
            raise
        return ()  # a policy may allow it with MFA only; if there is a device, IAM will say so


def finish_earlier(owner: KeyOwner, devices: tuple[Device, ...], context: Context, *, store: bool) -> bool:
    """Do what a run that was stopped after AWS had enabled the device left undone; tell whether there was."""
    serials = [device.serial for device in devices]
    item = owner.item or KeyringItem()
    profile = read_profiles(context.environ).get(owner.name)
    is_named = profile is not None and profile.mfa_serial is not None
    if item.following_seed is not None and item.following_seed.serial in serials:
        _promote(owner, context, Vault(context.environ))
        serial = item.following_seed.serial
    elif item.seed is not None and item.seed.serial in serials and not is_named:
        serial = item.seed.serial
    elif len(serials) == 1 and not store and key_owner.configured_serial(owner, context) is None:
        serial = serials[0]
    else:
        return False
    path = profile_edits.set_value(owner.name, "mfa_serial", serial, context.environ)
    terminal.say(f"{serial} is enabled already, and stands in {path} as mfa_serial of {owner.name!r} now")
    return True


def _old_device(owner: KeyOwner, devices: tuple[Device, ...], arguments: argparse.Namespace) -> str | None:
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


def free_name(owner: KeyOwner, devices: tuple[Device, ...]) -> str:
    """Return a name for one more device of the user."""
    taken = {device.serial.rpartition("/")[2] for device in devices}
    names = (owner.user_name if number == 1 else f"{owner.user_name}-{number}" for number in range(1, 99))
    return next(name for name in names if name not in taken)


def _show(seed: Seed, owner: KeyOwner, *, with_secret: bool) -> None:
    if not terminal.is_terminal(2):
        raise MfaError("there is no terminal to show the QR code on", "enrol on a terminal, or with --store")
    blocks = typed_line.encoding().lower().replace("-", "") == "utf8"
    drawn = qr.lines(otpauth.uri(seed, owner.user_name, owner.account_id), blocks=blocks)
    width = os.get_terminal_size(2).columns
    fits = qr.columns(drawn, blocks=blocks) <= (width or 80)  # 0 is a terminal that does not say
    lines = drawn if fits else ["(the QR code is too wide for this terminal)"]
    if with_secret or not fits:
        lines = [*lines, f"secret: {seed.secret}"]
    # said above the code, which together with the prompt below it fills a terminal of 24 lines
    terminal.say(f"scan this with an authenticator app; {code_pairs.EXPLANATION}")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def _undo(owner: KeyOwner, serial: str, iam: Any, context: Context, vault: Vault, *, stored: bool) -> None:
    from awsactivate.aws import mfa_devices

    try:
        mfa_devices.delete(iam, serial)
    except AwsactivateError as error:
        terminal.say(f"the device that was not enabled is left: {error.message}")
        return
    if stored:
        key_owner.keep(owner.name, replace(_item(owner, vault), following_seed=None), context, vault)


def _promote(owner: KeyOwner, context: Context, vault: Vault) -> None:
    item = _item(owner, vault)
    key_owner.keep(owner.name, replace(item, seed=item.following_seed, following_seed=None), context, vault)


def _retire(owner: KeyOwner, old: str, new: str, iam: Any, context: Context) -> None:
    """Let the new device stand wherever the old one stood, and delete the old one."""
    from awsactivate.aws import mfa_devices

    vault = Vault(context.environ)
    item = _item(owner, vault)
    if item.seed is not None and item.seed.serial == old:
        key_owner.keep(owner.name, replace(item, seed=None), context, vault)
    profile_edits.replace_mfa_serial(old, new, context.environ)
    mfa_devices.remove(iam, owner.user_name, old)
    terminal.say(f"{old} is deactivated and deleted")


def _item(owner: KeyOwner, vault: Vault) -> KeyringItem:
    return vault.find(owner.name) or KeyringItem()
