"""What a call would do, in the words in which a person is asked."""

from __future__ import annotations

from collections.abc import Sequence

from awsactivate.guard.call import Asked

_MOST = 4  # resources named of one action
_LONGEST = 160  # characters of one resource


def by_action(asked: Sequence[Asked], *, account: str | None, region: str | None) -> dict[str, str]:
    """Write the resources of each action: `acme-logs/a, acme-logs/b and 7 more`; '' where none is known.

    An ARN of the session's own account and region is written by its last part.
    """
    named: dict[str, list[str]] = {}
    for one in asked:
        resources = named.setdefault(one.action, [])
        if one.resource != "*" and (name := _resource(one.resource, account, region)) not in resources:
            resources.append(name)
    return {action: _listed(resources) for action, resources in named.items()}


def of_asked(asked: Sequence[Asked], *, account: str | None, region: str | None) -> str:
    """Write each action with its resources: `s3:DeleteObject on acme-logs/a, acme-logs/b`."""
    resources = by_action(asked, account=account, region=region)
    return "; ".join(f"{action} on {said}" if said else action for action, said in resources.items())


def _listed(resources: Sequence[str]) -> str:
    named = resources if len(resources) <= _MOST else resources[: _MOST - 1]
    more = len(resources) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _resource(arn: str, account: str | None, region: str | None) -> str:
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[3] in ("", region) and parts[4] in ("", account):
        arn = parts[5]
    if len(arn) <= _LONGEST:
        return arn
    half = _LONGEST // 2
    return f"{arn[:half]}…{arn[-half:]}"
