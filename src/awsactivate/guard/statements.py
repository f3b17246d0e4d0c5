"""What a policy's statements say to one thing that a call would do, of which not all may be known.

What is not known makes an Allow not apply, and a Deny apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from awsactivate.account.conditions import Context, as_list, holds, pattern
from awsactivate.guard import globs
from awsactivate.guard.call import Asked

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

Document = Mapping[str, "Any"]
# IAM names these by their last part alone, and their ARNs have a path before it
_IAM = re.compile(
    r"(arn:[^:]*:iam::[^:]*:(?:role|user|group|policy|instance-profile|server-certificate))/([^/]+)"
)


def of(document: Document) -> list[Mapping[str, Any]]:
    """Return a policy's statements."""
    return as_list(document["Statement"])


def allows(document: Document, asked: Asked, context: Context) -> bool:
    """Tell whether a statement allows it, beyond doubt."""
    variables = document.get("Version") == "2012-10-17"
    return any(
        _covers_action(statement, asked.action)
        and _allowed_resource(statement, asked, context, variables)
        and _surely_holds(statement.get("Condition", {}), context, variables)
        for statement in of(document)
    )


def denies(document: Document, asked: Asked, context: Context, *, sure: bool = True) -> bool:
    """Tell whether a statement denies it, or may.

    `sure` is false where its action may be any of its service.
    """
    variables = document.get("Version") == "2012-10-17"
    return any(
        (_covers_action(statement, asked.action) or not (sure or _spares(statement, asked.action)))
        and _denied_resource(statement, asked, context, variables)
        and _may_hold(statement.get("Condition", {}), context, variables)
        for statement in of(document)
    )


def _covers_action(statement: Mapping[str, Any], action: str) -> bool:
    def named(patterns: Any) -> bool:
        return any(_compiled(text).fullmatch(action) is not None for text in as_list(patterns))

    if "NotAction" in statement:
        return not named(statement["NotAction"])
    return named(statement["Action"])


def _spares(statement: Mapping[str, Any], action: str) -> bool:
    """Tell whether no action of the service is meant."""
    anything = globs.of_text(f"{action.partition(':')[0].casefold()}:*", vague=True)
    named = [globs.folded(globs.of_policy(text, {}, variables=False) or "") for text in _actions(statement)]
    if "NotAction" in statement:
        return any(globs.covers(one, anything) for one in named)
    return not any(globs.meet(one, anything) for one in named)


def _actions(statement: Mapping[str, Any]) -> list[str]:
    return as_list(statement.get("Action", statement.get("NotAction")))


@lru_cache(maxsize=4096)
def _compiled(text: str) -> re.Pattern[str]:
    compiled = pattern(text, {}, variables=False, flags=re.IGNORECASE)
    assert compiled is not None  # noqa: S101  (without variables there always is one)
    return compiled


def _allowed_resource(statement: Mapping[str, Any], asked: Asked, context: Context, variables: bool) -> bool:
    if "NotResource" in statement:
        written = _globs(statement["NotResource"], context, variables)
        return all(
            one is not None and not globs.meet(globs.folded(one), globs.folded(other))
            for one in written
            for other in _meant(asked)
        )
    written = _globs(statement["Resource"], context, variables)
    return any(one is not None and globs.covers(one, _tokens(asked)) for one in written)


def _denied_resource(statement: Mapping[str, Any], asked: Asked, context: Context, variables: bool) -> bool:
    if "NotResource" in statement:
        written = _globs(statement["NotResource"], context, variables)
        return not any(
            one is not None and all(globs.covers(one, other) for other in _meant(asked)) for one in written
        )
    written = _globs(statement["Resource"], context, variables)
    # a resource's name may be written in capitals or not, and many services take it for the same
    return any(
        one is None or globs.meet(globs.folded(one), globs.folded(other))
        for one in written
        for other in _meant(asked)
    )


def _globs(patterns: Any, context: Context, variables: bool) -> list[globs.Glob | None]:
    """Read a statement's resources; None stands for one with a variable that has no value here."""
    return [
        globs.of_policy(text, context, variables=variables) if "$" in text else _plain(text)
        for text in as_list(patterns)
    ]


@lru_cache(maxsize=4096)
def _plain(text: str) -> globs.Glob | None:
    return globs.of_policy(text, {}, variables=False)


def _tokens(asked: Asked) -> globs.Glob:
    return globs.of_text(asked.resource, vague=asked.vague)


def _meant(asked: Asked) -> Iterator[globs.Glob]:
    """Give all that a resource may be."""
    yield _tokens(asked)
    if named := _IAM.fullmatch(asked.resource):
        yield globs.of_text(f"{named[1]}/*/{named[2]}", vague=True)


def _surely_holds(condition: Mapping[str, Any], context: Context, variables: bool) -> bool:
    """Tell whether all of a condition is known, and holds."""
    return _known(condition, context) and holds(condition, context, variables=variables)


def _may_hold(condition: Mapping[str, Any], context: Context, variables: bool) -> bool:
    """Tell whether what is known of a condition holds: what is not known may."""
    return all(
        not _known({operator: {key: wanted}}, context)
        or holds({operator: {key: wanted}}, context, variables=variables)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _known(condition: Mapping[str, Any], context: Context) -> bool:
    """Tell whether the context has every key, and a value for each variable.

    It never knows that a key is absent, nor takes a variable's default: AWS may have what the guard has not.
    """
    return all(
        key.lower() in context
        and all(globs.of_policy(str(one), context, variables=True) is not None for one in as_list(wanted))
        for keys in condition.values()
        for key, wanted in keys.items()
    )
