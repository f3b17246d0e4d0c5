"""What IAM's policies say to one request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from awsactivate.account.conditions import Context, as_list, holds, pattern

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """May `action` be done on `resource`, things being as `context` says?"""

    action: str
    resource: str
    context: Context


@dataclass(frozen=True)
class Names:
    """How a resource's policy may name the caller: the caller alone, or with the whole account."""

    own: frozenset[str]
    account: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Policies:
    """Every policy that has a say; None where there is no policy of a kind."""

    identity: tuple[Document, ...] = ()
    resource: Document | None = None
    boundary: tuple[Document, ...] | None = None
    sessions: tuple[tuple[Document, ...], ...] = ()
    """Each of them is a layer of session policies, and all must allow."""
    resource_must_allow: bool = False
    """True of a role's trust policy, without which nobody assumes the role."""
    cross_account: bool = False


class Verdict(Enum):
    """What documents say: yes, no, or nothing."""

    ALLOW = "Allow"
    DENY = "Deny"
    SILENCE = "silence"


@dataclass(frozen=True)
class Decision:
    """The answer."""

    allowed: bool
    reason: str = ""
    """How AWS's sentence "User: … is not authorized to perform: …" ends."""


def verdict(
    documents: Iterable[Document], question: Question, names: frozenset[str] | None = None
) -> Verdict:
    """Read documents; `names` are the caller's where the statements have a Principal."""
    found = Verdict.SILENCE
    for document in documents:
        # before this version of the language, ${…} was text like any other
        variables = document.get("Version") == "2012-10-17"
        for statement in as_list(document.get("Statement", [])):
            if not _applies(statement, question, names, variables):
                continue
            if statement["Effect"] == "Deny":
                return Verdict.DENY
            found = Verdict.ALLOW
    return found


def decide(question: Question, policies: Policies, names: Names) -> Decision:
    """Weigh all policies: an explicit deny anywhere wins, and every kind that limits must allow."""
    everybody = names.own | names.account
    resource = () if policies.resource is None else (policies.resource,)
    of_resource = verdict(resource, question, everybody)
    of_identity = verdict(policies.identity, question)
    boundary = () if policies.boundary is None else (policies.boundary,)
    limits = [("permissions boundary", verdict(documents, question)) for documents in boundary]
    limits += [("session policy", verdict(documents, question)) for documents in policies.sessions]
    if of_identity is Verdict.DENY:
        return Decision(False, "with an explicit deny in an identity-based policy")
    if of_resource is Verdict.DENY:
        whose = "the role trust policy" if policies.resource_must_allow else "a resource-based policy"
        return Decision(False, f"with an explicit deny in {whose}")
    for kind, said in limits:
        if said is Verdict.DENY:
            return Decision(False, f"with an explicit deny in a {kind}")
    identity_allows = of_identity is Verdict.ALLOW
    # only a policy that names the caller itself stands in for the caller's own account's permission
    stands_in = not policies.cross_account and verdict(resource, question, names.own) is Verdict.ALLOW
    if not identity_allows and not stands_in:
        return Decision(False, f"because no identity-based policy allows the {question.action} action")
    if (policies.resource_must_allow or policies.cross_account) and of_resource is not Verdict.ALLOW:
        return Decision(False)
    for kind, said in limits:
        if said is not Verdict.ALLOW:
            return Decision(False, f"because no {kind} allows the {question.action} action")
    return Decision(True)


def _applies(statement: Document, question: Question, names: frozenset[str] | None, variables: bool) -> bool:
    return (
        (names is None or _names_caller(statement, names))
        and _covers_action(statement, question.action)
        and _covers_resource(statement, question, variables)
        and holds(statement.get("Condition", {}), question.context, variables=variables)
    )


def _names_caller(statement: Document, names: frozenset[str]) -> bool:
    if "NotPrincipal" in statement:
        return not names & _named(statement["NotPrincipal"])
    return bool(names & _named(statement.get("Principal", {})))


def _named(principal: Any) -> set[str]:
    if isinstance(principal, str):
        return {principal}
    return {name for names in principal.values() for name in as_list(names)}


def _covers_action(statement: Document, action: str) -> bool:
    def named(patterns: Any) -> bool:
        compiled = (pattern(text, {}, variables=False, flags=re.IGNORECASE) for text in as_list(patterns))
        return any(one is not None and one.fullmatch(action) for one in compiled)

    if "NotAction" in statement:
        return not named(statement["NotAction"])
    return named(statement.get("Action", []))


def _covers_resource(statement: Document, question: Question, variables: bool) -> bool:
    def named(patterns: Any) -> bool:
        compiled = (pattern(text, question.context, variables=variables) for text in as_list(patterns))
        return any(one is not None and one.fullmatch(question.resource) for one in compiled)

    if "NotResource" in statement:
        return not named(statement["NotResource"])
    # a trust policy's statements have no Resource: they stand on the role itself
    return "Resource" not in statement or named(statement["Resource"])
