"""What the documents mean, by the project's own evaluator of IAM."""

from __future__ import annotations

import pytest

from account.policy_cases import ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, Case, cases
from awsactivate.demo.evaluator import Names, Policies, Question, decide


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_documents_answer_as_the_table_says(case: Case) -> None:
    context = {
        key.lower(): tuple(value) if isinstance(value, list) else value for key, value in case.context.items()
    }
    everybody = frozenset({f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT})
    decision = decide(
        Question(case.action, case.resource, context),
        Policies(
            identity=tuple(case.identity), resource=case.resource_policy, resource_must_allow=case.is_trust
        ),
        Names(
            own=frozenset({case.principal, case.context.get("aws:PrincipalArn", "*"), "*"}), account=everybody
        ),
    )
    answer = ALLOWED if decision.allowed else EXPLICIT if "explicit deny" in decision.reason else IMPLICIT
    assert answer == case.expected


def test_the_table_is_large_and_each_row_says_something_else() -> None:
    said = [case.says for case in cases()]
    assert len(said) >= 100
    assert len(said) == len(set(said))
