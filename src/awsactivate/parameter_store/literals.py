"""Values as terraform knows them, written as the one text that Parameter Store keeps of each.

A value is a `str`, a `bool`, `None`, a `Decimal`, a list of values, or a dict of them by name.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from awsactivate.errors import UsageError

Value = Any  # str | bool | None | Decimal | list[Value] | dict[str, Value]: mypy can't follow the recursion

# terraform computes with 512 bits: any number of so many decimal digits comes out as it went in
_MOST_DIGITS = 150
_MOST_CHARACTERS = 1000  # of a number written out: a short text such as 1e999999 must not fill the memory


class FileRefusedError(UsageError):
    """A file of values can't be taken as it is; `line` is where, counted from one (0: as a whole)."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


def number(text: str) -> Decimal:
    """Read a decimal number exactly; ValueError for one that terraform would round."""
    value = Decimal(text)
    if len("".join(map(str, value.as_tuple().digits)).rstrip("0")) > _MOST_DIGITS:
        raise ValueError(f"a number of more than {_MOST_DIGITS} digits, which terraform rounds")
    if value and abs(value.adjusted()) > _MOST_CHARACTERS:
        raise ValueError("a number of more digits than a parameter takes")
    return value


def number_text(value: Decimal) -> str:
    """Write a number as terraform does: no exponent, no zeros that say nothing."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def stored_text(value: Value) -> str:
    """Write `value` as the text to keep: a string as it is, a list or an object as JSON.

    `TF_VAR_…` with this text gives a variable of the value's type the value back. ValueError for None,
    which no text stands for.
    """
    if value is None:
        raise ValueError("null can't be kept: no text stands for it")
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Value) -> str:
    """Write `value` as compact JSON that is an expression of terraform's language as well."""
    return _write(value, _json_string, ":")


def hcl_text(value: Value) -> str:
    """Write `value` as an expression of terraform's language."""
    return _write(value, hcl_string, "=")


def hcl_string(text: str) -> str:
    """Quote `text` for terraform's language, where `${` and `%{` begin templates."""
    return _quoted(text, lambda sign: sign * 2)


def kept_collection(text: str) -> Value:
    """Return the list or object that `text` is the kept form of, or None where it is a plain string.

    Only the exact form that `json_text` writes counts: a JSON document that a person keeps in a string
    nearly always has a space or a line break in it somewhere.
    """
    if text[:1] not in ("[", "{"):
        return None
    try:
        value = json.loads(text, parse_int=number, parse_float=number, object_pairs_hook=dict)
        return value if json_text(value) == text else None
    except (ValueError, ArithmeticError, TypeError, RecursionError):
        return None


def normalised(text: str) -> str:
    """Return `text` as terraform sees it: it composes characters (NFC) in every string it reads."""
    return unicodedata.normalize("NFC", text)


def _write(value: Value, string: Callable[[str], str], equals: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ",".join(_write(item, string, equals) for item in value) + "]"
    if isinstance(value, dict):
        items = sorted(value.items())  # an object has no order: the same object is the same text
        return "{" + ",".join(f"{string(k)}{equals}{_write(v, string, equals)}" for k, v in items) + "}"
    raise TypeError(f"{type(value).__name__} is no value of terraform's")


def _json_string(text: str) -> str:
    # JSON has no `$${`; a `$` by its number is the same character to JSON and no template to terraform
    return _quoted(text, lambda sign: f"\\u{ord(sign):04x}")


def _quoted(text: str, template_sign: Callable[[str], str]) -> str:
    out = []
    for index, character in enumerate(text):
        if character in _ESCAPES:
            out.append(_ESCAPES[character])
        elif ord(character) < 0x20 or ord(character) == 0x7F:
            out.append(f"\\u{ord(character):04x}")
        elif character in "$%" and text[index + 1 : index + 2] == "{":
            out.append(template_sign(character))
        else:
            out.append(character)
    return '"' + "".join(out) + '"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
