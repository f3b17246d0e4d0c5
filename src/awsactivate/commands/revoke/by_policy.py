"""A denial of many sessions, written as an inline policy of the role."""

from __future__ import annotations

import time

from awsactivate.account import policies
from awsactivate.commandline import Context
from awsactivate.commands.revoke import calls, proof
from awsactivate.opening.signer import Signer
from awsactivate.person import wall_clock
from awsactivate.revocation import inline_policy
from awsactivate.revocation.inline_policy import Denial
from awsactivate.revocation.tag import GRACE_SECONDS
from awsactivate.sessions import arns, limits


def whom(denial: Denial, role: arns.RoleArn) -> str:
    """Say who is denied."""
    if denial.kind == "user":
        return f"every session of {denial.who} of {role}"
    return f"every session of {role}, whoever's"


def will_be(denial: Denial, role: arns.RoleArn, longest: int) -> str:
    """Say what will be denied, to whom, until when."""
    before, ends = (
        wall_clock.clock(moment, denial.before)
        for moment in (denial.before, denial.before + longest + GRACE_SECONDS)
    )
    return (
        f"denied: everything, to {whom(denial, role)}, that was issued before {before}; sessions that begin"
        f" later work; it can be lifted at any time, and hits nothing any more after {ends}"
    )


def preview(denial: Denial, role: arns.RoleArn, signer: Signer) -> str:
    """Show the call that `written` makes."""
    name = f"{policies.REVOKED_PREFIX}{denial.who}"
    return calls.show_put_role_policy(signer, role, name, inline_policy.document(denial))


def ask_longest(role: arns.RoleArn, signer: Signer) -> int:
    """Tell how long the role's sessions can last."""
    from awsactivate.aws import revocation

    iam = signer.iam(role.partition)
    return revocation.read_max_session_seconds(iam, role.name, time.sleep) or limits.LONGEST_ROLE_SESSION


def write(denial: Denial, role: arns.RoleArn, signer: Signer, context: Context, *, wait: bool) -> str:
    """Write it, and say what was done."""
    from awsactivate.aws import role_denials

    since = time.monotonic()
    now = int(signer.now(context))
    name = role_denials.put(signer.iam(role.partition), role.name, denial, now, time.sleep)
    how = proof.try_until_denied(role, context, since=since, wait=wait)
    return (
        f"revoked {whom(denial, role)}, {how} (policy {name})\n"
        f"{will_be(denial, role, ask_longest(role, signer))}\n"
    )
