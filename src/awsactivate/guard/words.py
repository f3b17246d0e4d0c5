"""What a call would do, in the words in which a person is asked.

COMMAND chooses names of buckets, keys and what not: none of them can look like words of the guard's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Asked
from awsactivate.sessions import arn_parts

_MOST = 4  # resources named of one action
_LONGEST = 160  # characters of one resource
_PLAIN = re.compile(r"[!#-+\--:<-\[\]-~]+")  # ASCII without blank, quote, comma, semicolon and backslash


@dataclass(frozen=True)
class Place:
    """Where a call would do something."""

    account: str | None
    """That of who calls"""
    region: str | None
    """The session's"""
    signed_for: str | None = None
    """The region that is called"""


def by_action(asked: Sequence[Asked], place: Place) -> dict[str, str]:
    """Write all resources of each action."""
    return {action: ", ".join(resources) for action, resources in _named(asked, place).items()}


def of_asked(asked: Sequence[Asked], place: Place) -> str:
    """Write each action with its resources: `s3:DeleteObject on acme-logs/a, acme-logs/b and 7 more`.

    An ARN of the account and region is written by its last part; `everything` is whatever there is.
    """
    return "; ".join(
        f"{action} on {_listed(resources)}" for action, resources in _named(asked, place).items()
    )


def details(asked: Sequence[Asked], place: Place) -> tuple[str, ...]:
    """Write all, line by line, where `of_asked` leaves something out; else nothing."""
    named = _named(asked, place)
    if not any(_is_cut(resources) for resources in named.values()):
        return ()
    return tuple(f"{action} on {resource}" for action, resources in named.items() for resource in resources)


def _is_cut(resources: Sequence[str]) -> bool:
    return len(resources) > _MOST or any(len(one) > _LONGEST for one in resources)


def _named(asked: Sequence[Asked], place: Place) -> dict[str, list[str]]:
    named: dict[str, dict[str, None]] = {}
    for one in asked:
        named.setdefault(_quoted(one.action), {})[_resource(one.resource, place)] = None
    return {action: list(resources) for action, resources in named.items()}


def _listed(resources: Sequence[str]) -> str:
    named = resources if len(resources) <= _MOST else resources[: _MOST - 1]
    more = len(resources) - len(named)
    return ", ".join(_shortened(named)) + (f" and {more} more" if more else "")


def _shortened(names: Sequence[str]) -> Iterator[str]:
    half = _LONGEST // 2
    for name in names:
        yield name if len(name) <= _LONGEST else f"{name[:half]}…{name[-half:]}"


def _resource(arn: str, place: Place) -> str:
    if arn == "*":
        elsewhere = place.signed_for and place.signed_for != place.region
        return f"everything ({place.signed_for})" if elsewhere else "everything"
    name = arn_parts.resource_of(arn)
    is_there = arn_parts.region_of(arn) in ("", place.region)
    if name is not None and is_there and arn_parts.account_of(arn) in (None, place.account):
        arn = name
    return _quoted(arn)


def _quoted(name: str) -> str:
    """Return a name so that nothing in it can be taken for words beside it, nor for other characters."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name)
