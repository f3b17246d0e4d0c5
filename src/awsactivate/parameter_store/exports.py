"""Secrets as the text of a file that another program reads back equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from awsactivate.parameter_store.literals import hcl_string, hcl_text, kept_collection
from awsactivate.shells.quoting import needs_quotes, quote_fish, quote_posix

FORMATS = ("json", "yaml", "dotenv", "tfvars", "shell", "fish")


def text(values: Mapping[str, str], form: str, *, strings: Collection[str] = ()) -> str:
    """Write `values` by name, in the names' order, as a file of format `form`.

    In tfvars a list or an object that was kept as JSON is written as one, but for the names in `strings`.
    """
    ordered = dict(sorted(values.items()))
    if form == "tfvars":
        return "".join(f"{name} = {_hcl(value, name in strings)}\n" for name, value in ordered.items())
    return _WRITERS[form](ordered)


def _json(values: Mapping[str, str]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _yaml(values: Mapping[str, str]) -> str:
    # JSON's strings are YAML's too: no value can turn into a number, a date or a `no` that means false
    return "".join(f"{_yaml_string(key)}: {_yaml_string(value)}\n" for key, value in values.items()) or "{}\n"


def _yaml_string(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if _is_yaml(c) else f"\\U{ord(c):08x}" for c in quoted)


def _is_yaml(character: str) -> bool:
    # besides what no YAML may hold: what YAML 1.1 takes for a line break, and the byte order mark
    code = ord(character)
    if code < 0xA0:
        return 0x20 <= code <= 0x7E
    return code not in (0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)


def _dotenv(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={_dotenv_string(value)}\n" for name, value in values.items())


def _dotenv_string(value: str) -> str:
    """Quote for a shell that sources the file as well as for programs that read it.

    All agree on single quotes; where a quote or a backslash is in the value, double quotes with the escapes
    that a shell has, and line breaks as they are. What needs no quotes has none: some keep them.
    """
    if not needs_quotes(value):
        return value
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    for sign in ("\\", '"', "$", "`"):
        value = value.replace(sign, f"\\{sign}")
    return f'"{value}"'


def _shell(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={quote_posix(value)}\n" for name, value in values.items())


def _fish(values: Mapping[str, str]) -> str:
    return "".join(f"set -gx {name} {quote_fish(value)}\n" for name, value in values.items())


def _hcl(value: str, is_string: bool) -> str:
    found: Any = None if is_string else kept_collection(value)
    return hcl_string(value) if found is None else hcl_text(found)


_WRITERS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "json": _json,
    "yaml": _yaml,
    "dotenv": _dotenv,
    "shell": _shell,
    "fish": _fish,
}
