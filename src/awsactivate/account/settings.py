"""What a person may choose of the secure account, checked."""

from __future__ import annotations

import re

from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import dataclass, replace
from awsactivate.sessions import arns, limits

LOCKS = ("s3", "dynamodb", "both")
# a session's name is USER=… with ten characters more
LONGEST_USER = limits.LONGEST_SESSION_NAME - 11
MOST_USERS = limits.MOST_ROLE_TAGS - 1  # one of the tags says who manages the role

_PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_GROUP_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.A)
_ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")


@dataclass(frozen=True)
class Shard:
    """A role and a group of the same kind as the first, for people whom the roles before had no room for.

    They are called like the first, with `-number` behind.
    """

    number: int
    users: tuple[str, ...] = ()
    former_users: tuple[str, ...] = ()
    """As in `Settings`."""


@dataclass(frozen=True)
class Settings:
    """The choices that the desired state is made of."""

    account_id: str
    region: str
    partition: str = "aws"
    prefix: str = "terraform"
    role_name: str = "terraform"
    group_name: str = "terraform"
    users: tuple[str, ...] = ()
    former_users: tuple[str, ...] = ()
    """Out of the group; their tags stay with the role, for with them what they revoked would be lifted."""
    policy_arns: tuple[str, ...] = ()
    """Empty for AdministratorAccess of the partition."""
    max_session: int = 3600
    """Seconds."""
    permissions_boundary: str | None = None
    lock: str = "s3"
    """One of LOCKS."""
    secrets_alias: str = "alias/parameter_store_key"
    plain_session_names: bool = False
    revoke_without_mfa: bool = False
    shards: tuple[Shard, ...] = ()
    """The roles beyond the first."""
    is_shard: bool = False
    """Whether one of those is described alone."""

    @property
    def role_arn(self) -> str:
        """The ARN of the role."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{self.role_name}"

    @property
    def role_arns(self) -> tuple[str, ...]:
        """The ARNs of the role and its shards."""
        return tuple(one.role_arn for one in self.each)

    @property
    def each(self) -> tuple[Settings, ...]:
        """The first role and each shard, described alone."""
        return (replace(self, shards=()), *map(self.of_shard, self.shards))

    def of_shard(self, shard: Shard) -> Settings:
        """Describe one shard alone."""
        return replace(
            self,
            role_name=f"{self.role_name}-{shard.number}",
            group_name=f"{self.group_name}-{shard.number}",
            users=shard.users,
            former_users=shard.former_users,
            shards=(),
            is_shard=True,
        )

    def with_role(self, role_name: str) -> Settings:
        """Describe the role of that name alone."""
        return next(one for one in self.each if one.role_name == role_name)

    def home_of(self, user: str) -> Settings | None:
        """Describe the role alone that the user may assume; None for somebody who may assume none."""
        return next((one for one in self.each if user in one.users), None)

    @property
    def most_users(self) -> int:
        """How many users one of the roles has tags for, beside those that say what the role is."""
        return MOST_USERS - self.revoke_without_mfa - self.is_shard

    @property
    def revocable_users(self) -> tuple[str, ...]:
        """Those whose tags the role heeds."""
        known = {name.casefold() for name in self.users}
        return tuple(
            sorted([*self.users, *(name for name in self.former_users if name.casefold() not in known)])
        )

    @property
    def permissions(self) -> tuple[str, ...]:
        """The managed policies that the role has."""
        return self.policy_arns or (administrator_access(self.partition),)

    @property
    def bootstrap_bucket(self) -> str:
        """The bucket for the state of what makes the account."""
        return self._bucket("bootstrap-state")

    @property
    def state_bucket(self) -> str:
        """The bucket for the state of everything else."""
        return self._bucket("state")

    @property
    def lock_table(self) -> str | None:
        """The DynamoDB table that holds locks, where one is wanted."""
        return f"{self.prefix}-locks" if self.lock in ("dynamodb", "both") else None

    @property
    def locks_in_bucket(self) -> bool:
        """Whether terraform's own lock file in the bucket is used."""
        return self.lock in ("s3", "both")

    def _bucket(self, what: str) -> str:
        return f"{self.prefix}-{self.account_id}-{self.region}-{what}"


def administrator_access(partition: str) -> str:
    """Return the ARN of AWS's managed policy that allows everything."""
    return f"arn:{partition}:iam::aws:policy/AdministratorAccess"


def checked(settings: Settings) -> Settings:
    """Return `settings` with users named once; raise where AWS would refuse one later."""
    _demand(
        _PREFIX.fullmatch(settings.prefix), "--prefix", "lower-case letters, digits and -", settings.prefix
    )
    if len(settings.bootstrap_bucket) > limits.LONGEST_BUCKET_NAME:
        room = len(settings.prefix) - (len(settings.bootstrap_bucket) - limits.LONGEST_BUCKET_NAME)
        raise UsageError(
            f"--prefix {settings.prefix!r} makes a bucket's name of more than"
            f" {limits.LONGEST_BUCKET_NAME} characters",
            f"use at most {room} characters",
        )
    _demand(
        arns.is_name(settings.role_name),
        "--role-name",
        "1 to 64 letters, digits and _+=,.@-",
        settings.role_name,
    )
    _demand(
        _GROUP_NAME.fullmatch(settings.group_name),
        "--group-name",
        "1 to 128 letters, digits and _+=,.@-",
        settings.group_name,
    )
    is_own_alias = not settings.secrets_alias.startswith("alias/aws/")
    _demand(
        _ALIAS.fullmatch(settings.secrets_alias) and is_own_alias,
        "--secrets-alias",
        "alias/NAME of letters, digits and /_-, and not alias/aws/",
        settings.secrets_alias,
    )
    _demand(settings.lock in LOCKS, "--lock", "s3, dynamodb or both", settings.lock)
    shortest, longest = limits.MAX_SESSION_DURATIONS[0], limits.MAX_SESSION_DURATIONS[-1]
    if settings.max_session not in limits.MAX_SESSION_DURATIONS:
        raise UsageError(f"--max-session must be {shortest} to {longest} seconds, not {settings.max_session}")
    try:
        for policy in (*settings.policy_arns, *filter(None, [settings.permissions_boundary])):
            arns.policy_arn(policy)
    except ValueError as error:
        raise UsageError(f"--policy-arn or --permissions-boundary {error}") from error
    return replace(
        settings,
        users=tuple(dict.fromkeys(map(user_name, settings.users))),
        policy_arns=tuple(dict.fromkeys(settings.policy_arns)),
    )


def user_name(text: str) -> str:
    """Return `text` if such a user's sessions can be told apart and revoked."""
    if not arns.is_name(text):
        raise ProfileError(f"a user's name must be 1 to 64 of letters, digits and _+=.@-, not {text!r}")
    if "," in text:
        raise ProfileError(
            f"user {text!r} has a comma, which no role tag may have, so could not revoke sessions"
        )
    if len(text) > LONGEST_USER:
        raise ProfileError(
            f"user {text!r} has {len(text)} characters, and a session's name has room for {LONGEST_USER}"
        )
    return text


def _demand(is_met: object, option: str, allowed: str, given: str) -> None:
    if not is_met:
        raise UsageError(f"{option} must be {allowed}, not {given!r}")
