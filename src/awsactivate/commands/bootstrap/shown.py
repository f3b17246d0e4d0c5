"""Plans and removals as people and programs read them."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from awsactivate.account import people as account_people
from awsactivate.account.removal import Removal
from awsactivate.account.resources import Change, Planned
from awsactivate.account.settings import Settings
from awsactivate.person.printable import json_text

_INDENT = "    "
_CONTEXT_LINES = 2


def plan_text(planned: Sequence[Planned]) -> str:
    """Write each resource with what is done to it, property by property."""
    lines = [line for step in planned for line in _step(step)]
    return "".join(f"{line}\n" for line in [*lines, summary(planned)])


def summary(planned: Iterable[Planned]) -> str:
    """Count what is to be done."""
    counted = Counter(step.action for step in planned)
    return ", ".join(f"{counted[action]} {words}" for action, words in _COUNTED.items())


def plan_json(
    settings: Settings, planned: Iterable[Planned], *, done: bool | None = None, people: Iterable[str] = ()
) -> str:
    """Write a plan for programs; `done` tells of each step whether it was done, once some were.

    `people` are those whose role and profiles are told as well.
    """
    resources = []
    for step in planned:
        resource: dict[str, Any] = {
            "resource": str(step.resource),
            "action": step.action,
            "changes": [
                {"property": change.property, "from": change.before, "to": change.after}
                for change in step.changes
            ],
        }
        if step.notes:
            resource["notes"] = list(step.notes)
        if done is not None:
            resource["done"] = done and step.action in ("create", "change")
        resources.append(resource)
    told = [person(settings, name) for name in dict.fromkeys(people)]
    return _document(settings, resources, **({"people": told} if told else {}))


def people_text(settings: Settings, people: Iterable[str]) -> str:
    """Write the role and the profiles of each of the people, as they stand in `~/.aws/config`."""
    return "".join(f"\n{person_text(settings, name)}" for name in dict.fromkeys(people))


def person_text(settings: Settings, user: str) -> str:
    """Write the role and the profiles of one who may assume a role."""
    home = _home(settings, user)
    return account_people.text(user, home, _profiles(settings, home, user))


def person(settings: Settings, user: str) -> dict[str, Any]:
    """Return the role and the profiles of one who may assume a role, for programs."""
    home = _home(settings, user)
    return {
        "user": user,
        "role_arn": home.role_arn,
        "group": home.group_name,
        "profiles": _profiles(settings, home, user),
    }


def _home(settings: Settings, user: str) -> Settings:
    home = settings.home_of(user)
    if home is None:
        raise LookupError("people are told of once they have a role")
    return home


def _profiles(settings: Settings, home: Settings, user: str) -> account_people.Profiles:
    # the profile to activate is called alike for all, whichever role is one's own
    name = settings.role_name
    return account_people.profiles(home, account_people.key_profile(user, name), name)


def removal_text(removals: Iterable[Removal]) -> str:
    """Write each resource with what becomes of it."""
    lines = []
    for step in removals:
        why = f": {step.why}" if step.why else ""
        lines.append(f"{step.action:<9} {step.resource}{why}\n")
    return "".join(lines)


def removal_json(settings: Settings, removals: Iterable[Removal], *, done: bool) -> str:
    """Write removals for programs, and whether they were done."""
    return _document(
        settings,
        [
            {
                "resource": str(step.resource),
                "action": step.action,
                **({"why": step.why} if step.why else {}),
                "done": done and step.action == "delete",
            }
            for step in removals
        ],
    )


_COUNTED = {
    "create": "to create",
    "change": "to change",
    "unchanged": "unchanged",
    "conflict": "in conflict",
}


def _step(step: Planned) -> list[str]:
    head = f"{step.action:<9} {step.resource}"
    if step.action == "conflict":
        return [f"{head}: {step.conflict}"]
    lines = [head]
    for change in step.changes:
        lines += [_INDENT + line for line in _change(change)]
    return lines + [f"{_INDENT}({note})" for note in step.notes]


def _change(change: Change) -> list[str]:
    before, after = _text(change.before), _text(change.after)
    if change.before is None and len(after) == 1:
        return [f"{change.property}: {after[0]}"]
    if len(before) == len(after) == 1:
        return [f"{change.property}: {before[0]} → {after[0]}"]
    if change.before is None:
        return [f"{change.property}:", *(f"  {line}" for line in after)]
    compared = difflib.unified_diff(before, after, lineterm="", n=_CONTEXT_LINES)
    shown = [line for line in compared if not line.startswith(("---", "+++", "@@"))]
    return [f"{change.property}:", *(f"{line[0]} {line[1:]}" for line in shown)]


def _text(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, (list, dict)) and len(json.dumps(value)) > 60:
        return json.dumps(value, indent=2, ensure_ascii=False).splitlines()
    return [json.dumps(value, ensure_ascii=False)]


def _document(settings: Settings, resources: list[dict[str, Any]], **more: Any) -> str:
    document = {"account": settings.account_id, "region": settings.region, "resources": resources, **more}
    return json_text(document)
