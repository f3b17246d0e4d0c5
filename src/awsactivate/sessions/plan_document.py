"""A plan as `show --json` prints it."""

from __future__ import annotations

from awsactivate.sessions import addresses, settings
from awsactivate.sessions.plan import Plan, narrowing_call


def plan_document(plan: Plan) -> dict[str, object]:
    """Return the plan as `show --json` prints it."""
    return {
        "target": plan.target,
        **({"named_by": plan.named_by} if plan.named_by else {}),
        "profile": plan.profile,
        "source": {"kind": plan.source.kind, "name": plan.source.name},
        "steps": [
            {
                "operation": step.operation,
                "role_arn": step.role_arn,
                "role_session_name": step.role_session_name,
                "duration_seconds": step.duration_seconds,
                "mfa_serial": step.mfa_serial,
                "mfa_serial_from": step.mfa_serial_from,
                "external_id": step.external_id,
                "source_identity": step.source_identity,
                "tags": dict(step.tags),
                "transitive_tag_keys": list(step.transitive_tag_keys),
                "policy_arns": list(step.policy_arns),
            }
            for step in plan.steps
        ],
        "region": plan.region,
        "region_from": plan.region_from,
        "expected_account_id": plan.expected_account_id,
        "called_region": plan.called_region,
        **({"settings": [_shown(setting) for setting in plan.settings]} if plan.settings else {}),
        **({"put_aside": dict(plan.put_aside)} if plan.put_aside else {}),
        **({"confirm": True} if plan.confirm else {}),
        **({"revocable": True} if plan.revocable else {}),
        **({"scope": plan.scope.name, "narrowed_by": narrowing_call(plan)} if plan.scope else {}),
        "notes": [*plan.notes, *plan.aside_notes],
    }


def _shown(setting: settings.Setting) -> dict[str, str]:
    return {"name": setting.name, "value": addresses.shown(setting.value), "from": setting.named_by}
