"""Deactivate a device and delete it, with its seed and what the configuration says of it."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AccessDeniedError, AwsactivateError, MfaError
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.keychain.item import KeyringItem, Seed
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner, owner_iam
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.person import terminal
from awsactivate.profiles import profile_edits
from awsactivate.sessions import arns


def add_arguments(parser: Parser) -> None:
    """Take the profile and the device."""
    key_owner.add_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Ask, end the device in AWS, then forget it here."""
    name = key_owner.find_name(arguments, context)
    owner = key_owner.find(name, context)
    serial = arguments.serial or owner_iam.find_configured_serial(owner, context)
    if serial is None:
        raise MfaError(f"no MFA device is known of {name!r}", "name it: --serial ARN")
    question = f"without {serial} {owner.user_name} can't have what demands MFA; delete it?"
    if not (arguments.yes or terminal.confirm(question)):
        terminal.say("nothing was changed")
        return 1
    with index.locked(context.environ):
        profile_edits.try_to_replace_mfa_serial(serial, None, context.environ)
        index.try_out(context.environ)
        _end_in_aws(owner, serial, arguments, context)
        try:
            changed = _forget(serial, name, context)
        except AwsactivateError as error:
            raise AwsactivateError(
                f"{serial} is deleted in AWS, but not forgotten here: {error.message}",
                f"mend that, and run this again: awsactivate mfa remove {name} --serial {serial} --yes",
            ) from error
    terminal.say(f"{serial} is deactivated and deleted")
    if changed:
        terminal.say(f"mfa_serial is gone from {', '.join(changed)}")
    return 0


def _forget(serial: str, name: str, context: Context) -> tuple[str, ...]:
    """Drop the seeds and the serial of a device that is no more; return the profiles that named it.

    `name` is the profile under which a seed may lie that the index does not tell of yet.
    """
    vault = Vault(context.environ)
    for holder, entry in index.read(context.environ).items():
        if (entry.has_seed and entry.mfa_serial == serial) or holder == name:
            item = vault.find(holder) or KeyringItem()
            left = replace(
                item,
                seed=_unless_of(serial, item.seed),
                following_seed=_unless_of(serial, item.following_seed),
            )
            if left != item:
                key_owner.keep(holder, left, context, vault)
    return profile_edits.replace_mfa_serial(serial, None, context.environ)


def _unless_of(serial: str, seed: Seed | None) -> Seed | None:
    return None if seed is None or seed.serial == serial else seed


def _end_in_aws(owner: KeyOwner, serial: str, arguments: argparse.Namespace, context: Context) -> None:
    from awsactivate.aws import mfa_devices

    if not arns.gives_codes(serial):
        another = argparse.Namespace(**{**vars(arguments), "serial": None})
        mfa_devices.remove(owner_iam.open_iam(owner, another, context), owner.user_name, serial)
        return
    is_own = arguments.profile in (None, owner.name)
    if is_own:
        try:
            devices = mfa_devices.list_devices(owner_iam.plain_iam(owner), owner.user_name)
        except AccessDeniedError:
            pass  # a policy may allow it with MFA only
        else:
            if serial not in [device.serial for device in devices]:
                # an earlier run came so far, and no code of it opens a session any more
                mfa_devices.delete(owner_iam.plain_iam(owner), serial)
                return
    if is_own:
        credentials = owner_iam.open_mfa_session(owner, serial, context, mfa_code=arguments.mfa_code)
        mfa_devices.remove(owner_iam.iam_with(owner, credentials), owner.user_name, serial)
        return
    mfa_devices.remove(owner_iam.open_iam(owner, arguments, context), owner.user_name, serial)
