"""Whose the resources of a call are, where its parameters name an account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_ACCOUNT = re.compile(r"[0-9]{12}")
_WITHIN = re.compile(r"(?:^|(?<=[/:]))[0-9]{12}(?=[/:]|$)")
_BEGINS = re.compile(r"[0-9]{12}(?![0-9])")  # as a part of a catalog's id
# Where a value itself names it: an ARN, or a part of one; the address of a queue
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(?P<account>[0-9]{12}):.*", re.DOTALL)
_PART = re.compile(r"(?:[a-z]{2,4}(?:-[a-z]+)+-[0-9]:)?(?P<account>[0-9]{12}):.*", re.DOTALL)
_QUEUE = re.compile(r"(?:https?://[^/]*)?/(?:[^/]+/)*?(?P<account>[0-9]{12})/[^/]+/?")
# What names the owner of the resources, and what may
_OWNERS = frozenset({"registryid", "catalogid", "queueownerawsaccountid", "domainowner"})
_MAY_OWN = re.compile(
    r"account|.*account_?id|.*awsaccount|.*owner(?:(?:aws)?account)?(?:id)?|(?:.*_)?ownerid|.*catalogid",
    re.IGNORECASE,
)
_DEEPEST = 3
ANY = "*"


def of(values: Sequence[str], parameters: Mapping[str, Any], own: str) -> str:
    """Return the account that owns what is named; `own` where none is named, ANY where it isn't sure."""
    surely = {account for value in values if (account := _in_value(value))}
    surely |= set(_owners(parameters, 0))
    maybe = {account for value in values for account in _WITHIN.findall(value)}
    maybe |= {
        value
        for name, value in parameters.items()
        if isinstance(value, str) and _ACCOUNT.fullmatch(value) and _MAY_OWN.fullmatch(name)
    }
    if not (surely | maybe) - {own}:
        return own
    return surely.pop() if len(surely) == 1 and maybe <= surely else ANY


def _in_value(value: str) -> str:
    found = next((one for form in (_ARN, _PART, _QUEUE) if (one := form.fullmatch(value))), None)
    return found["account"] if found else ""


def _owners(value: Any, depth: int) -> Iterator[str]:
    """Give what is said of owners, in the parameters and in what they hold."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield from _owners(item, depth)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str):
                if str(name).lower() in _OWNERS and (found := _BEGINS.match(item)):
                    yield found[0]
            elif isinstance(item, dict | list):
                yield from _owners(item, depth + 1)
