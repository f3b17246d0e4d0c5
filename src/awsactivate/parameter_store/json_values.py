"""The values of a JSON object, exactly as they are written."""

from __future__ import annotations

import json
from typing import NoReturn

from awsactivate.parameter_store.literals import FileRefusedError, Value, number


def read(text: str) -> dict[str, Value]:
    """Return the members of the object that `text` is; FileRefusedError where it is none, or is unclear."""
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
    return found


def _members(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    members: dict[str, Value] = {}
    for name, value in pairs:
        if name in members:
            raise FileRefusedError(f"{name!r} stands twice in one object")
        members[name] = value
    return members


def _no_constant(name: str) -> NoReturn:
    raise FileRefusedError(f"{name} is no value of JSON")
