"""The query protocol, which STS and IAM speak: forms in, XML out.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from xml.parsers import expat

from awsactivate.aws.direct.shapes import (
    BOOLEAN,
    INTEGER,
    POLICY,
    TIMESTAMP,
    Shape,
    UnreadableError,
    moment,
    policy,
)
from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


def body(operation: str, version: str, parameters: Mapping[str, Any]) -> bytes:
    """Write the form that asks for an operation."""
    fields = {"Action": operation, "Version": version}
    _write(parameters, "", fields)
    return urlencode(fields).encode()


def result(operation: str, text: bytes, shape: Shape) -> dict[str, Any]:
    """Read the answer of an operation that was done."""
    root = _tree(text)
    found = root.child(f"{operation}Result")
    if found is None:
        raise UnreadableError(f"no result of {operation}")
    read: dict[str, Any] = _read(found, shape)
    return read


def error(text: bytes) -> tuple[str, str]:
    """Read the code and the message of a refusal; each is '' where there is none."""
    root = _tree(text)
    if errors := root.child("Errors"):
        root = errors
        if not root.children:
            raise UnreadableError("a refusal without a word")
    found = root.child("Error")
    return (found.text_of("Code"), found.text_of("Message")) if found else ("", "")


def _write(value: Any, name: str, fields: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for key, member in value.items():
            _write(member, f"{name}.{key}" if name else key, fields)
    elif isinstance(value, list | tuple):
        if not value:
            fields[name] = ""
        for number, member in enumerate(value, start=1):
            _write(member, f"{name}.member.{number}", fields)
    elif isinstance(value, bool):
        fields[name] = "true" if value else "false"
    else:
        fields[name] = str(value)


@dataclass
class _Node:
    tag: str
    text: str = ""
    children: list[_Node] = field(default_factory=list)

    def child(self, tag: str) -> _Node | None:
        return next((child for child in self.children if child.tag == tag), None)

    def only_child(self, tag: str) -> _Node | None:
        found = [child for child in self.children if child.tag == tag]
        if len(found) > 1:
            raise UnreadableError("the same twice")
        return found[0] if found else None

    def text_of(self, tag: str) -> str:
        child = self.only_child(tag)
        if child and child.children:
            raise UnreadableError("more than a text")
        return child.text if child else ""


def _tree(text: bytes) -> _Node:
    parser = expat.ParserCreate("utf-8", "}")
    top = _Node("")
    above = [top]

    def start(name: str, _attributes: object) -> None:
        node = _Node(name.rpartition("}")[2])
        above[-1].children.append(node)
        above.append(node)

    def characters(data: str) -> None:
        if not above[-1].children:
            above[-1].text += data

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: above.pop()
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as problem:
        raise UnreadableError(f"no XML: {expat.ErrorString(problem.code)}") from None
    return top.children[0]


def _read(node: _Node, shape: Shape) -> Any:
    if isinstance(shape, Mapping):
        # of two structures botocore takes the first; two texts or lists are none
        found = {
            name: (node.child(name) if isinstance(member, Mapping) else node.only_child(name), member)
            for name, member in shape.items()
        }
        return {name: _read(child, member) for name, (child, member) in found.items() if child is not None}
    if isinstance(shape, list):
        return [_read(child, shape[0]) for child in node.children]
    if shape == TIMESTAMP:
        return moment(node.text)
    if shape == POLICY:
        return policy(node.text)
    if shape == BOOLEAN:
        return node.text == "true"
    if shape == INTEGER:
        try:
            return int(node.text)
        except ValueError:
            raise UnreadableError("a number that is none") from None
    return node.text
