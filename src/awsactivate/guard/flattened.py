"""Parameters of the query protocols: structures and lists that are written flat, as `Filter.1.Value.2=x`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from awsactivate.guard.models import Model

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 50
_ITSELF = ""  # beside the parts of a name: what stands there for the name itself
Told = Mapping[str, "Any"]


def read(
    model: Model, shape: Mapping[str, Any], told: Sequence[tuple[str, str]], protocol: str
) -> dict[str, Any]:
    """Read them by the names of the model's members; ValueError where a name is there twice."""
    return _structure(model, shape, _tree(told), protocol, 0)


def _tree(told: Sequence[tuple[str, str]]) -> Told:
    """Put each value where the parts of its name lead."""
    tree: dict[str, Any] = {}
    for name, value in told:
        parts = name.split(".")
        if len(parts) > 2 * _DEEPEST:
            raise ValueError("it is nested too deep")
        at = tree
        for part in parts:
            at = at.setdefault(part or "?", {})
        if _ITSELF in at:
            raise ValueError("a name is there twice")
        at[_ITSELF] = value
    return tree


def _at(told: Told, name: str) -> Told | None:
    """Return what stands at a name of a model's, which may have parts itself."""
    found: Any = told
    for part in name.split("."):
        found = found.get(part)
        if found is None:
            return None
    at: Told = found
    return at


def _structure(
    model: Model, shape: Mapping[str, Any], told: Told, protocol: str, depth: int
) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deep")
    found = {}
    for name, member in shape.get("members", {}).items():
        at = _at(told, _written(name, member, model, protocol))
        if at is not None:
            found[name] = _value(model, model.shape(member["shape"]), at, protocol, depth + 1)
    return found


def _written(name: str, member: Mapping[str, Any], model: Model, protocol: str) -> str:
    if protocol == "ec2":
        if "queryName" in member:
            return str(member["queryName"])
        said = str(member.get("locationName", name))
        return said[0].upper() + said[1:]
    inner = model.shape(member["shape"])
    if inner["type"] == "list" and inner.get("flattened") and "locationName" in inner["member"]:
        return str(inner["member"]["locationName"])
    return str(member.get("locationName", name))


def _value(model: Model, shape: Mapping[str, Any], told: Told, protocol: str, depth: int) -> Any:
    if shape["type"] == "structure":
        return _structure(model, shape, told, protocol, depth)
    if shape["type"] == "list":
        if protocol == "query" and not shape.get("flattened"):
            told = told.get(shape["member"].get("locationName", "member"), {})
        inner = model.shape(shape["member"]["shape"])
        return [
            _value(model, inner, told[number], protocol, depth + 1)
            for number in sorted(told.keys() - {_ITSELF})
        ]
    if shape["type"] == "map":
        return {}
    return told.get(_ITSELF, "")
