"""Show what activating would call, and where each value comes from; nothing is called, no secret read out."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.opening import options
from awsactivate.opening.plan_for import plan_for
from awsactivate.person.printable import json_text, printable
from awsactivate.sessions import addresses
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.plan_document import plan_document
from awsactivate.sessions.steps import Step


def add_arguments(parser: Parser) -> None:
    """Take the same words as `activate`, so that what is shown is what would be done."""
    options.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the plan as one JSON object")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write the plan."""
    plan, _profiles = plan_for(arguments, context)
    if arguments.json:
        context.write(json_text(plan_document(plan)))
    else:
        context.write(text(plan))
    return 0


def text(plan: Plan) -> str:
    """Write the plan for a person to read."""
    lines = [f"{plan.target}: begins with {plan.source.kind} {plan.source.name}"]
    for number, step in enumerate(plan.steps, 1):
        lines += [f"{number}. {step.operation}", *(f"     {line}" for line in _details(step, plan))]
    if plan.scope and plan.narrows_afterwards:
        lines += [
            f"{len(plan.steps) + 1}. GetScopedCredentials",
            f"     {'narrowed to':<16} {plan.scope.name}",
        ]
    elif not plan.steps:
        lines.append("   no call: the source's credentials are temporary already")
    lines.append(
        f"region: {plan.region or '(unchanged)'}" + (f" from {plan.region_from}" if plan.region else "")
    )
    lines.append(f"called: STS in {plan.called_region}")
    lines += [
        f"setting: {setting.name}={addresses.shown(setting.value)} from {setting.named_by}"
        for setting in plan.settings
    ]
    if plan.expected_account_id:
        lines.append(f"account: {plan.expected_account_id}, or nothing is set")
    if plan.confirm:
        lines.append(f"asks for: the name {plan.target}, typed, since the profile says confirm")
    lines += [f"note: {note}" for note in (*plan.notes, *plan.aside_notes)]
    return "".join(printable(line) + "\n" for line in lines)


def _details(step: Step, plan: Plan) -> list[str]:
    values: dict[str, object] = {
        "role": step.role_arn,
        "session name": step.role_session_name,
        "duration": f"{step.duration_seconds} s",
        "MFA device": f"{step.mfa_serial} from {step.mfa_serial_from}" if step.mfa_serial else "none",
        "external id": step.external_id,
        "source identity": step.source_identity,
        "tags": ", ".join(f"{key}={value}" for key, value in step.tags.items()),
        "transitive": ", ".join(step.transitive_tag_keys),
        "policies": ", ".join(step.policy_arns),
        "narrowed to": plan.scope.name if plan.scope and step.policy else "",
    }
    return [f"{name:<16} {value}" for name, value in values.items() if value]
