"""The values of a JSON object, exactly as they are written."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from awsactivate.parameter_store.literals import FileRefusedError, Value, number

_COMMENT = "//"


class _Twice(dict[str, Any]):
    """An object with more than one comment in it."""


def read(text: str, *, with_comments: bool = False) -> dict[str, Value]:
    """Return the members of the object that `text` is; FileRefusedError where it is none, or is unclear.

    `with_comments` takes any number of members called `//` at the top, which terraform drops.
    """
    try:
        found = json.loads(
            text.removeprefix("\ufeff"),
            parse_int=number,
            parse_float=number,
            parse_constant=_no_constant,
            object_pairs_hook=_members,
        )
    except json.JSONDecodeError as error:
        raise FileRefusedError(f"this is no JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise FileRefusedError("its lists and objects lie too deep inside one another") from None
    except FileRefusedError:
        raise
    except ValueError as error:
        raise FileRefusedError(str(error)) from None
    if not isinstance(found, dict):
        raise FileRefusedError("a JSON object of names and values is wanted")
    for value in found.values() if with_comments else [found]:
        _refuse_two_comments(value)
    return found


def _refuse_two_comments(value: Value) -> None:
    if isinstance(value, _Twice):
        raise FileRefusedError(f"{_COMMENT!r} stands twice in one object")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_two_comments(inner)


def _members(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    members: dict[str, Value] = {}
    is_commented_twice = False
    for name, value in pairs:
        if name in members and name != _COMMENT:
            raise FileRefusedError(f"{name!r} stands twice in one object")
        is_commented_twice |= name in members
        members[name] = value
    return _Twice(members) if is_commented_twice else members


def _no_constant(name: str) -> NoReturn:
    raise FileRefusedError(f"{name} is no value of JSON")
