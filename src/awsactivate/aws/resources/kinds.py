"""Which module looks after which type of resource."""

from __future__ import annotations

from typing import Protocol

from awsactivate.account import desired
from awsactivate.account.resources import Change, Found, Resource
from awsactivate.aws.resources import aliases, buckets, groups, keys, roles, tables, users
from awsactivate.aws.resources.access import Access


class Kind(Protocol):
    """What each module of this room can do."""

    def read(self, access: Access, resource: Resource) -> Found | None:
        """Read the resource; None where there is none."""

    def create(self, access: Access, resource: Resource) -> None:
        """Make the resource, perhaps without all of its properties."""

    def write(self, access: Access, resource: Resource, change: Change) -> None:
        """Change one property."""

    def delete(self, access: Access, resource: Resource) -> None:
        """Delete the resource."""


KINDS: dict[str, Kind] = {
    desired.ROLE: roles,
    desired.GROUP: groups,
    desired.USER: users,
    desired.KEY: keys,
    desired.ALIAS: aliases,
    desired.BUCKET: buckets,
    desired.TABLE: tables,
}
