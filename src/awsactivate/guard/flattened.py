"""Parameters of the query protocols: structures and lists that are written flat, as `Filter.1.Value.2=x`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from awsactivate.guard.models import Model

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 50
Told = Mapping[str, str]


def read(
    model: Model, shape: Mapping[str, Any], told: Sequence[tuple[str, str]], protocol: str
) -> dict[str, Any]:
    """Read them by the names of the model's members; ValueError where a name is there twice."""
    given = dict(told)
    if len(given) < len(told):
        raise ValueError("a name is there twice")
    return _structure(model, shape, given, "", protocol, 0)


def _structure(
    model: Model, shape: Mapping[str, Any], told: Told, prefix: str, protocol: str, depth: int
) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deep")
    found = {}
    for name, member in shape.get("members", {}).items():
        key = prefix + _written(name, member, model, protocol)
        if key in told or any(one.startswith(f"{key}.") for one in told):
            found[name] = _value(model, model.shape(member["shape"]), told, key, protocol, depth + 1)
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


def _value(model: Model, shape: Mapping[str, Any], told: Told, key: str, protocol: str, depth: int) -> Any:
    if shape["type"] == "structure":
        return _structure(model, shape, _below(told, key), f"{key}.", protocol, depth)
    if shape["type"] == "list":
        if protocol == "query" and not shape.get("flattened"):
            key = f"{key}.{shape['member'].get('locationName', 'member')}"
        inner = model.shape(shape["member"]["shape"])
        below = _below(told, key)
        numbers = sorted({one[len(key) + 1 :].partition(".")[0] for one in below})
        return [_value(model, inner, below, f"{key}.{number}", protocol, depth + 1) for number in numbers]
    if shape["type"] == "map":
        return {}
    return told.get(key, "")


def _below(told: Told, key: str) -> Told:
    return {one: value for one, value in told.items() if one.startswith(f"{key}.")}
