"""The smallest policy that would have let a run pass."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Asked
from awsactivate.scopes import grammar

_FORM = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?._-]+")  # what IAM takes for an action
_NOTHING = "none:null"  # no service's: a policy must allow something
_WILD = re.compile(r"[*?$]")


@dataclass(frozen=True)
class Learned:
    """What was learned of a run."""

    policy: str
    """For `--allow`, with line breaks"""
    fits_scope: bool
    """It is short enough for `--scope` too, and of characters that AWS takes."""
    unnamed: tuple[str, ...] = ()
    """What a policy can't name: calls that no model knows"""


def policy_of(asked: Iterable[Asked]) -> Learned:
    """Write the policy of all that a run asked for: each action on each resource, and on nothing else."""
    actions: dict[str, set[str]] = {}
    unnamed: set[str] = set()
    for one in asked:
        if _FORM.fullmatch(one.action):
            actions.setdefault(one.action, set()).add(_written(one))
        else:
            unnamed.add(one.action)
    together: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(actions):
        together.setdefault(_least(actions[action]), []).append(action)
    statements = [
        {"Effect": "Allow", "Action": _single(names), "Resource": _single(list(resources))}
        for resources, names in sorted(together.items(), key=lambda one: one[1])
    ]
    statements = statements or [{"Effect": "Allow", "Action": _NOTHING, "Resource": "*"}]
    document = {"Version": "2012-10-17", "Statement": statements}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return Learned(text, not grammar.faults(text), tuple(sorted(unnamed)))


def _written(asked: Asked) -> str:
    """Write a resource so that it stands for itself alone; what isn't known of it stays open."""
    if asked.vague or asked.resource == "*":
        return asked.resource
    return _WILD.sub(lambda one: f"${{{one[0]}}}", asked.resource)


def _least(resources: set[str]) -> tuple[str, ...]:
    return ("*",) if "*" in resources else tuple(sorted(resources))


def _single(texts: list[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else texts
