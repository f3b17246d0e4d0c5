"""An IAM user's MFA devices, as IAM keeps them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws.refusals import code_of, translated
from awsactivate.errors import AwsactivateError, MfaCodeRefusedError
from awsactivate.frozen import dataclass, field
from awsactivate.sessions.credentials import rfc3339


@dataclass(frozen=True)
class Device:
    """A device that is enabled for a user."""

    serial: str
    user_name: str
    enabled: str
    """Since when, by RFC 3339."""


@dataclass(frozen=True)
class NewDevice:
    """A virtual device that is not enabled yet, with its seed in Base32."""

    serial: str
    secret: str = field(repr=False)


def list_devices(iam: Any, user_name: str) -> tuple[Device, ...]:
    """List the user's devices."""
    try:
        pages = iam.get_paginator("list_mfa_devices").paginate(UserName=user_name)
        return tuple(
            Device(device["SerialNumber"], device["UserName"], rfc3339(device["EnableDate"]))
            for page in pages
            for device in page["MFADevices"]
        )
    except (ClientError, BotoCoreError) as error:
        raise _explained(error, f"ListMFADevices of {user_name}") from error


def create(iam: Any, name: str) -> NewDevice | None:
    """Make a virtual device; None where one of that name is there already, in use or not."""
    try:
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    except iam.exceptions.EntityAlreadyExistsException:
        return None
    except (ClientError, BotoCoreError) as error:
        raise _explained(error, f"CreateVirtualMFADevice {name}") from error
    return NewDevice(made["SerialNumber"], made["Base32StringSeed"].decode())


def enable(iam: Any, user_name: str, serial: str, codes: tuple[str, str]) -> None:
    """Enable a device for the user; MfaCodeRefusedError where the two codes are not its own."""
    _send_codes(iam, "enable_mfa_device", user_name, serial, codes)


def resync(iam: Any, user_name: str, serial: str, codes: tuple[str, str]) -> None:
    """Let AWS learn a device's clock anew; MfaCodeRefusedError where the two codes are not its own."""
    _send_codes(iam, "resync_mfa_device", user_name, serial, codes)


def remove(iam: Any, user_name: str, serial: str) -> None:
    """Deactivate a device and delete it, as far as that has not been done."""
    try:
        iam.deactivate_mfa_device(UserName=user_name, SerialNumber=serial)
    except iam.exceptions.NoSuchEntityException:
        pass  # deactivated before
    except (ClientError, BotoCoreError) as error:
        raise _explained(error, f"DeactivateMFADevice {serial}") from error
    delete(iam, serial)


def delete(iam: Any, serial: str) -> None:
    """Delete a virtual device that is not in use, if it is there; a hardware device has nothing to delete."""
    if not serial.startswith("arn:"):
        return
    try:
        iam.delete_virtual_mfa_device(SerialNumber=serial)
    except iam.exceptions.NoSuchEntityException:
        return
    except (ClientError, BotoCoreError) as error:
        raise _explained(error, f"DeleteVirtualMFADevice {serial}") from error


def _send_codes(iam: Any, operation: str, user_name: str, serial: str, codes: tuple[str, str]) -> None:
    first, second = codes
    try:
        getattr(iam, operation)(
            UserName=user_name, SerialNumber=serial, AuthenticationCode1=first, AuthenticationCode2=second
        )
    except (ClientError, BotoCoreError) as error:
        doing = "EnableMFADevice" if operation.startswith("enable") else "ResyncMFADevice"
        raise _explained(error, f"{doing} {serial}") from error


def _explained(error: ClientError | BotoCoreError, doing: str) -> AwsactivateError:
    if isinstance(error, ClientError) and code_of(error) == "InvalidAuthenticationCode":
        return MfaCodeRefusedError(f"AWS refused the two MFA codes ({code_of(error)})")
    return translated(error, doing=doing)
