"""Where in a plan a session is narrowed: by AssumeRole where it can, by a call of its own where not."""

from __future__ import annotations

import pytest

from awsactivate.errors import UsageError
from awsactivate.scopes.scope import Scope
from awsactivate.sessions.narrowed_plan import narrowed
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.plan_document import plan_document
from awsactivate.sessions.steps import Options
from sessions.plans import DEVICE, PROCESS, PROD, SECOND, SSO, TEMPORARY, plan_of

ARN = "arn:aws:iam::111122223333:policy/ours"
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"
READ_ONLY = Scope("read-only", "inline", "beside", "ReadOnlyAccess")
OWN = Scope("policy", "own")
CHINESE = PROD.replace("arn:aws:", "arn:aws-cn:")


@pytest.mark.parametrize(
    ("plan", "scope", "beside_arns", "expected"),
    [
        # by AssumeRole: the policy and the ARNs of the last step
        (plan_of(PROD), OWN, False, ("own", (), False)),
        (plan_of(PROD), READ_ONLY, False, ("beside", (MANAGED,), False)),
        (plan_of(CHINESE), READ_ONLY, False, ("beside", (MANAGED.replace("aws:iam", "aws-cn:iam"),), False)),
        (plan_of(PROD, options=Options(chain=(SECOND,))), OWN, False, ("own", (), False)),
        (plan_of(PROD, options=Options(policy_arns=(ARN,))), OWN, True, ("own", (ARN,), False)),
        # by two layers: what one of them allows is not enough
        (plan_of(PROD, options=Options(policy_arns=(ARN,))), READ_ONLY, True, ("", (ARN,), True)),
        (plan_of(PROD, options=Options(policy_arns=(ARN,))), OWN, False, ("", (ARN,), True)),
        # where there is no AssumeRole
        (plan_of(f"[profile prod]\nsource_profile = base\n{DEVICE}"), READ_ONLY, False, ("", (), True)),
        (plan_of(f"[profile prod]\n{SSO}"), READ_ONLY, False, (None, None, True)),
        (plan_of(f"[profile prod]\n{PROCESS}"), OWN, False, (None, None, True)),
        (plan_of("[profile x]\n", "", SECOND, environ=TEMPORARY), OWN, False, ("own", (), False)),
    ],
)
def test_the_session_that_one_gets_is_narrowed(
    plan: Plan, scope: Scope, beside_arns: bool, expected: tuple[str | None, tuple[str, ...] | None, bool]
) -> None:
    done = narrowed(plan, scope, beside_arns=beside_arns, afterwards=False)
    last = done.steps[-1] if done.steps else None
    assert done.scope is scope
    assert (last and last.policy, last and last.policy_arns, done.narrows_afterwards) == expected
    assert done.steps[:-1] == plan.steps[:-1], "what assumes the next role needs all of its session"
    by = "GetScopedCredentials" if expected[2] else "AssumeRole"
    assert {k: plan_document(done)[k] for k in ("scope", "narrowed_by")} == {
        "scope": scope.name,
        "narrowed_by": by,
    }


def test_who_needs_the_whole_session_first_gets_it() -> None:
    done = narrowed(plan_of(PROD), READ_ONLY, beside_arns=False, afterwards=True)
    assert (done.steps, done.narrows_afterwards) == (plan_of(PROD).steps, True)


def test_nothing_said_is_nothing_narrowed() -> None:
    assert narrowed(plan_of(PROD), None, beside_arns=True, afterwards=False) == plan_of(PROD)


def test_eleven_policies_are_one_too_many() -> None:
    many = Options(policy_arns=tuple(f"{ARN}{number}" for number in range(10)))
    plan = plan_of(PROD, options=many)
    assert narrowed(plan, READ_ONLY, beside_arns=True, afterwards=False).narrows_afterwards
    with pytest.raises(UsageError, match="at most 10"):
        plan_of(PROD, options=Options(policy_arns=(*many.policy_arns, ARN)))
