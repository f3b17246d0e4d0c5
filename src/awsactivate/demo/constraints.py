"""Whether a call's parameters are within what AWS's own model of the operation says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from moto.core.utils import get_service_model

from awsactivate.demo.calls import Call
from awsactivate.demo.refusals import validation_error

# the letters, digits and blanks of Unicode, which Python's patterns have no classes for
_CLASSES = {r"\p{L}\p{Z}\p{N}": r"\w \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"}


def check(call: Call) -> None:
    """Refuse what is too long, too short, too much, too little, missing, or of other characters."""
    shape = get_service_model(call.service).operation_model(call.operation).input_shape
    if shape is None:
        return
    found = list(_violations(shape, dict(call.parameters), ""))
    if found:
        count = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise validation_error(f"{count} detected: {'; '.join(found)}")


def _violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inner = f"{path}.{_lower(name)}" if path else _lower(name)
            if value.get(name) is not None:
                yield from _violations(member, value[name], inner)
            elif name in shape.required_members:
                yield _violation("null", inner, "Member must not be null")
    elif shape.type_name == "list":
        yield from _size_violations(shape, len(value), str(value), path, "length")
        for position, item in enumerate(value, 1):
            yield from _violations(shape.member, item, f"{path}.{position}.member")
    elif shape.type_name == "string":
        yield from _text_violations(shape, value, path)
    elif shape.type_name in ("integer", "long"):
        yield from _size_violations(shape, int(value), str(value), path, "value")


def _text_violations(shape: Any, value: str, path: str) -> Iterator[str]:
    yield from _size_violations(shape, len(value), value, path, "length")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}")
    if shape.enum and value not in shape.enum:
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")


def _size_violations(shape: Any, size: int, shown: str, path: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _violation(shown, path, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _violation(shown, path, f"Member must have {what} less than or equal to {most}")


def _violation(shown: str, path: str, constraint: str) -> str:
    quoted = shown if shown == "null" else f"'{shown}'"
    return f"Value {quoted} at '{path}' failed to satisfy constraint: {constraint}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    translated = pattern
    for theirs, ours in _CLASSES.items():
        translated = translated.replace(theirs, ours)
    # Java's \w, which AWS means, has no letters but ASCII's
    return re.compile(translated, re.ASCII if translated == pattern else 0)
