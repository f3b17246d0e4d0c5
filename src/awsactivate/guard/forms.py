"""Names and values as a query and a form have them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote_plus

from awsactivate.guard.unsupported import UnacceptableError

Pairs = list[tuple[str, str]]
_MOST = 100_000  # more than AWS takes


def pairs(text: str) -> Pairs:
    """Read them, in their order; what has no `=` has an empty value."""
    if text.count("&") >= _MOST:
        raise UnacceptableError("InvalidRequest", f"it has more than {_MOST} parameters")
    told = (one.partition("=") for one in text.split("&") if one)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in told]


def only(told: Sequence[tuple[str, str]], name: str) -> str | None:
    """Return the value of `name` where it is there once."""
    values = [value for key, value in told if key == name]
    return values[0] if len(values) == 1 else None


def stated(told: Sequence[tuple[str, str]], name: str, value: str) -> bool:
    """Tell whether `name` is there, with this value where one is wanted."""
    return any(key == name and value in ("", given) for key, given in told)
