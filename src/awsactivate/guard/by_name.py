"""What hands out credentials passes only where an `--allow` calls it by its own name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from awsactivate.account.conditions import as_list
from awsactivate.guard import statements
from awsactivate.guard.call import Asked
from awsactivate.guard.rules import Document

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


def allows(
    asked: Sequence[Asked], documents: Sequence[Document], context: Mapping[str, str | tuple[str, ...]]
) -> bool:
    """Tell whether each of what is `asked` is allowed by its name; one with a wildcard is nobody's."""
    return bool(asked) and all(
        any(_allows(one, document.policy, context) for document in documents) for one in asked
    )


def _allows(one: Asked, policy: Mapping[str, Any], context: Mapping[str, str | tuple[str, ...]]) -> bool:
    named = [statement for statement in statements.of(policy) if _names(statement, one.action)]
    return bool(named) and statements.allows({**policy, "Statement": named}, one, context)


def _names(statement: Mapping[str, Any], action: str) -> bool:
    return action.lower() in {each.lower() for each in as_list(statement.get("Action", []))}
