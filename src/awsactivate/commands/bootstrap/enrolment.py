"""The person at this machine, from a new IAM user to the first `activate`.

Profiles, access key and MFA device, each only where it is missing: a run that was stopped is just run again.
"""

from __future__ import annotations

import argparse
import re
from typing import Any

from awsactivate.account import people
from awsactivate.account.settings import Settings
from awsactivate.commandline import Context, Parser
from awsactivate.commands.keys import making
from awsactivate.commands.mfa import enabling, enrolling
from awsactivate.errors import AwsError, MfaError, ProfileError, UsageError
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner, owner_iam
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.person import terminal
from awsactivate.profiles import profile_edits
from awsactivate.profiles.model import Profile
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arns

# what no shell, prompt or file has to quote
_PLAIN_NAME = re.compile(r"[\w@.+=,-]{1,64}", re.A)
_TRIED = "awsactivate_tried"  # a setting that no profile has: to write it is to change the file
_OTHER_SOURCES = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "credential_source",
    "login_session",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
)


@dataclass(frozen=True)
class Enrolment:
    """Whom to enrol, as which two profiles: the one that has the key, and the one to activate."""

    user_name: str
    key_profile: str
    role_profile: str
    store_seed: bool
    show_secret: bool


def add_arguments(parser: Parser) -> None:
    """Take whether to enrol the user here, and how."""
    group = parser.add_argument_group("the person at this machine")
    group.add_argument(
        "--enroll",
        action="store_true",
        help="go on to the first `activate` for the one --user: access key into the keyring, MFA device,"
        " profiles",
    )
    group.add_argument(
        "--as", dest="as_", metavar="PROFILE", help="the profile to activate; default: the role's name"
    )
    group.add_argument(
        "--store-seed", action="store_true", help="keep the device's seed in the keyring: no code is typed"
    )
    group.add_argument(
        "--show-secret", action="store_true", help="show the device's secret too, to type it elsewhere"
    )


def read_wanted(arguments: argparse.Namespace) -> Enrolment | None:
    """Return whom to enrol; None where nobody is."""
    if not arguments.enroll:
        for option in ("as_", "store_seed", "show_secret"):
            if getattr(arguments, option):
                name = "--" + option.rstrip("_").replace("_", "-")
                raise UsageError(f"{name} is for the person who is enrolled", "add --enroll")
        return None
    if len(arguments.user) != 1:
        raise UsageError(
            "--enroll is for the one person at this machine", "name that person alone: --user NAME --enroll"
        )
    user_name, name = arguments.user[0], arguments.as_ or arguments.role_name
    if not _PLAIN_NAME.fullmatch(name):
        raise UsageError(f"--as must be 1 to 64 letters, digits and _@.+=,-, not {name!r}")
    return Enrolment(
        user_name,
        people.key_profile(user_name, name, is_called_otherwise=arguments.as_ is not None),
        name,
        arguments.store_seed,
        arguments.show_secret,
    )


def check(enrolment: Enrolment, settings: Settings, iam: Any, context: Context) -> None:
    """Raise, before anything is made, where `enroll` could not keep what it makes."""
    if not enrolment.store_seed and not terminal.is_terminal(2):
        raise MfaError(
            "there is no terminal to show the device's QR code on",
            "enrol on a terminal, or with --store-seed",
        )
    _check_profiles(enrolment, settings, context)
    for name in (enrolment.key_profile, enrolment.role_profile):
        profile_edits.try_value(name, _TRIED, "yes", context.environ)
    making.check(enrolment.key_profile, enrolment.user_name, iam, context)


def enroll(enrolment: Enrolment, settings: Settings, iam: Any, context: Context) -> None:
    """Make what is missing until `activate` works; `iam` is an administrator's."""
    with index.locked(context.environ):
        _check_profiles(enrolment, settings, context)
        _write_profiles(enrolment, settings, context)
        try:
            making.ensure(enrolment.key_profile, enrolment.user_name, iam, context)
            owner = key_owner.find(enrolment.key_profile, context)
            _enroll_device(owner, enrolment, iam, context)
        except AwsError as error:
            hint = error.hint or "run this again: it goes on where it was"
            raise type(error)(error.message, hint, code=error.code) from error
        _agree_on_device(owner, enrolment, context)


def _check_profiles(enrolment: Enrolment, settings: Settings, context: Context) -> None:
    profiles = read_profiles(context.environ)
    key_profile, role_profile = enrolment.key_profile, enrolment.role_profile
    wanted = {"role_arn": settings.role_arn, "source_profile": key_profile}
    if role_profile in profiles:
        _refuse_others(profiles[role_profile], wanted, f"{settings.role_arn} by way of {key_profile!r}")
    if key_profile in profiles:
        profile = profiles[key_profile]
        if profile.has_key_settings:
            raise ProfileError(
                f"profile {key_profile!r} has an access key in {profile.path}",
                f"if it is the user's: awsactivate keys import {key_profile}; else add --as NAME",
            )
        _refuse_others(profile, {}, f"the key of user {enrolment.user_name}")


def _refuse_others(profile: Profile, wanted: dict[str, str], purpose: str) -> None:
    """Refuse a profile that is somebody's already, for another purpose."""
    for key in ("role_arn", "source_profile", *_OTHER_SOURCES):
        if key in profile.values and profile.values[key] != wanted.get(key):
            raise ProfileError(
                f"profile {profile.name!r} has another {key} in {profile.path} than is needed for {purpose}",
                "choose another name: --as NAME",
            )


def _write_profiles(enrolment: Enrolment, settings: Settings, context: Context) -> None:
    written = {}
    wanted = people.profiles(settings, enrolment.key_profile, enrolment.role_profile)
    for name, key, value in ((name, *line) for name, lines in wanted.items() for line in lines.items()):
        profile = read_profiles(context.environ).get(name)
        if profile is None or key not in profile.values:
            written[name] = profile_edits.set_value(name, key, value, context.environ)
    for name, path in written.items():
        terminal.say(f"wrote profile {name!r} into {path}")


def _enroll_device(owner: KeyOwner, enrolment: Enrolment, iam: Any, context: Context) -> None:
    from awsactivate.aws import mfa_devices

    devices = mfa_devices.list_devices(iam, owner.user_name)
    if enrolling.finish_earlier(owner, devices, context, store=enrolment.store_seed):
        return
    serials = arns.with_codes(device.serial for device in devices)
    if owner_iam.find_configured_serial(owner, context) in serials:
        return
    if serials:
        raise MfaError(
            f"{owner.user_name} has an MFA device already: {', '.join(serials)}",
            f"let the profile use it: aws configure set mfa_serial {serials[0]} --profile {owner.name}",
        )
    _forget_seed(owner, context)
    wish = enabling.Wish(enrolling.free_names(owner, devices), enrolment.store_seed, enrolment.show_secret)
    enabling.enroll(owner, wish, iam, context)


def _forget_seed(owner: KeyOwner, context: Context) -> None:
    """Drop the seed of a device that IAM does not have any more: the new one may have the same serial."""
    vault = Vault(context.environ)
    item = vault.find(owner.name)
    if item is not None and item.seed is not None:
        key_owner.keep(owner.name, replace(item, seed=None), context, vault)


def _agree_on_device(owner: KeyOwner, enrolment: Enrolment, context: Context) -> None:
    """Let the role's profile, where it names a device at all, name the one that is enrolled."""
    profiles = read_profiles(context.environ)
    serial = profiles[owner.name].mfa_serial
    if serial and profiles[enrolment.role_profile].mfa_serial not in (None, serial):
        profile_edits.set_value(enrolment.role_profile, "mfa_serial", serial, context.environ)
