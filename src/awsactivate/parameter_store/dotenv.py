r"""The values of a .env file, read strictly: what its readers do not read alike is refused.

They are python-dotenv and Node's dotenv. Single quotes keep all as it is, but python-dotenv follows `${…}`
there too; in double quotes only `\n` and `\r` are escapes to both; both may hold several lines. A value
without quotes ends with its line, or before ` #`. Both take every line end for `\n`.
"""

from __future__ import annotations

import re

from awsactivate.frozen import dataclass
from awsactivate.parameter_store.literals import FileRefusedError

_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\[\s\S])*)"')
_UNQUOTED = re.compile(r"[^\n]*?(?=[ \t]+#|[ \t]*\r?(?:\n|\Z))")
_ESCAPED = {"n": "\n", "r": "\r"}
_REFERENCE = re.compile(r"`|\$[A-Za-z_{(0-9@*#?!$-]")


@dataclass(frozen=True)
class Assignment:
    """One variable of a file, and the line that it begins on."""

    name: str
    value: str
    line: int


def read(text: str) -> list[Assignment]:
    """Return the assignments of a .env file in its order; FileRefusedError names the line."""
    text = text.removeprefix("\ufeff")
    if alone := re.search(r"\r(?!\n)", text):
        line = text.count("\n", 0, alone.start()) + 1
        raise FileRefusedError("a carriage return alone, which some readers take for the end of a line", line)
    found: dict[str, Assignment] = {}
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
            continue
        line = text.count("\n", 0, at) + 1
        named = _NAME.match(text, at)
        if not named:
            raise FileRefusedError("NAME=value is expected here", line)
        name = named.group(1)
        if name in found:
            raise FileRefusedError(f"{name} is set twice, first on line {found[name].line}", line)
        value, at = _value(text, named.end(), line)
        rest = _BLANK.match(text, at)
        if not rest:
            raise FileRefusedError(f"the value of {name} has more after its end; quote all of it", line)
        at = rest.end()
        found[name] = Assignment(name, value, line)
    return list(found.values())


def _value(text: str, at: int, line: int) -> tuple[str, int]:
    sign = text[at : at + 1]
    if sign == "'":
        quoted = _SINGLE.match(text, at)
        if not quoted:
            raise FileRefusedError("these single quotes have no end", line)
        _refuse_line_ends(quoted.group(1), line)
        if "${" in quoted.group(1):
            raise FileRefusedError(
                "${ in single quotes is a reference to some readers, and text to others", line
            )
        # some readers take the backslash away there, others keep it
        if re.search(r"\\[\\']|\\\Z", quoted.group(1)):
            raise FileRefusedError(r"\\ or \' in single quotes is read differently; use double quotes", line)
        return quoted.group(1), quoted.end()
    if sign == '"':
        quoted = _DOUBLE.match(text, at)
        if not quoted:
            raise FileRefusedError("these double quotes have no end", line)
        _refuse_line_ends(quoted.group(1), line)
        return _unescaped(quoted.group(1), line), quoted.end()
    plain = _UNQUOTED.match(text, at)
    value = plain.group() if plain else ""
    _refuse_references(value, line)
    if re.search(r"[\\'\"]", value):
        raise FileRefusedError("a quote or a backslash in a value that has no quotes around it", line)
    if "#" in value:
        raise FileRefusedError("a # that some readers take for a comment; quote the value", line)
    if re.search(r"[^\S \t]", value):
        raise FileRefusedError("a blank that some readers take away; quote the value", line)
    return value, at + len(value)


def _refuse_line_ends(quoted: str, line: int) -> None:
    if "\r" in quoted:
        raise FileRefusedError(
            r"lines that end in CR LF inside quotes, of which some readers drop the CR (as text: \r\n)", line
        )


def _unescaped(raw: str, line: int) -> str:
    _refuse_references(re.sub(r"\\[\s\S]", "", raw), line)
    out, start = [], 0
    for escape in re.finditer(r"\\([\s\S])", raw):
        sign = escape.group(1)
        if sign not in _ESCAPED:
            raise FileRefusedError(rf"the escape \{sign} is read differently by different programs", line)
        out += [raw[start : escape.start()], _ESCAPED[sign]]
        start = escape.end()
    return "".join(out) + raw[start:]


def _refuse_references(text: str, line: int) -> None:
    if _REFERENCE.search(text):
        raise FileRefusedError(
            "a reference or a command, which is not followed (as text: single quotes)", line
        )
