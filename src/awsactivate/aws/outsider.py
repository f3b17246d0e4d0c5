"""A throw-away IAM user with an MFA device and no rights, to try what such a one is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from awsactivate.account.desired import USER
from awsactivate.account.resources import Resource
from awsactivate.aws.refusals import code_of
from awsactivate.aws.resources import users
from awsactivate.aws.resources.access import Access
from awsactivate.aws.resources.failures import explain_failures
from awsactivate.errors import AwsError
from awsactivate.frozen import dataclass
from awsactivate.mfa import totp
from awsactivate.sessions.credentials import Credentials

NAME = "awsactivate-probe"  # always the same, so that a later run clears away what a killed one left

_NOT_KNOWN_YET = ("InvalidClientTokenId", "AccessDenied")


@dataclass(frozen=True)
class Outsider:
    """The user's credentials."""

    sts: Any
    """A client that signs with its MFA session."""
    keys: Credentials
    """Its own access key."""


def let_in(access: Access) -> None:
    """Make the user a member of the group; its deletion ends that."""
    group = access.settings.group_name
    with explain_failures(Resource(USER, NAME, ()), access.settings.region):
        access.call_until_settled(access.client("iam").add_user_to_group, UserName=NAME, GroupName=group)


@contextmanager
def outsider(
    access: Access,
    sts_client: Callable[[Credentials], Any],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> Iterator[Outsider]:
    """Make the user, give what signs as that user, and delete the user."""
    person = Resource(USER, NAME, ())
    with explain_failures(person, access.settings.region):
        if users.read(access, person) is not None:
            users.delete(access, person)
        users.create(access, person)
    try:
        with explain_failures(person, access.settings.region):
            keys, session = _make_credentials(access, sts_client, clock, wait)
        yield Outsider(sts_client(session), keys)
    finally:
        with explain_failures(person, access.settings.region):
            users.delete(access, person)


def _make_credentials(
    access: Access,
    sts_client: Callable[[Credentials], Any],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> tuple[Credentials, Credentials]:
    iam = access.client("iam")
    key = access.call_until_settled(iam.create_access_key, UserName=NAME)["AccessKey"]
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=NAME)["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"].decode()
    now = clock()
    access.call_until_settled(
        iam.enable_mfa_device,
        UserName=NAME,
        SerialNumber=serial,
        AuthenticationCode1=totp.code(seed, now - totp.PERIOD),
        AuthenticationCode2=totp.code(seed, now),
    )
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    sts = sts_client(keys)
    for _ in range(4):  # the key becomes known within seconds, and each window's code is taken once
        wait(totp.seconds_to_next_window(clock()))
        try:
            answer = sts.get_session_token(SerialNumber=serial, TokenCode=totp.code(seed, clock()))
        except ClientError as error:
            if code_of(error) not in _NOT_KNOWN_YET:
                raise
            continue
        found = answer["Credentials"]
        return keys, Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    raise AwsError(f"user {NAME} got no session with MFA in two minutes", "run this again")
