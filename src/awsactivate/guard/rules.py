"""What the rules say to a call: it passes, it is refused, or the person is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum

from awsactivate.errors import UsageError
from awsactivate.frozen import dataclass
from awsactivate.guard import statements
from awsactivate.guard.call import Asked, Named
from awsactivate.scopes import grammar

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

READ_ONLY, ASK, LEARN = "read-only", "ask", "learn"
PRESETS = (READ_ONLY, ASK, LEARN)


class Verdict(Enum):
    """What becomes of a call."""

    PASS = "passes"  # noqa: S105  (nobody's word)
    ASK = "asks"
    REFUSE = "is refused"


@dataclass(frozen=True)
class Ruling:
    """What the rules say."""

    verdict: Verdict
    reason: str = ""
    """Why not; the end of a sentence: `with an explicit deny in FILE`"""
    asked: tuple[Asked, ...] = ()
    """What of the call the person must be asked for, or what is refused"""


@dataclass(frozen=True)
class Document:
    """The policy of a `--deny` or an `--allow`."""

    name: str
    """Its file's"""
    policy: Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """All that has a say before the person has."""

    preset: str = ASK
    denies: tuple[Document, ...] = ()
    allows: tuple[Document, ...] = ()


def read(text: str, name: str, effect: str) -> Document:
    """Read the file of `--deny` or `--allow`, whose `effect` is Deny or Allow.

    UsageError says what is wrong with it.
    """
    option = f"--{effect.lower()} {name}"
    if found := grammar.faults(text, longest=None):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise UsageError(f"{option}: {found[0]}{more}")
    policy = json.loads(text)
    for number, statement in enumerate(statements.of(policy), 1):
        if statement["Effect"] != effect:
            raise UsageError(
                f"{option}: statement {number}: Effect: must be {effect} in a file of --{effect.lower()}"
            )
    return Document(name, policy)


def judge(named: Named, rules: Rules, context: Mapping[str, str | tuple[str, ...]]) -> Ruling:
    """Weigh them: a Deny wins wherever it stands, then an Allow counts, then the preset.

    `context` holds the condition keys that are known, in lower case, such as `aws:requestedregion`. What
    hands out credentials is another one's matter.
    """
    for document in rules.denies:
        denied = [
            one
            for one in named.asked
            if statements.denies(document.policy, one, context, sure=not one.guessed)
        ]
        if denied:
            return Ruling(Verdict.REFUSE, f"with an explicit deny in {document.name}", tuple(denied))
    if rules.preset == LEARN:
        return Ruling(Verdict.PASS)
    if not named.asked:
        return Ruling(Verdict.REFUSE, "because nothing is known of what it does")
    left = tuple(one for one in named.asked if not _passes(one, rules.allows, context))
    if not left:
        return Ruling(Verdict.PASS)
    if rules.preset == READ_ONLY:
        only = "only" if any(one.writes for one in left) else "but none of secrets' values"
        return Ruling(Verdict.REFUSE, f"because the guard lets reads pass {only}", left)
    return Ruling(Verdict.ASK, asked=left)


def _passes(asked: Asked, allows: Sequence[Document], context: Mapping[str, str | tuple[str, ...]]) -> bool:
    if not asked.writes and not asked.reads_secret:
        return True
    return any(statements.allows(one.policy, asked, context) for one in allows)
