"""What is to be done about one resource when the account is taken down again."""

from __future__ import annotations

from awsactivate.account.resources import Found, Resource
from awsactivate.frozen import dataclass


@dataclass(frozen=True)
class Removal:
    """One resource, whether it goes or stays, and why it stays."""

    resource: Resource
    action: str
    """delete, keep or absent."""
    why: str = ""
    needs_name: bool = False
    """Whether deleting it deletes what people put there: then its name has to be typed."""


def removal(resource: Resource, found: Found | None, *, holds_objects: bool = False) -> Removal:
    """Decide about a resource that was found so; nothing that somebody else made is ever deleted."""
    if found is None or found.properties.get("KeyState") == "PendingDeletion":
        return Removal(resource, "absent")
    if found.conflict or not found.ours:
        return Removal(resource, "keep", "not made by awsactivate")
    if holds_objects:
        return Removal(resource, "keep", "holds objects, and its name was not given", needs_name=True)
    return Removal(resource, "delete")


def named(given: Removal) -> Removal:
    """Return the removal of something that holds people's data, once its name was typed."""
    return Removal(given.resource, "delete", "with all objects", needs_name=True)
