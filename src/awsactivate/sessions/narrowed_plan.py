"""Where in a plan the session is narrowed: in the last AssumeRole, or by a call of its own behind it."""

from __future__ import annotations

from awsactivate.frozen import replace
from awsactivate.sessions import arns, values
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import from_option

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.scopes.scope import Scope


def narrowed(plan: Plan, scope: Scope | None, *, beside_arns: bool, afterwards: bool) -> Plan:
    """Return `plan` with the session narrowed to `scope`.

    AssumeRole makes one layer of a policy and those named by ARN, which allows what any of them allows. That
    is what is meant where both were said in one place, `beside_arns`, and by the person's own policy; else
    they are two layers. `afterwards` is for who needs the whole session before.
    """
    if scope is None:
        return plan
    from awsactivate.scopes.scope import POLICY

    last = plan.steps[-1] if plan.steps else None
    has_own_layer = last is not None and bool(last.policy_arns) and not (beside_arns and scope.name == POLICY)
    if last is None or last.operation != "AssumeRole" or has_own_layer or afterwards:
        return replace(plan, scope=scope, narrows_afterwards=True)
    managed: tuple[str, ...] = ()
    if scope.managed:
        managed = (f"arn:{arns.partition_of(last.role_arn)}:iam::aws:policy/{scope.managed}",)
    named = from_option("--policy-arn", (*last.policy_arns, *managed), values.policy_arns) or ()
    last = replace(last, policy=scope.role_policy or scope.policy, policy_arns=named)
    return replace(plan, steps=(*plan.steps[:-1], last), scope=scope)
