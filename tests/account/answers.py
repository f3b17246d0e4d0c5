"""The project's own evaluator of IAM, asked about a row of a table."""

from __future__ import annotations

from account.policy_cases import ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, Case
from awsactivate.demo.evaluator import Names, Policies, Question, decide


def answer(case: Case) -> str:
    """Say what the embedded AWS would answer to a request."""
    context = {
        key.lower(): tuple(value) if isinstance(value, list) else value for key, value in case.context.items()
    }
    everybody = frozenset({f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT})
    decision = decide(
        Question(case.action, case.resource, context),
        Policies(
            identity=tuple(case.identity),
            resource=case.resource_policy,
            sessions=tuple((document,) for document in case.layers),
            resource_must_allow=case.is_trust,
        ),
        Names(
            own=frozenset({case.principal, case.context.get("aws:PrincipalArn", "*"), "*"}), account=everybody
        ),
    )
    return ALLOWED if decision.allowed else EXPLICIT if "explicit deny" in decision.reason else IMPLICIT
