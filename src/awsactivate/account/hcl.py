"""Blocks of terraform's language written as `terraform fmt` would."""

from __future__ import annotations

import json
import re
from typing import Any

from awsactivate.frozen import dataclass

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Expression:
    """Text of the language that stands as it is, such as a reference."""

    text: str


@dataclass(frozen=True)
class Block:
    """A block: its type and labels, its arguments, the blocks in it, and what is to be said before it."""

    type: str
    labels: tuple[str, ...] = ()
    arguments: tuple[tuple[str, Any], ...] = ()
    blocks: tuple[Block, ...] = ()
    comment: str = ""


def document(blocks: list[Block]) -> str:
    """Write a file of blocks."""
    return "\n".join("\n".join(_lines(block)) + "\n" for block in blocks)


def reference(text: str) -> Expression:
    """Refer to something by its address."""
    return Expression(text)


def jsonencode(value: Any) -> Expression:
    """Write `value` as an object that terraform turns to JSON."""
    return Expression(f"jsonencode({literal(value)})")


def literal(value: Any) -> str:
    """Write plain data in the language; lists and objects have a line for each member."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, dict):
        lines = _aligned([(_key(key), literal(member)) for key, member in value.items()])
        return "{\n" + "\n".join(_indented(lines)) + "\n}" if lines else "{}"
    if isinstance(value, (list, tuple)):
        lines = [line for member in value for line in (literal(member) + ",").split("\n")]
        return "[\n" + "\n".join(_indented(lines)) + "\n]" if lines else "[]"
    if isinstance(value, str):
        return text(value)
    return json.dumps(value)


def text(value: str) -> str:
    """Write a text of which nothing is a template."""
    quoted = json.dumps(value, ensure_ascii=False)
    return quoted.replace("${", "$${").replace("%{", "%%{")


def _lines(block: Block) -> list[str]:
    labels = "".join(f" {text(label)}" for label in block.labels)
    body: list[list[str]] = []
    arguments = [(name, literal(value)) for name, value in block.arguments]
    if arguments:
        body.append(_indented(_aligned(arguments)))
    body.extend(_indented(_lines(inner)) for inner in block.blocks)
    lines = [f"{block.type}{labels} {{"]
    for number, part in enumerate(body):
        lines += [*([""] if number else []), *part]
    said = [f"# {line}" for line in block.comment.splitlines()]
    return [*said, *lines, "}"]


def _aligned(arguments: list[tuple[str, str]]) -> list[str]:
    """Put the equals signs of neighbouring one-line arguments below each other."""
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for name, value in [*arguments, ("", "\n")]:
        if "\n" not in value:
            run.append((name, value))
            continue
        width = max((len(n) for n, _ in run), default=0)
        lines += [f"{n:<{width}} = {v}" for n, v in run]
        run = []
        if name:
            lines += f"{name} = {value}".split("\n")
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) else text(key)
