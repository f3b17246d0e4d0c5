"""The roles that `bootstrap` made of one kind, where one had no room for all people."""

from __future__ import annotations

import re
from typing import Any

from awsactivate.account import policies
from awsactivate.account.resources import MANAGED_BY
from awsactivate.aws.revocation import Pause, RoleTags, call

_PAGE = 1000  # the most that IAM gives
_NUMBER = re.compile(r"-(?:[2-9]|[1-9][0-9]{1,3})\Z")


def read(iam: Any, role_name: str, pause: Pause) -> list[RoleTags]:
    """Read the tags of the role and of all of its kind, the first before its shards.

    One that `bootstrap` did not make stands alone. Raises AccessDeniedError where the caller may not ask.
    """
    own = _read_tags(iam, role_name, pause)
    if own.tags.get(MANAGED_BY[0]) != MANAGED_BY[1]:
        return [own]
    first = _NUMBER.sub("", role_name) if policies.SHARD_TAG in own.tags else role_name
    named = [name for name in _list_role_names(iam, pause) if name == first or _is_numbered(name, first)]
    read = {name: _read_tags(iam, name, pause) for name in sorted(named, key=lambda name: (len(name), name))}
    return [found for name, found in read.items() if name == first or policies.SHARD_TAG in found.tags]


def _is_numbered(name: str, first: str) -> bool:
    return name.startswith(f"{first}-") and _NUMBER.fullmatch(name[len(first) :]) is not None


def _read_tags(iam: Any, role_name: str, pause: Pause) -> RoleTags:
    role = call(iam.get_role, pause, RoleName=role_name)["Role"]
    return RoleTags(role_name, {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])})


def _list_role_names(iam: Any, pause: Pause) -> list[str]:
    names: list[str] = []
    more: dict[str, str] = {}
    while True:
        answer = call(iam.list_roles, pause, MaxItems=_PAGE, **more)
        names += [role["RoleName"] for role in answer["Roles"]]
        if not answer.get("IsTruncated"):
            return names
        more = {"Marker": answer["Marker"]}
