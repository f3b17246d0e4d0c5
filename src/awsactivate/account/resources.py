"""The words in which an account is described: resources, their properties, and how those must compare."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from awsactivate.frozen import dataclass

MANAGED_BY = ("managed-by", "awsactivate")
GROUP_PATH = "/awsactivate/"  # a group has no tags: its path says who made it


class Rule(Enum):
    """How what is found must stand to what is wanted."""

    EQUAL = "equal"
    SAME_POLICY = "a policy of the same meaning"
    AT_MOST = "at most"
    INCLUDES = "includes"
    INCLUDES_STATEMENTS = "a policy that includes the statements"
    IF_OURS = "equal, where this tool made the resource"
    ENCRYPTED = "equal, or encrypted in a stricter way"


@dataclass(frozen=True)
class Property:
    """One property of a resource, under CloudFormation's name for it, and what it must be."""

    name: str
    want: Any
    """What AWS must answer for it."""
    rule: Rule = Rule.EQUAL
    """How an answer is compared with that."""


@dataclass(frozen=True)
class Resource:
    """One resource of the account: CloudFormation's type for it, its name, and its properties."""

    type: str
    name: str
    properties: tuple[Property, ...]

    def __str__(self) -> str:
        return f"{self.type}/{self.name}"

    def want(self, name: str) -> Any:
        """Return what the property `name` must be."""
        return next(property_.want for property_ in self.properties if property_.name == name)


@dataclass(frozen=True)
class Found:
    """What AWS answers of a resource that exists."""

    properties: Mapping[str, Any]
    ours: bool = True
    """Whether this tool made it."""
    unfinished: bool = False
    """Whether this tool was stopped while it made it."""
    conflict: str | None = None
    """Why it can't be used at all; None where it can."""
    notes: tuple[str, ...] = ()
    """What stands beside the properties and stays."""


@dataclass(frozen=True)
class Change:
    """One property that is not what it must be."""

    property: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Planned:
    """What is to be done about one resource."""

    resource: Resource
    action: str  # create, change, unchanged or conflict
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    """What is said to the person beside the changes; first of all a conflict."""

    @property
    def conflict(self) -> str | None:
        """Why nothing can be done, where that is so."""
        return self.notes[0] if self.action == "conflict" else None
