"""Tell a user's MFA devices, with which profiles name them and whether the keyring has their seed."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AccessDeniedError
from awsactivate.keychain import index
from awsactivate.opening import caller, key_owner, owner_iam
from awsactivate.person.printable import json_text
from awsactivate.person.tables import table
from awsactivate.profiles import device_serials
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns


def add_arguments(parser: Parser) -> None:
    """Take the profile and the form of the answer."""
    key_owner.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Ask IAM, and write one row a device."""
    from awsactivate.aws import mfa_devices

    name = key_owner.find_name(arguments, context)
    owner = key_owner.find(name, context)
    if arguments.profile not in (None, name):
        devices = mfa_devices.list_devices(
            caller.find_caller(arguments, context).client("iam"), owner.user_name
        )
    else:
        try:
            devices = mfa_devices.list_devices(owner_iam.plain_iam(owner), owner.user_name)
        except AccessDeniedError:
            # some policies allow it with MFA only
            devices = mfa_devices.list_devices(owner_iam.open_iam(owner, arguments, context), owner.user_name)
    profiles = read_profiles(context.environ)
    with_seed = {entry.mfa_serial for entry in index.read(context.environ).values() if entry.has_seed}
    rows = [
        {
            "serial": device.serial,
            "user": device.user_name,
            "enabled": device.enabled,
            "gives_codes": arns.gives_codes(device.serial),
            "seed": device.serial in with_seed,
            "profiles": list(device_serials.profiles_with(device.serial, profiles)),
        }
        for device in devices
    ]
    if arguments.json:
        context.write(json_text(rows))
    elif not rows:
        context.write(f"{owner.user_name} has no MFA device\n")
    else:
        lines = [("SERIAL", "USER", "ENABLED", "SEED", "PROFILES")]
        for device, row in zip(devices, rows, strict=True):
            named = ", ".join(device_serials.profiles_with(device.serial, profiles)) or "-"
            seed = "yes" if row["seed"] else "no" if row["gives_codes"] else "passkey"
            lines.append((device.serial, device.user_name, device.enabled.partition("T")[0], seed, named))
        context.write(table(lines))
    return 0
