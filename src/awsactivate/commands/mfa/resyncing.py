"""Let AWS learn a device's clock anew, by two of its codes."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.commands.mfa import code_pairs
from awsactivate.errors import AccessDeniedError, MfaError
from awsactivate.opening import caller, key_owner, owner_iam
from awsactivate.person import terminal


def add_arguments(parser: Parser) -> None:
    """Take the profile and the device."""
    key_owner.add_arguments(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Send two codes, as typed or from the stored seed."""
    from awsactivate.aws import mfa_devices

    name = key_owner.find_name(arguments, context)
    owner = key_owner.find(name, context)
    serial = arguments.serial or owner_iam.find_configured_serial(owner, context)
    if serial is None:
        raise MfaError(f"no MFA device is known of {name!r}", "name it: --serial ARN")
    owner_iam.refuse_without_codes(serial)
    # not by an MFA session: a device whose clock is off has no code that would open one
    is_own = arguments.profile in (None, name)
    iam = owner_iam.plain_iam(owner) if is_own else caller.find_caller(arguments, context).client("iam")
    seed = owner_iam.find_stored_seed(owner, serial, context)
    try:
        code_pairs.send(
            serial,
            seed,
            lambda codes: mfa_devices.resync(iam, owner.user_name, serial, codes),
            context,
        )
    except AccessDeniedError as error:
        raise AccessDeniedError(
            error.message,
            f"an administrator may: awsactivate mfa resync {name} --profile ADMIN",
            code=error.code,
        ) from error
    terminal.say(f"{serial} is in step again")
    return 0
