"""The ARNs of IAM that a user names, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from awsactivate.frozen import dataclass
from awsactivate.sessions.arn_parts import account_of as account_of
from awsactivate.sessions.arn_parts import partition_of as partition_of

_PARTITION = r"(?P<partition>aws(?:-[a-z0-9]+)*)"
_PATH = r"(?P<path>(?:[\x21-\x2e\x30-\x7e]+/)*)"
_NAME = r"[\w+=,.@-]{1,64}"
_ROLE = re.compile(rf"arn:{_PARTITION}:iam::(?P<account>[0-9]{{12}}):role/{_PATH}(?P<name>{_NAME})", re.A)
_MFA = re.compile(
    rf"arn:{_PARTITION}:iam::(?P<account>[0-9]{{12}}):(?:sms-)?mfa/{_PATH}(?P<name>[\w+=,.@-]{{1,226}})", re.A
)
_PASSKEY = re.compile(rf"arn:{_PARTITION}:iam::[0-9]{{12}}:u2f/.+")
_POLICY = re.compile(rf"arn:{_PARTITION}:iam::(?:aws|[0-9]{{12}}):policy/{_PATH}[\w+=,.@-]{{1,128}}", re.A)
_HARDWARE_SERIAL = re.compile(r"[\w+=/:,.@-]{9,256}", re.A)


PASSKEY = "a passkey or security key, which AWS takes in a browser only"


@dataclass(frozen=True)
class RoleArn:
    """The ARN of an IAM role, with its parts."""

    text: str
    """The whole of it."""
    partition: str
    account_id: str
    name: str
    """Without the path."""

    def __str__(self) -> str:
        return self.text


def is_name(text: str) -> bool:
    """Tell whether a user or a role of IAM may be called so."""
    return re.fullmatch(_NAME, text, re.A) is not None


def role_arn(text: str) -> RoleArn:
    """Take a role's ARN apart; ValueError says what it must be."""
    match = _ROLE.fullmatch(text)
    if not match:
        raise ValueError(f"must be a role's ARN (arn:aws:iam::ACCOUNT:role/NAME), not {text!r}")
    return RoleArn(text, match["partition"], match["account"], match["name"])


def mfa_serial(text: str) -> str:
    """Return `text` if it can be an MFA device's serial; ValueError says what it must be."""
    if not gives_codes(text):
        raise ValueError(f"names {PASSKEY}, not a device that gives codes: {text}")
    is_serial = _MFA.fullmatch(text) if text.startswith("arn:") else _HARDWARE_SERIAL.fullmatch(text)
    if not is_serial:
        raise ValueError(
            "must be an MFA device's ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or a hardware serial"
            f" (9 to 256 of letters, digits and _+=/:,.@-), not {text!r}"
        )
    return text


def gives_codes(serial: str) -> bool:
    """Tell whether an MFA device gives codes: all do but passkeys and security keys, as their ARN says."""
    return not _PASSKEY.fullmatch(serial)


def with_codes(serials: Iterable[str]) -> list[str]:
    """Return the devices that give codes."""
    return [serial for serial in serials if gives_codes(serial)]


def mfa_user(serial: str) -> str | None:
    """Name the user that a virtual device is called after; a hardware serial tells none."""
    match = _MFA.fullmatch(serial)
    return match["name"] if match else None


def policy_arn(text: str) -> str:
    """Return `text` if it is a managed policy's ARN; ValueError says what it must be."""
    if not _POLICY.fullmatch(text):
        raise ValueError(f"must be managed policies' ARNs (arn:aws:iam::ACCOUNT:policy/NAME), not {text!r}")
    return text
