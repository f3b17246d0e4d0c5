"""What must be done to a resource, told property by property from what was found of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awsactivate.account import policies
from awsactivate.account.resources import Change, Found, Planned, Property, Resource, Rule


def difference(resource: Resource, found: Found | None) -> Planned:
    """Plan what makes `found` (None: it does not exist) what `resource` describes.

    What is stricter than wanted stays, with a note; so does what belongs to somebody else.
    """
    if found is None:
        return Planned(resource, "create", tuple(Change(p.name, None, p.want) for p in resource.properties))
    if found.conflict:
        return Planned(resource, "conflict", notes=(found.conflict,))
    if found.unfinished:
        return difference(resource, None)
    changes: list[Change] = []
    notes: list[str] = []
    for property_ in resource.properties:
        is_ = found.properties.get(property_.name)
        judged = verdict(property_, found)
        if judged is False:
            changes.append(Change(property_.name, is_, _after(property_, is_)))
        elif isinstance(judged, str):
            notes.append(f"{property_.name}: {judged}")
    return Planned(resource, "change" if changes else "unchanged", tuple(changes), (*notes, *found.notes))


# True (as wanted), False (to be changed), or words (it stays, and this is why)
Verdict = bool | str


def verdict(property_: Property, found: Found) -> Verdict:
    """Judge one property of what was found."""
    return _RULES[property_.rule](property_.want, found.properties.get(property_.name), found)


def missing_statements(want: Mapping[str, Any], is_: Mapping[str, Any] | None) -> list[policies.Document]:
    """List the statements of the policy `want` that `is_` has not."""
    have = [] if is_ is None else policies.canonical(is_)["Statement"]
    return [
        statement
        for statement in policies.statements(want)
        if policies.canonical({"Statement": statement})["Statement"][0] not in have
    ]


def merged_policy(want: Mapping[str, Any], is_: Mapping[str, Any] | None) -> policies.Document:
    """Return the policy `want` with those statements of `is_` that are somebody else's, by their Sid."""
    wanted = policies.statements(want)
    own = {statement["Sid"] for statement in wanted}
    others = [s for s in policies.statements(is_ or {}) if s.get("Sid") not in own]
    return {**want, "Statement": [*wanted, *others]}


def _equal(want: Any, is_: Any, _: Found) -> Verdict:
    return bool(want == is_)


def _same_policy(want: Any, is_: Any, _: Found) -> Verdict:
    if is_ is None:
        return False
    if "Statement" in want:
        return bool(policies.canonical(want) == policies.canonical(is_))
    return {name: policies.canonical(document) for name, document in want.items()} == {
        name: policies.canonical(document) for name, document in is_.items()
    }


def _at_most(want: Any, is_: Any, _: Found) -> Verdict:
    if is_ is None or is_ > want:
        return False
    return True if is_ == want else f"{is_} is stricter than {want}, and stays"


def _includes(want: Any, is_: Any, _: Found) -> Verdict:
    return {str(name).casefold() for name in want} <= {str(name).casefold() for name in is_ or ()}


def _includes_statements(want: Any, is_: Any, _: Found) -> Verdict:
    if missing_statements(want, is_):
        return False
    others = [s for s in policies.statements(merged_policy(want, is_)) if s not in policies.statements(want)]
    return True if not others else f"{len(others)} more statement{'s' * (len(others) > 1)}, not ours, stay"


def _if_ours(want: Any, is_: Any, found: Found) -> Verdict:
    if want == is_:
        return True
    return False if found.ours else f"{_names(is_)} stay, since the user was there before"


def _encrypted(want: Any, is_: Any, _: Found) -> Verdict:
    if is_ == want:
        return True
    if is_ is None or not str(is_["SSEAlgorithm"]).startswith(want["SSEAlgorithm"]):
        return False
    if is_["SSEAlgorithm"] == want["SSEAlgorithm"] and not is_["BucketKeyEnabled"]:
        return False
    return f"{is_.get('KMSMasterKeyID') or is_['SSEAlgorithm']} is stricter, and stays"


_RULES: dict[Rule, Callable[[Any, Any, Found], Verdict]] = {
    Rule.EQUAL: _equal,
    Rule.SAME_POLICY: _same_policy,
    Rule.AT_MOST: _at_most,
    Rule.INCLUDES: _includes,
    Rule.INCLUDES_STATEMENTS: _includes_statements,
    Rule.IF_OURS: _if_ours,
    Rule.ENCRYPTED: _encrypted,
}


def _after(property_: Property, is_: Any) -> Any:
    """Return what the property will be: what is wanted, with what is found of others' beside it."""
    if property_.rule is Rule.INCLUDES:
        known = {str(name).casefold() for name in is_ or ()}
        return [*(is_ or ()), *(name for name in property_.want if name.casefold() not in known)]
    if property_.rule is Rule.INCLUDES_STATEMENTS:
        return merged_policy(property_.want, is_)
    if property_.rule is Rule.ENCRYPTED and is_ and is_.get("KMSMasterKeyID"):
        return {**property_.want, "KMSMasterKeyID": is_["KMSMasterKeyID"]}
    return property_.want


def _names(value: Any) -> str:
    return ", ".join(value)
