"""One virtual MFA device made, enabled and noted: the user is never left with a device whose seed is lost.

What can fail on this machine is tried first. Whether a device is enabled is IAM's to say: a call whose answer
was lost may have enabled it, and then its seed stays, and all goes on.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context
from awsactivate.commands.mfa import code_pairs
from awsactivate.errors import AwsactivateError, AwsError, MfaError, ProfileError
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index, otpauth
from awsactivate.keychain.item import KeyringItem, Seed
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.person import qr, terminal, typed_line
from awsactivate.profiles import profile_edits
from awsactivate.profiles.read import config_path

if TYPE_CHECKING:
    from awsactivate.aws.mfa_devices import NewDevice

_FRANKLY = (
    "the seed goes into the keyring beside the access key: codes come by themselves then, and who can open "
    "the keyring has both factors; a stolen key alone is still worth nothing where MFA is demanded"
)


@dataclass(frozen=True)
class Wish:
    """What is to be enrolled: the device's name, whether its seed is kept, and whether it is shown."""

    names: tuple[str, ...]
    """Of several the first is taken that no device has."""
    store: bool
    show_secret: bool


def enroll(owner: KeyOwner, wish: Wish, iam: Any, context: Context, *, replaces: bool = False) -> str:
    """Make and enable a device by `iam`, write it into the profile, and return its serial.

    Where enabling fails, the half-made device is deleted. With `replaces` the keyring says until `replaced`
    that another device is to be retired. The caller holds the lock.
    """
    from awsactivate.aws import mfa_devices

    _try_out(owner, owner.device_serial(wish.names[0]), wish, context)
    vault = Vault(context.environ)
    made = _make(owner, wish, iam, context, vault)
    seed = Seed(made.secret, made.serial)
    try:
        if wish.store:
            terminal.say(_FRANKLY)
            # before AWS demands its codes: a seed that is lost then would lock the user out
            key_owner.keep(owner.name, replace(find_item(owner, vault), following_seed=seed), context, vault)
        if wish.show_secret or not wish.store:
            _show(seed, owner, with_secret=wish.show_secret)
        code_pairs.send(
            made.serial,
            seed if wish.store else None,
            lambda codes: mfa_devices.enable(iam, owner.user_name, made.serial, codes),
            context,
            is_explained=True,
        )
    except BaseException as error:
        is_enabled = _is_enabled(owner, made.serial, iam, wish, error)
        if is_enabled is False and wish.store:
            item = find_item(owner, vault)
            key_owner.keep(owner.name, replace(item, following_seed=None), context, vault)
        if not is_enabled:
            raise
        terminal.say(f"{made.serial} is enabled all the same, as IAM says")
        if not isinstance(error, AwsactivateError):
            finish(owner, made.serial, context, stored=wish.store, replaces=replaces)
            raise
    finish(owner, made.serial, context, stored=wish.store, replaces=replaces)
    return made.serial


def finish(owner: KeyOwner, serial: str, context: Context, *, stored: bool, replaces: bool = False) -> None:
    """Let keyring and profile know a device that is enabled; the error tells what is left to be done."""
    if stored:
        vault = Vault(context.environ)
        item = find_item(owner, vault)
        if item.following_seed is not None and item.following_seed.serial == serial:
            following = item.following_seed if replaces else None
            item = replace(item, seed=item.following_seed, following_seed=following)
        key_owner.keep(owner.name, item, context, vault)
    try:
        path = profile_edits.set_value(owner.name, "mfa_serial", serial, context.environ)
    except AwsactivateError as error:
        raise ProfileError(
            f"{serial} is enabled, but the profile {owner.name!r} does not name it: {error.message}",
            f"mend that and run this again, or write into {config_path(context.environ)}, under"
            f" {profile_edits.new_header(owner.name)}: mfa_serial = {serial}",
        ) from error
    terminal.say(f"{serial} is enabled, and stands in {path} as mfa_serial of {owner.name!r}")


def replace_device(owner: KeyOwner, old: str, new: str, iam: Any, context: Context) -> None:
    """Let the new device stand wherever the old one stood, and delete the old one."""
    from awsactivate.aws import mfa_devices

    profile_edits.replace_mfa_serial(old, new, context.environ)
    mfa_devices.remove(iam, owner.user_name, old)
    vault = Vault(context.environ)
    item = find_item(owner, vault)
    seed = None if item.seed is not None and item.seed.serial == old else item.seed
    if (done := replace(item, seed=seed, following_seed=None)) != item:
        key_owner.keep(owner.name, done, context, vault)
    terminal.say(f"{old} is deactivated and deleted")


def find_item(owner: KeyOwner, vault: Vault) -> KeyringItem:
    """Return what the keyring has now under the owner's name."""
    return vault.find(owner.name) or KeyringItem()


def _make(owner: KeyOwner, wish: Wish, iam: Any, context: Context, vault: Vault) -> NewDevice:
    """Make a device of the first name that is free.

    One that is there already is deleted only where the keyring has its seed, as a run leaves it that was
    stopped before the device was enabled. All others may be somebody's, who is about to enable them.
    """
    from awsactivate.aws import mfa_devices

    item = find_item(owner, vault) if wish.store else key_owner.read_item(owner, context)
    ours = item.following_seed.serial if item.following_seed is not None else None
    for name in wish.names:
        serial = owner.device_serial(name)
        made = mfa_devices.create(iam, name)
        if made is None and serial == ours:
            mfa_devices.delete(iam, serial)
            key_owner.keep(owner.name, replace(item, following_seed=None), context, vault)
            made = mfa_devices.create(iam, name)
        if made is not None:
            return made
        told = (
            f"there is an MFA device {serial} already, which nothing here proves to be ours: it stays",
            f"if nobody is about to enable it: aws iam delete-virtual-mfa-device --serial-number {serial}",
        )
        if len(wish.names) > 1:
            terminal.say("; ".join(told))
    raise MfaError(told[0], f"choose another --name, or {told[1]}")


def _try_out(owner: KeyOwner, serial: str, wish: Wish, context: Context) -> None:
    """Raise, before AWS has changed anything, where what follows could not be written down."""
    try:
        profile_edits.try_value(owner.name, "mfa_serial", serial, context.environ)
        if wish.store:
            index.try_out(context.environ)
            vault = Vault(context.environ)
            item = find_item(owner, vault)
            if not item.is_empty:
                vault.store(owner.name, item)
    except AwsactivateError as error:
        error.args = (f"{error.message}; no device was made",)
        error.message = error.args[0]
        raise
    if wish.show_secret or not wish.store:
        _check_screen()


def _is_enabled(owner: KeyOwner, serial: str, iam: Any, wish: Wish, error: BaseException) -> bool | None:
    """Delete the device and tell that it was not enabled, or tell that it is: IAM deletes none that is.

    None where IAM does not let itself be asked. Where it can't be reached, the error says so. What was stored
    stays in both cases.
    """
    from awsactivate.aws import mfa_devices

    try:
        mfa_devices.delete(iam, serial)
    except AwsError as refusal:
        if refusal.code == "DeleteConflict":
            return True
        try:
            devices = mfa_devices.list_devices(iam, owner.user_name)
        except AwsError:
            terminal.say(f"{serial} is left, and may be enabled: {refusal.message}")
            return None
        if serial in [device.serial for device in devices]:
            return True
        terminal.say(f"the device that was not enabled is left: {refusal.message}")
    except AwsactivateError as unknown:
        kept = "its seed stays in the keyring; " if wish.store else ""
        raise type(unknown)(
            f"whether {serial} is enabled is not known: {unknown.message}",
            f"{kept}run this again when AWS can be reached: awsactivate mfa enroll {owner.name}"
            + (" --store" if wish.store else ""),
        ) from error
    return False


def _check_screen() -> None:
    if not terminal.is_terminal(2):
        raise MfaError("there is no terminal to show the QR code on", "enrol on a terminal, or with --store")


def _show(seed: Seed, owner: KeyOwner, *, with_secret: bool) -> None:
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
