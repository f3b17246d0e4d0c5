"""How one operation of a service is called, as a row of a table."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.aws.direct.shapes import Shape
from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Rest:
    """How a REST operation is sent: the parameters that are in no part of its address are its body."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    """parameter → its name in the address"""
    headers: Mapping[str, str] = field(default_factory=dict)
    """parameter → the header that it is"""
    body: str = ""
    """The parameter that the body is, whole."""
    answer: str = ""
    """The member of the answer that its body is, whole."""


@dataclass(frozen=True)
class Operation:
    """An operation of a service. A parameter that is named in `least` or `free` is known, another is not."""

    name: str
    output: Mapping[str, Shape]
    """What its answer holds."""
    needed: tuple[str, ...]
    """What is always there in it."""
    least: Mapping[str, int] = field(default_factory=dict)
    """How long a text or a list, or how great a number, must be: botocore refuses less before it asks."""
    free: tuple[str, ...] = ()
    """What may have any value."""
    rest: Rest | None = None
    """For those that are no POST to one address."""

    def is_whole(self, found: Mapping[str, Any]) -> bool:
        """Tell whether an answer holds all that is always there."""
        inner = found.get(self.rest.answer) or {} if self.rest and self.rest.answer else found
        return all(name in inner for name in self.needed)

    def takes(self, parameters: Mapping[str, Any]) -> bool:
        """Tell whether the parameters are all known here, and none of them is wrong as it stands."""
        return all(self._is_right(name, value) for name, value in parameters.items())

    def _is_right(self, name: str, value: Any) -> bool:
        if name in self.free:
            return True
        if name not in self.least:
            return False
        if isinstance(value, list | tuple):
            is_long_enough = len(value) >= self.least[name]
            return is_long_enough and all(self._is_right(f"{name}[]", member) for member in value)
        if isinstance(value, Mapping):
            return all(self._is_right(f"{name}.{key}", member) for key, member in value.items())
        if isinstance(value, str):
            return len(value) >= self.least[name]
        return isinstance(value, int) and value >= self.least[name]


@dataclass(frozen=True)
class Service:
    """How a service is spoken to."""

    name: str
    protocol: str
    signing_name: str
    operations: Mapping[str, Operation]
    version: str = ""
    """For the query protocol."""
    target: str = ""
    """For the JSON protocol."""


def by_name(*operations: Operation) -> Mapping[str, Operation]:
    """Arrange the rows of a service."""
    return {operation.name: operation for operation in operations}
