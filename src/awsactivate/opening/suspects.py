"""What of a call may be the reason that a role's trust policy refuses it, told as a hint."""

from __future__ import annotations

from awsactivate.errors import AccessDeniedError
from awsactivate.sessions.steps import Step


def with_suspects(error: AccessDeniedError, step: Step) -> AccessDeniedError:
    """Return AWS's refusal with a hint that names what of `step` the role may not allow."""
    suspects = [
        name
        for name, is_so in {
            "a role_session_name that is not USER=… with ten characters": not step.has_generated_name,
            "session tags": bool(step.tags),
            "a source identity": step.source_identity is not None,
            "no external id": step.external_id is None,
            "no MFA code": step.mfa_serial is None,
        }.items()
        if is_so and step.role_arn
    ]
    refuses = f"the role's trust policy may refuse {' or '.join(suspects)}" if suspects else None
    if not step.role_arn or not step.has_generated_name:
        return AccessDeniedError(error.message, refuses, code=error.code)
    user = (step.role_session_name or "").rpartition("=")[0]
    wants = (
        f"the role's trust policy may want the session's name to be {user} alone: --role-session-name {user}"
    )
    hint = f"{wants}; or it may refuse {' or '.join(suspects)}" if suspects else wants
    return AccessDeniedError(error.message, hint, code=error.code)
