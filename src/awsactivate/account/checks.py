"""What `verify` finds: one check a property, told with what is and what should be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from awsactivate.account.difference import verdict
from awsactivate.account.resources import Found, Resource, Rule
from awsactivate.frozen import dataclass

ADMINISTRATORS = "administrators of the account"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at or tried."""

    check: str
    """What it is, said to a person."""
    ok: bool | None
    """None is what could not be told, and fails nothing."""
    is_: Any
    should: Any


def of_resource(resource: Resource, found: Found | None) -> list[Check]:
    """Check each property of a resource that was found so."""
    if found is None or found.conflict:
        return [Check(str(resource), False, found.conflict if found else "missing", "there")]
    return [
        _of_property(
            resource, property_.name, property_.rule, property_.want, verdict(property_, found), found
        )
        for property_ in resource.properties
    ]


def not_tried(check: str, why: str, should: str) -> Check:
    """Tell of a trial that could not be made."""
    return Check(check, None, f"not tried: {why}", should)


def said_of_administrators() -> Check:
    """Say what no policy of an account can prevent."""
    return Check(
        ADMINISTRATORS,
        None,
        "may always assume the role, if need be after changing what is checked here",
        "few, and with MFA",
    )


def all_ok(checks: Iterable[Check]) -> bool:
    """Tell whether no check failed."""
    return all(check.ok is not False for check in checks)


def _of_property(
    resource: Resource, name: str, rule: Rule, want: Any, judged: bool | str, found: Found
) -> Check:
    is_ = found.properties.get(name)
    if isinstance(judged, str) and rule is Rule.IF_OURS:
        return Check(f"{resource} {name}", None, judged, want)
    return Check(f"{resource} {name}", judged is not False, is_, want)
