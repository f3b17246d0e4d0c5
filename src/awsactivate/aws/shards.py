"""The roles that there are for the account's people: the first, and those that came after it was full."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from awsactivate.account import policies, sharding
from awsactivate.account.desired import ROLE
from awsactivate.account.resources import Resource
from awsactivate.account.settings import Settings, Shard, user_name
from awsactivate.aws.resources import groups, roles
from awsactivate.aws.resources.access import Access, unless_missing
from awsactivate.aws.resources.failures import explain_failures
from awsactivate.frozen import replace

_NUMBER = re.compile(r"[2-9]|[1-9][0-9]{1,3}")


def read_people(access: Access) -> Settings:
    """Add to the settings all people, each with a role, and what the first role was made with."""
    settings = access.settings
    with explain_failures(Resource(ROLE, settings.role_name, ()), settings.region):
        tags = roles.list_tag_keys(access, settings.role_name) or ()
        numbers = _list_numbers(access)
        found = [Shard(1, *_read_people(access, settings, tags))]
        found += [_read(access, number) for number in numbers]
        kept = settings.revoke_without_mfa or policies.REVOKE_WITHOUT_MFA_TAG in tags
        others = cache(lambda number: _count_characters_of_others(access, number))
        settings = replace(settings, revoke_without_mfa=kept)
        return sharding.assigned(settings, found, others, _free_numbers(access, numbers))


def _list_numbers(access: Access) -> list[int]:
    """List the numbers of the shards.

    A role that is one says so. It may be without its group yet, and one that is gone has left its group.
    """
    settings = access.settings
    numbers = _numbered(settings.role_name, roles.list_names(access))
    numbers |= _numbered(settings.group_name, groups.list_ours(access))
    return [number for number in sorted(numbers) if _is_shard(access, number) is not False]


def _numbered(first: str, names: Iterable[str]) -> set[int]:
    """Return the numbers of those names that are called like the first, with a number behind."""
    rests = (name.removeprefix(f"{first}-") for name in names if name.startswith(f"{first}-"))
    return {int(rest) for rest in rests if _NUMBER.fullmatch(rest)}


def _is_shard(access: Access, number: int) -> bool | None:
    """Tell whether the role of that number is one of ours; None where there is no such role."""
    tags = roles.list_tag_keys(access, _alone(access, number).role_name)
    return None if tags is None else policies.SHARD_TAG in tags


def _read(access: Access, number: int) -> Shard:
    one = _alone(access, number)
    return Shard(number, *_read_people(access, one, roles.list_tag_keys(access, one.role_name) or ()))


def _read_people(
    access: Access, one: Settings, tags: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    members = groups.list_members(access, one.group_name)
    return tuple(map(user_name, members)), tuple(roles.tagged_users(tags))


def _count_characters_of_others(access: Access, number: int) -> int:
    name = _alone(access, number).role_name if number > 1 else access.settings.role_name
    if roles.list_tag_keys(access, name) is None:
        return 0
    inline = roles.read_inline_policies(access, name)
    return sum(
        policies.size(document)
        for policy, document in inline.items()
        if policy != policies.REVOCATION_POLICY_NAME
    )


def _free_numbers(access: Access, taken: Collection[int]) -> Iterator[int]:
    iam = access.client("iam")
    for number in itertools.count(2):
        if number in taken:
            continue
        one = _alone(access, number)
        has_role = roles.list_tag_keys(access, one.role_name) is not None
        if not has_role and unless_missing(iam.get_group, "NoSuchEntity", GroupName=one.group_name) is None:
            yield number


def _alone(access: Access, number: int) -> Settings:
    return access.settings.of_shard(Shard(number))
