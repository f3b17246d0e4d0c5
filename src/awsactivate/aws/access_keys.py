"""An IAM user's access keys, as IAM keeps them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws.answers import clock_skew
from awsactivate.aws.clients import client
from awsactivate.aws.once import send_once
from awsactivate.aws.refusals import headers_of, translated
from awsactivate.aws.sts import CallerIdentity, Sts
from awsactivate.errors import AwsactivateError, AwsError
from awsactivate.frozen import dataclass
from awsactivate.keychain.item import AccessKey
from awsactivate.sessions.credentials import Credentials, rfc3339

# what STS says of a key that has not come round to all of AWS yet
_NOT_YET = {"InvalidClientTokenId", "SignatureDoesNotMatch"}
_PATIENCE = 60.0  # seconds
_PAUSE = 1.0


@dataclass(frozen=True)
class UserKey:
    """One of a user's keys."""

    id: str
    is_active: bool
    created: str
    """RFC 3339."""

    @property
    def created_at(self) -> float:
        """When it was made, in seconds since the epoch, cut to the second."""
        return datetime.fromisoformat(self.created).timestamp()


@dataclass(frozen=True)
class KeyFacts:
    """When a key was made and last used (RFC 3339), None where that is not known."""

    created: str | None
    last_used: str | None


def list_keys(iam: Any, user_name: str) -> tuple[UserKey, ...]:
    """List the user's keys, of which there are two at most."""
    answer = _call(iam, "list_access_keys", UserName=user_name)
    return tuple(
        UserKey(key["AccessKeyId"], key["Status"] == "Active", rfc3339(key["CreateDate"]))
        for key in answer["AccessKeyMetadata"]
    )


def create(iam: Any, user_name: str) -> AccessKey:
    """Make a new key, whose secret IAM tells this once.

    A call whose answer was lost is not sent again: it may have made a key, and the next would make another.
    """
    send_once(iam, "iam", "CreateAccessKey")
    made = _call(iam, "create_access_key", UserName=user_name)["AccessKey"]
    return AccessKey(made["AccessKeyId"], made["SecretAccessKey"], rfc3339(made["CreateDate"]))


def measure_clock_ahead(iam: Any, user_name: str, clock: Callable[[], float]) -> float:
    """Return how many seconds this machine's clock is ahead of IAM's; 0 where that can't be told."""
    try:
        answer = iam.list_access_keys(UserName=user_name)
    except ClientError as error:
        answer = error.response
    except BotoCoreError:
        return 0.0
    return float(clock_skew(headers_of(answer), clock()) or 0)


def set_active(iam: Any, user_name: str, key_id: str, *, active: bool) -> None:
    """Make a key active or inactive."""
    status = "Active" if active else "Inactive"
    _call(iam, "update_access_key", UserName=user_name, AccessKeyId=key_id, Status=status)


def delete(iam: Any, user_name: str, key_id: str) -> None:
    """Delete a key, if it is there."""
    try:
        iam.delete_access_key(UserName=user_name, AccessKeyId=key_id)
    except iam.exceptions.NoSuchEntityException:
        return
    except (ClientError, BotoCoreError) as error:
        raise translated(error, doing=f"DeleteAccessKey {key_id}") from error


def ask_last_use(iam: Any, key_id: str) -> datetime | None:
    """Return when a key was used last; None where it never was."""
    answer = _call(iam, "get_access_key_last_used", AccessKeyId=key_id)
    used: datetime | None = answer["AccessKeyLastUsed"].get("LastUsedDate")
    return used


def ask_facts(credentials: Credentials, profile: str | None) -> KeyFacts:
    """Ask IAM, by the key itself, about a key: one try, and nothing where IAM does not tell."""
    key_id = credentials.access_key_id
    created = used = None
    try:
        iam = client("iam", credentials, profile=profile, retries=False)
        for key in iam.list_access_keys()["AccessKeyMetadata"]:
            if key["AccessKeyId"] == key_id:
                created = rfc3339(key["CreateDate"])
        used = ask_last_use(iam, key_id)
    except (ClientError, BotoCoreError, AwsactivateError):
        # a policy may allow this with MFA only, and a list is not worth a code
        return KeyFacts(created, None)
    return KeyFacts(created, rfc3339(used) if used else None)


def ask_owner(credentials: Credentials, profile: str | None) -> CallerIdentity:
    """Ask STS whose a key is; it need not be allowed anything for that."""
    return Sts(credentials, profile).get_caller_identity()


def wait_until_accepted(
    credentials: Credentials, profile: str | None, sleep: Callable[[float], None] = time.sleep
) -> CallerIdentity:
    """Wait until STS knows a key that IAM has just made or changed."""
    sts = Sts(credentials, profile)
    for _ in range(round(_PATIENCE / _PAUSE)):
        try:
            return sts.get_caller_identity()
        except AwsError as error:
            if error.code not in _NOT_YET:
                raise
            sleep(_PAUSE)
    return sts.get_caller_identity()


def _call(iam: Any, operation: str, **parameters: str) -> dict[str, Any]:
    doing = "".join(word.title() for word in operation.split("_"))
    try:
        answer: dict[str, Any] = getattr(iam, operation)(**parameters)
    except (ClientError, BotoCoreError) as error:
        raise translated(error, doing=f"{doing} {parameters.get('AccessKeyId', '')}".strip()) from error
    return answer
