"""One of botocore's models as a value: its operations, and how a request says which of them it is."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Route:
    """How a request of a REST protocol says that it is an operation."""

    operation: str
    method: str
    segments: tuple[str, ...]
    """Of its path, such as `{Bucket}` and `{Key+}`"""
    literals: tuple[tuple[str, str], ...]
    """What stands in its query always; '' for a name alone"""
    query: frozenset[str]
    """What may stand there"""
    needs: frozenset[str]
    """What of it must"""
    headers: frozenset[str]
    """Headers that must be there, lower case"""
    is_deprecated: bool = False
    """Another operation has its place, and often its path"""

    @property
    def weight(self) -> tuple[int, int, int]:
        """Tell how much it says: of two that fit, the greater is meant."""
        plain = sum("{" not in segment for segment in self.segments)
        greedy = any(segment.endswith("+}") for segment in self.segments)
        return plain, -greedy, len(self.literals) + len(self.needs) + len(self.headers)


@dataclass(frozen=True)
class Model:
    """A service's model."""

    service: str
    """As botocore calls it: `s3control`"""
    document: Mapping[str, Any] = field(repr=False)
    """The model itself, as its file has it"""
    routes: tuple[Route, ...] = field(default=(), repr=False)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the model says of the service."""
        told: Mapping[str, Any] = self.document["metadata"]
        return told

    @property
    def operations(self) -> Mapping[str, Any]:
        """Its operations, by name."""
        told: Mapping[str, Any] = self.document["operations"]
        return told

    @property
    def protocols(self) -> tuple[str, ...]:
        """All that it is spoken to in, the one that botocore takes first."""
        # what was a query once still answers to it
        older = ("query",) if "awsQueryCompatible" in self.metadata else ()
        told = (self.metadata["protocol"], *self.metadata.get("protocols", ()), *older)
        return tuple(dict.fromkeys(told))

    def shape(self, name: str) -> Mapping[str, Any]:
        """Return a shape by its name."""
        told: Mapping[str, Any] = self.document["shapes"][name]
        return told

    def input_of(self, operation: str) -> Mapping[str, Any] | None:
        """Return the shape of an operation's input; None where it has none."""
        reference = self.operations[operation].get("input")
        return self.shape(reference["shape"]) if reference else None


def model(service: str, document: Mapping[str, Any]) -> Model:
    """Make a model's value."""
    bare = Model(service, document)
    rest = any(one.startswith("rest-") for one in bare.protocols)
    return Model(service, document, tuple(_route(bare, name) for name in bare.operations) if rest else ())


def _route(model: Model, operation: str) -> Route:
    http = model.operations[operation]["http"]
    path, _, query = http["requestUri"].partition("?")
    pairs = (one.partition("=") for one in query.split("&") if one)
    shape = model.input_of(operation) or {}
    required = shape.get("required", ())
    found: dict[str, set[str]] = {"may": set(), "needs": set(), "headers": set()}
    for name, member in shape.get("members", {}).items():
        where, said = member.get("location"), member.get("locationName", name)
        if where == "querystring":
            found["may"].add(said)
            if name in required:
                found["needs"].add(said)
        elif where == "header" and name in required:
            found["headers"].add(said.lower())
    return Route(
        operation,
        http["method"],
        tuple(path.strip("/").split("/")) if path.strip("/") else (),
        tuple((name, value) for name, _, value in pairs),
        frozenset(found["may"]),
        frozenset(found["needs"]),
        frozenset(found["headers"]),
        bool(model.operations[operation].get("deprecated")),
    )
