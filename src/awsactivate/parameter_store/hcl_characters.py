"""The classes of characters that terraform's language is made of, which are not those of Python's `re`.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md: identifiers are UAX #31's, with `-`; white space
is trimmed as Go's `unicode.IsSpace` has it.
"""

from __future__ import annotations

import unicodedata

SPACES = (
    "\t\n\v\f\r \u0085\u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
DIGITS = "0123456789"
_OTHER_START = "\u1885\u1886\u2118\u212e\u309b\u309c"
_OTHER_CONTINUE = "\u00b7\u0387\u19da" + "".join(map(chr, range(0x1369, 0x1372)))
_NO_START = "\u2e2f"  # a letter by its category, which UAX #31 takes out as syntax


def identifier_end(text: str, at: int) -> int:
    """Return where the identifier that begins at `at` ends; `at` itself where none begins."""
    if at >= len(text) or not (text[at] == "_" or _is_start(text[at])):
        return at
    end = at + 1
    while end < len(text) and (text[end] == "-" or _is_continue(text[end])):
        end += 1
    return end


def is_identifier(text: str) -> bool:
    """Tell whether all of `text` is one identifier."""
    return bool(text) and identifier_end(text, 0) == len(text)


def _is_start(sign: str) -> bool:
    if sign.isascii():
        return sign.isalpha()
    category = unicodedata.category(sign)
    return (category[0] == "L" or category == "Nl" or sign in _OTHER_START) and sign not in _NO_START


def _is_continue(sign: str) -> bool:
    return (
        _is_start(sign) or unicodedata.category(sign) in ("Mn", "Mc", "Nd", "Pc") or sign in _OTHER_CONTINUE
    )
