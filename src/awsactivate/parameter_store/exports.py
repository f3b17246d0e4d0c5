"""Secrets as the text of a file that another program reads back equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from awsactivate.parameter_store.literals import hcl_string, hcl_text, kept_collection
from awsactivate.shells.quoting import needs_quotes, quote_fish, quote_posix

FORMATS = ("json", "yaml", "dotenv", "tfvars", "shell", "fish", "java-properties", "csv", "tsv")
OF_KEYS = ("json", "yaml", "java-properties", "csv", "tsv")
"""The formats that name the keys as they are, as chamber does, and not the variables made of them."""


_JAVA_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}


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

    All agree on single quotes, but for a backslash before another one or before the end; and on double quotes
    where nothing in them means anything. Else there is no form that all read alike: it is the shell's. What
    needs no quotes has none: some keep them.
    """
    if not needs_quotes(value) and not value.startswith("="):  # which zsh takes for the path of a command
        return value
    if "'" not in value and "\\\\" not in value and not value.endswith("\\"):
        return f"'{value}'"
    if not any(sign in value for sign in '\\"$`'):
        return f'"{value}"'
    for sign in ("\\", '"', "$", "`"):
        value = value.replace(sign, f"\\{sign}")
    return f'"{value}"'


def _shell(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={quote_posix(value)}\n" for name, value in values.items())


def _fish(values: Mapping[str, str]) -> str:
    return "".join(f"set -gx {name} {quote_fish(value)}\n" for name, value in values.items())


def _java_properties(values: Mapping[str, str]) -> str:
    return "".join(f"{key} = {_java_string(value)}\n" for key, value in values.items())


def _java_string(value: str) -> str:
    """Write what java.util.Properties reads back: ASCII, and a blank at the beginning, which it skips."""
    escaped = "".join(_JAVA_ESCAPES.get(sign) or _java_character(sign) for sign in value)
    return f"\\{escaped}" if escaped.startswith(" ") else escaped


def _java_character(sign: str) -> str:
    if " " <= sign <= "~":
        return sign
    units = sign.encode("utf-16-be")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _csv(values: Mapping[str, str]) -> str:
    return "".join(f"{key},{_csv_field(value, ',')}\n" for key, value in values.items())


def _tsv(values: Mapping[str, str]) -> str:
    return "".join(f"{key}\t{_csv_field(value, chr(9))}\n" for key, value in values.items())


def _csv_field(value: str, separator: str) -> str:
    needs_quotes = (
        value[:1].isspace() or value == "\\." or any(sign in value for sign in (separator, *'"\r\n'))
    )
    return '"' + value.replace('"', '""') + '"' if needs_quotes else value


def _hcl(value: str, is_string: bool) -> str:
    found: Any = None if is_string else kept_collection(value)
    return hcl_string(value) if found is None else hcl_text(found)


_WRITERS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "json": _json,
    "yaml": _yaml,
    "dotenv": _dotenv,
    "shell": _shell,
    "fish": _fish,
    "java-properties": _java_properties,
    "csv": _csv,
    "tsv": _tsv,
}
