"""Seeds in the keyring: put in for a device that exists, and made into codes."""

from __future__ import annotations

import argparse
import sys
import time

from awsactivate.commandline import Context, Parser
from awsactivate.commands.mfa import clipboard
from awsactivate.errors import AwsactivateError, MfaError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import replace
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain import otpauth
from awsactivate.keychain.item import KeyringItem, Seed
from awsactivate.keychain.system_keyring import Vault
from awsactivate.mfa import totp
from awsactivate.mfa.used_codes import UsedCodes
from awsactivate.opening import key_owner, owner_iam
from awsactivate.person import terminal
from awsactivate.profiles import device_serials
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns

_LARGEST = 4096  # bytes; a URI is far below


def add_code(parser: Parser) -> None:
    """Take the profile, and where the code goes."""
    parser.add_argument("name", metavar="PROFILE", nargs="?", help="default: the active session's source")
    parser.add_argument("--copy", action="store_true", help="put it into the clipboard, and print nothing")
    parser.set_defaults(profile=None)


def run_code(arguments: argparse.Namespace, context: Context) -> int:
    """Write a code that AWS has not seen."""
    name = key_owner.find_name(arguments, context)
    index = keyring_index.read(context.environ)
    seed = Vault(context.environ).load(name).seed if name in index and index[name].has_seed else None
    if seed is None:
        raise MfaError(f"the keyring has no TOTP seed of {name!r}", f"awsactivate mfa add-seed {name}")
    code = _wait_for_unused_code(seed, context)
    if arguments.copy:
        clipboard.copy(code, context.environ)
        terminal.say("the code is in the clipboard")
    else:
        context.write(f"{code}\n")
    return 0


def add_add_seed(parser: Parser) -> None:
    """Take the profile and the device."""
    key_owner.add_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="replace a seed that is stored already")


def run_add_seed(arguments: argparse.Namespace, context: Context) -> int:
    """Read the seed, find out which device it is of, and keep it."""
    name = key_owner.find_name(arguments, context)
    text = _read_seed()
    otpauth.seed(text, "")  # what is no seed is said before anything is asked of AWS
    serial = arguments.serial or _find_serial(name, context)
    seed = otpauth.seed(text, serial)
    vault = Vault(context.environ)
    before = (vault.find(name) or KeyringItem()).seed
    if not (arguments.yes or _may_replace(before, seed, name)):
        terminal.say("nothing was changed")
        return 1
    with keyring_index.locked(context.environ):
        item = vault.find(name) or KeyringItem()
        if item.seed != before and not arguments.yes:
            raise AwsactivateError(
                f"another awsactivate has changed the stored seed of {name!r}", "try again"
            )
        key_owner.keep(name, replace(item, seed=seed), context, vault)
    terminal.say(f"the TOTP seed of {serial} is in the keyring: sessions of {name!r} ask for no code now")
    return 0


def _may_replace(kept: Seed | None, seed: Seed, name: str) -> bool:
    """Ask, where another seed would be lost: it may be the only way to have the codes of its device."""
    if kept is None or kept == seed:
        return True
    another = "another seed" if kept.serial == seed.serial else "the seed"
    return terminal.confirm(
        f"the keyring has {another} of {kept.serial} as {name!r}, and keeps one a profile; replace it?"
    )


def _wait_for_unused_code(seed: Seed, context: Context) -> str:
    used = UsedCodes(state_folder(context.environ), warn=terminal.say_of_state)
    while True:
        now = context.clock()
        code = seed.code(now)
        is_new = used.reserve(seed.serial, totp.window(now, seed.period))
        if is_new and not used.was_last_accepted(seed.serial, code, now):
            return code
        wait = totp.seconds_to_next_window(now, seed.period)
        terminal.countdown(
            wait,
            "this MFA code was used already; the next one comes in",
            clock=context.clock,
            sleep=time.sleep,
        )


def _find_serial(name: str, context: Context) -> str:
    from awsactivate.aws import mfa_devices

    configured = device_serials.serial_of(
        name, read_profiles(context.environ), keyring_index.read(context.environ)
    )
    if configured is not None:
        return configured
    owner = key_owner.find(name, context)
    devices = mfa_devices.list_devices(owner_iam.plain_iam(owner), owner.user_name)
    serials = arns.with_codes(device.serial for device in devices)
    if len(serials) != 1:
        listed = f"several MFA devices: {', '.join(serials)}"
        raise MfaError(
            f"{owner.user_name} has {listed if serials else 'no MFA device that gives codes'}",
            "name the device: --serial ARN",
        )
    return serials[0]


def _read_seed() -> str:
    if terminal.is_terminal(0):
        return terminal.ask_secret("TOTP seed (Base32, or an otpauth:// URI): ")
    try:
        return sys.stdin.buffer.read(_LARGEST).decode().strip()
    except UnicodeDecodeError:
        raise MfaError("the TOTP seed on stdin is not text") from None
