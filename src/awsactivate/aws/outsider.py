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
from awsactivate.aws.resources.failures import told
from awsactivate.credentials import Credentials
from awsactivate.errors import AwsError
from awsactivate.mfa import totp

NAME = "awsactivate-probe"  # always the same, so that a later run clears away what a killed one left

_NOT_KNOWN_YET = ("InvalidClientTokenId", "AccessDenied")


@contextmanager
def outsider(
    access: Access,
    sts_client: Callable[[Credentials], Any],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> Iterator[Any]:
    """Make the user, give a client of STS that signs with the user's MFA session, and delete the user."""
    person = Resource(USER, NAME, ())
    with told(person, access.settings.region):
        if users.read(access, person) is not None:
            users.delete(access, person)
        users.create(access, person)
    try:
        with told(person, access.settings.region):
            session = _session(access, sts_client, clock, wait)
        yield sts_client(session)
    finally:
        with told(person, access.settings.region):
            users.delete(access, person)


def _session(
    access: Access,
    sts_client: Callable[[Credentials], Any],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> Credentials:
    iam = access.client("iam")
    key = access.settled(iam.create_access_key, UserName=NAME)["AccessKey"]
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=NAME)["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"].decode()
    now = clock()
    access.settled(
        iam.enable_mfa_device,
        UserName=NAME,
        SerialNumber=serial,
        AuthenticationCode1=totp.code(seed, now - totp.PERIOD),
        AuthenticationCode2=totp.code(seed, now),
    )
    sts = sts_client(Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    for _ in range(4):  # the key becomes known within seconds, and each window's code is taken once
        wait(totp.seconds_to_next_window(clock()))
        try:
            answer = sts.get_session_token(SerialNumber=serial, TokenCode=totp.code(seed, clock()))
        except ClientError as error:
            if code_of(error) not in _NOT_KNOWN_YET:
                raise
            continue
        found = answer["Credentials"]
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    raise AwsError(f"user {NAME} got no session with MFA in two minutes", "run this again")
