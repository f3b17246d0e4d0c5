"""The values of a YAML mapping, each scalar as it is written.

A scalar at the top is text, as chamber reads it: `yes`, `012` and `1e3` stay what they are. Inside a list or
a mapping a plain scalar is what YAML 1.2's core schema says.
"""

from __future__ import annotations

import re
from typing import Any

from awsactivate.parameter_store.literals import FileRefusedError, Value, number

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_TEXT_TAG = "tag:yaml.org,2002:str"
_COLLECTION_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


def read(text: str) -> dict[str, tuple[Value, int]]:
    """Return each value of the one mapping that `text` holds, with its line; FileRefusedError otherwise."""
    import yaml  # only a file of this format needs it

    try:
        documents = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FileRefusedError(f"this is no YAML: {error.problem}", mark.line + 1 if mark else 0) from None
    except yaml.YAMLError:
        raise FileRefusedError("this is no YAML: it holds a character that YAML has not") from None
    except RecursionError:
        raise FileRefusedError("its lists and mappings lie too deep inside one another") from None
    if len(documents) != 1 or not isinstance(documents[0], yaml.MappingNode):
        raise FileRefusedError("one YAML mapping of names and values is wanted")
    found = _mapping(documents[0])
    return {name: (_top(node), node.start_mark.line + 1) for name, node in found.items()}


def _top(node: Any) -> Value:
    if node.id != "scalar":
        return _value(node, ())
    return None if _is_plain(node) and node.value in _NULLS else _text(node)


def _value(node: Any, outer: tuple[int, ...]) -> Value:
    if id(node) in outer:
        raise FileRefusedError("an alias inside what it stands for", node.start_mark.line + 1)
    inner = (*outer, id(node))
    if node.id != "scalar" and node.tag not in _COLLECTION_TAGS:
        raise _foreign(node)
    if node.id == "mapping":
        return {name: _value(item, inner) for name, item in _mapping(node).items()}
    if node.id == "sequence":
        return [_value(item, inner) for item in node.value]
    text = _text(node)
    if not _is_plain(node):
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if not _NUMBER.fullmatch(text):
        return text
    try:
        return number(text)
    except ValueError as error:
        raise FileRefusedError(str(error), node.start_mark.line + 1) from None


def _mapping(node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.id != "scalar":
            raise FileRefusedError("a key is a list or a mapping", line)
        if key.tag == "tag:yaml.org,2002:merge":
            raise FileRefusedError("`<<` merges another mapping, which is not done here", line)
        name = _text(key)
        if name in found:
            raise FileRefusedError(f"{name!r} stands twice in one mapping", line)
        found[name] = value
    return found


def _text(node: Any) -> str:
    if not node.tag.startswith("tag:yaml.org,2002:") or node.tag == "tag:yaml.org,2002:binary":
        raise _foreign(node)
    return str(node.value)


def _foreign(node: Any) -> FileRefusedError:
    return FileRefusedError(f"a value of the type {node.tag!r}", node.start_mark.line + 1)


def _is_plain(node: Any) -> bool:
    # `!!str 5` has no quotes either, but says that it is text
    return node.style is None and node.tag != _TEXT_TAG
