"""The tags of a role in which its users' revoked sessions stand, and what changes one of them.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from awsactivate.account import policies
from awsactivate.aws import again
from awsactivate.aws.answers import THROTTLED_CODES, NoAnswer, Refused, refusal
from awsactivate.aws.ways import Way
from awsactivate.errors import AccessDeniedError, AwsError
from awsactivate.frozen import dataclass
from awsactivate.revocation import tag as revocation_tag
from awsactivate.revocation.tag import Revocations

_BUSY = {*THROTTLED_CODES, "ConcurrentModification", "EntityTemporarilyUnmodifiable", "ServiceFailure"}
_TRIES = 8  # with pauses that double from 0.1 s: half a minute at the most
_ROUNDS = 16

Pause = Callable[[float], None]


class NoSuchRoleError(AwsError):
    """The role is not there (any more)."""


@dataclass(frozen=True)
class RoleTags:
    """The tags of a role, as far as revocations go."""

    role_name: str
    tags: Mapping[str, str]

    def key_of(self, user: str) -> str | None:
        """Return the key of a user's tag as it is spelt; None where the role has none."""
        # IAM takes the keys of tags for equal whatever their case
        wanted = policies.revoked_tag(user).casefold()
        return next((key for key in self.tags if key.casefold() == wanted), None)

    def value_of(self, user: str) -> str | None:
        """Return the value of a user's tag; None where the role has none."""
        key = self.key_of(user)
        return None if key is None else self.tags[key]

    def users(self) -> list[str]:
        """Name the users who have a tag."""
        prefix = policies.REVOKED_PREFIX
        return sorted(key[len(prefix) :] for key in self.tags if key.casefold().startswith(prefix))


def read(iam: Any, role_name: str, pause: Pause) -> RoleTags:
    """Read the role's tags."""
    tags: dict[str, str] = {}
    more: dict[str, str] = {}
    while True:
        answer = call(iam.list_role_tags, pause, RoleName=role_name, **more)
        tags |= {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
        if not answer.get("IsTruncated"):
            return RoleTags(role_name, tags)
        more = {"Marker": answer["Marker"]}


def read_beside(iam: Way, role_name: str) -> RoleTags:
    """Read the role's tags as `read` does, by the way that is there at once."""
    tags: dict[str, str] = {}
    more: dict[str, str] = {}
    try:
        while True:
            answer = _page(iam, {"RoleName": role_name, **more})
            tags |= {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
            if not answer.get("IsTruncated"):
                return RoleTags(role_name, tags)
            more = {"Marker": answer["Marker"]}
    except NoAnswer as error:
        raise error.as_error() from error
    except Refused as error:
        raise refusal(error, doing=f"ListRoleTags {role_name}") from error


def _page(iam: Way, request: Mapping[str, str]) -> Mapping[str, Any]:
    return again.call(lambda: iam.call("ListRoleTags", request).values, _pauses(), _is_busy)


def _pauses() -> Iterator[float]:
    return (random.uniform(0.05, 0.1) * 2**number for number in range(_TRIES - 1))  # noqa: S311


def _is_busy(error: Refused | NoAnswer) -> bool:
    return isinstance(error, Refused) and error.code in _BUSY


def change_tag(
    iam: Any,
    role_name: str,
    user: str,
    change: Callable[[Revocations | None], Revocations],
    pause: Pause,
) -> Revocations:
    """Change the user's tag until what was written stands, whoever else writes it meanwhile.

    `change` is given what the tag says (None: what is not of our grammar) and must want nothing more of its
    own result. Raises TooLongError where that does not fit, AwsError where others overwrite it all the time.
    """
    for number in range(_ROUNDS):
        tags = read(iam, role_name, pause)
        before = tags.value_of(user) or ""
        wanted = change(parse(before))
        after = revocation_tag.text(wanted)
        if after == before:
            return wanted
        if number:
            # another process does the same: one of both should come later
            pause(random.uniform(0, min(0.1 * 2**number, 2)))  # noqa: S311
        key = tags.key_of(user) or policies.revoked_tag(user)
        call(iam.tag_role, pause, RoleName=role_name, Tags=[{"Key": key, "Value": after}])
    raise AwsError(
        f"the tag {policies.revoked_tag(user)} of role {role_name} did not keep what was written",
        "run this again",
        code="ConcurrentModification",
    )


def parse(value: str) -> Revocations | None:
    """Read a tag's value; None where it is not of our grammar."""
    try:
        return revocation_tag.parse(value)
    except ValueError:
        return None


def read_max_session_seconds(iam: Any, role_name: str, pause: Pause) -> int | None:
    """Return the role's MaxSessionDuration; None where the caller may not ask."""
    try:
        role = call(iam.get_role, pause, RoleName=role_name)["Role"]
    except AccessDeniedError:
        return None
    return int(role["MaxSessionDuration"])


def call(function: Callable[..., Any], pause: Pause, **arguments: Any) -> Any:
    """Call, and again where AWS is busy; raise what it refuses in words of ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    from awsactivate.aws.refusals import code_of, translated

    what = arguments.get("RoleName") or arguments.get("PolicyArn") or "of the account"
    for number in range(_TRIES):
        try:
            return function(**arguments)
        except ClientError as error:
            if code_of(error) in _BUSY and number < _TRIES - 1:
                pause(random.uniform(0.05, 0.1) * 2**number)  # noqa: S311
                continue
            doing = f"{error.operation_name} {what}"
            if code_of(error) == "NoSuchEntity":
                raise NoSuchRoleError(translated(error, doing=doing).message, code="NoSuchEntity") from error
            raise translated(error, doing=doing) from error
        except BotoCoreError as error:
            raise translated(error) from error
    raise AssertionError("the last round returns or raises")
