"""Which role each person assumes, where one role has no room for all.

AWS gives a role 10,240 characters for its inline policies and 50 tags, and each person takes a statement and
a tag. So there are more roles of the same kind, each with a group of its own whose policy names that role
alone: nobody begins a session that could not be revoked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from awsactivate.account import capacity
from awsactivate.account.settings import Settings, Shard
from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import replace
from awsactivate.sessions import limits

# of a shard's number, how many characters its role's inline policies have that are not for its users
Others = Callable[[int], int]


def assigned(settings: Settings, found: Sequence[Shard], others: Others, free: Iterator[int]) -> Settings:
    """Give each of the users a role: the one that knows them, or the least full, or else one more.

    `found` are the roles that there are, with their people, the first among them as number 1; `free` are the
    numbers that one more may have. The order of new users decides who gets which role.
    """
    shards = {shard.number: shard for shard in found}
    known = {name.casefold(): shard.number for shard in found for name in (*shard.former_users, *shard.users)}
    new = [name for name in settings.users if name.casefold() not in known]
    for name in settings.users:
        if name not in new:
            number = known[name.casefold()]
            shards[number] = _joined(shards[number], name)
    for name in new:
        number = _with_room(settings, shards, name, others) or next(free)
        shards[number] = _joined(shards.get(number, Shard(number)), name)
    return _checked(_described(settings, shards))


def from_scratch(settings: Settings) -> Settings:
    """Give each of the users a role in an account of which nothing is known."""
    return assigned(settings, [Shard(1)], lambda _: 0, iter(range(2, len(settings.users) + 2)))


def _with_room(settings: Settings, shards: Mapping[int, Shard], name: str, others: Others) -> int | None:
    by_fullness = sorted(
        shards.values(), key=lambda shard: (len(shard.users) + len(shard.former_users), shard.number)
    )
    return next((shard.number for shard in by_fullness if _has_room(settings, shard, name, others)), None)


def _has_room(settings: Settings, shard: Shard, name: str, others: Others) -> bool:
    one = _described(settings, {shard.number: shard})
    users = [*one.revocable_users, name]
    return len(users) <= one.most_users and capacity.fit(
        one.role_arn, users, others(shard.number), plain_session_names=one.plain_session_names
    )


def _joined(shard: Shard, name: str) -> Shard:
    return replace(shard, users=tuple(sorted({*shard.users, name})))


def _described(settings: Settings, shards: Mapping[int, Shard]) -> Settings:
    """Describe the first role with its shards, or a shard that is given alone."""
    first = shards.get(1)
    if first is None:
        (alone,) = shards.values()
        return settings.of_shard(alone)
    return replace(
        settings,
        users=tuple(sorted(first.users)),
        former_users=first.former_users,
        shards=tuple(shards[number] for number in sorted(shards) if number > 1),
    )


def _checked(settings: Settings) -> Settings:
    for one in settings.each:
        if len(one.role_name) > limits.LONGEST_ROLE_NAME or len(one.group_name) > limits.LONGEST_GROUP_NAME:
            raise UsageError(
                f"{len(settings.shards) + 1} roles are needed for so many users, and the name"
                f" {one.role_name} or {one.group_name} is too long",
                "a shorter --role-name or --group-name",
            )
        count = len(one.revocable_users)
        if count > one.most_users:
            raise ProfileError(
                f"role {one.role_name} has room for {one.most_users} users (a tag each), and group"
                f" {one.group_name} makes it {count}",
                "take some out of the group, then: awsactivate bootstrap user add NAME",
            )
    return settings
