"""Whether the Condition of a policy's statement holds in a request's context.

Keys of a context are lower-case; a value is a text, or a tuple of texts where the key is multivalued.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Context = Mapping[str, str | tuple[str, ...]]
_Comparison = Callable[[str, str, Context, bool], bool]

TOKEN = re.compile(r"\$\{([^}]*)\}|[*?]")
"""What is no plain text in a policy's: a variable, whose name is the group, or a wildcard."""
_DEFAULT = re.compile(r"(.*?),\s*'(.*)'", re.DOTALL)


def as_list(value: Any) -> list[Any]:
    """Read what a policy writes as one or as a list of it."""
    return value if isinstance(value, list) else [value]


def pattern(
    text: str, context: Context, *, variables: bool = True, wildcards: bool = True, flags: int = 0
) -> re.Pattern[str] | None:
    """Compile a policy's text; None where it has a variable that the context has no value for.

    What a variable stands for is literal, even where it looks like a wildcard.
    """
    parts: list[str] = []
    end = 0
    for token in TOKEN.finditer(text):
        parts.append(re.escape(text[end : token.start()]))
        end = token.end()
        if token[1] is not None and variables:
            value = _value_of(token[1], context)
            if value is None:
                return None
            parts.append(re.escape(value))
        elif token[1] is None and wildcards:
            parts.append(".*" if token[0] == "*" else ".")
        else:
            parts.append(re.escape(token[0]))
    parts.append(re.escape(text[end:]))
    return re.compile("".join(parts), flags | re.DOTALL)


def _value_of(name: str, context: Context) -> str | None:
    if name in ("*", "?", "$"):
        return name
    default = None
    with_default = _DEFAULT.fullmatch(name)
    if with_default:
        name, default = with_default.groups()
    value = context.get(name.strip().lower())
    return value if isinstance(value, str) else default


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context, *, variables: bool = True) -> bool:
    """Tell whether every operator of every key is satisfied."""
    return all(
        _satisfied(name, context.get(key.lower()), [str(want) for want in _texts(wanted)], context, variables)
        for name, keys in condition.items()
        for key, wanted in keys.items()
    )


def _texts(wanted: Any) -> list[str]:
    # JSON's true is the policy language's "true"
    return [str(want).lower() if isinstance(want, bool) else str(want) for want in as_list(wanted)]


def _satisfied(
    name: str, got: str | tuple[str, ...] | None, wanted: list[str], context: Context, variables: bool
) -> bool:
    quantifier, _, bare = name.lower().rpartition(":")
    if bare == "null":
        return any((got is None) == (want.lower() == "true") for want in wanted)
    if_exists = bare.endswith("ifexists")
    bare = bare.removesuffix("ifexists")
    negated = bare in _NEGATIONS
    compare = _COMPARISONS.get(_NEGATIONS.get(bare, bare))
    if compare is None:
        raise ValueError(f"condition operator must be one that IAM has, not {name!r}")

    def matches(value: str) -> bool:
        return any(compare(want, value, context, variables) for want in wanted) != negated

    if quantifier == "forallvalues":
        return got is None or all(map(matches, _values(got)))
    if quantifier == "foranyvalue":
        return (got is None and if_exists) or (got is not None and any(map(matches, _values(got))))
    if got is None:
        return if_exists or negated
    return isinstance(got, str) and matches(got)


def _values(got: str | tuple[str, ...]) -> tuple[str, ...]:
    return (got,) if isinstance(got, str) else got


def _string(*, wildcards: bool, flags: int = 0) -> _Comparison:
    def compare(want: str, got: str, context: Context, variables: bool) -> bool:
        compiled = pattern(want, context, variables=variables, wildcards=wildcards, flags=flags)
        return compiled is not None and compiled.fullmatch(got) is not None

    return compare


def _arn(want: str, got: str, context: Context, variables: bool) -> bool:
    wanted, parts = want.split(":", 5), got.split(":", 5)
    if len(wanted) != 6 or len(parts) != 6:
        return False
    compare = _string(wildcards=True)
    return all(compare(one, other, context, variables) for one, other in zip(wanted, parts, strict=True))


def _bool(want: str, got: str, _context: Context, _variables: bool) -> bool:
    return want.lower() == got.lower()


def _ordered(read: Callable[[str], float | None], compare: Callable[[float, float], bool]) -> _Comparison:
    def compared(want: str, got: str, _context: Context, _variables: bool) -> bool:
        # neither numbers nor dates take variables
        wanted, value = read(want), read(got)
        return wanted is not None and value is not None and compare(value, wanted)

    return compared


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _date(text: str) -> float | None:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _address(want: str, got: str, _context: Context, _variables: bool) -> bool:
    try:
        return ipaddress.ip_address(got) in ipaddress.ip_network(want, strict=False)
    except ValueError:
        return False


_COMPARISONS: dict[str, _Comparison] = {
    "stringequals": _string(wildcards=False),
    "stringequalsignorecase": _string(wildcards=False, flags=re.IGNORECASE),
    "stringlike": _string(wildcards=True),
    "arnequals": _arn,
    "arnlike": _arn,
    "bool": _bool,
    "ipaddress": _address,
}
for _kind, _read in (("numeric", _number), ("date", _date)):
    _COMPARISONS[f"{_kind}equals"] = _ordered(_read, operator.eq)
    _COMPARISONS[f"{_kind}lessthan"] = _ordered(_read, operator.lt)
    _COMPARISONS[f"{_kind}lessthanequals"] = _ordered(_read, operator.le)
    _COMPARISONS[f"{_kind}greaterthan"] = _ordered(_read, operator.gt)
    _COMPARISONS[f"{_kind}greaterthanequals"] = _ordered(_read, operator.ge)

_NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
