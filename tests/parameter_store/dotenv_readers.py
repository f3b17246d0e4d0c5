"""How the readers that people use for .env files read them."""

from __future__ import annotations

import io
import re

import dotenv

_NODE_LINE = re.compile(
    r"""(?:^|^)\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?(?:$|$)""",
    re.MULTILINE,
)


def as_node_reads(text: str) -> dict[str, str]:
    """Read as Node's dotenv does, by its published rules."""
    found = {}
    for match in _NODE_LINE.finditer(text):
        value = (match[2] or "").strip()
        quote = value[:1]
        value = re.sub(r"^(['\"`])([\s\S]*)\1$", r"\2", value, flags=re.MULTILINE)
        found[match[1]] = value.replace("\\n", "\n").replace("\\r", "\r") if quote == '"' else value
    return found


def as_python_reads(text: str) -> dict[str, str]:
    """Read as python-dotenv does; a name without a value counts as empty."""
    found = dotenv.dotenv_values(stream=io.StringIO(text))
    return {name: value or "" for name, value in found.items()}
