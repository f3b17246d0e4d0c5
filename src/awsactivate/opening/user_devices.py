"""The MFA devices that the caller has, asked of IAM where the configuration names none."""

from __future__ import annotations

from awsactivate.errors import AccessDeniedError, MfaError
from awsactivate.sessions import arns
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.steps import Step


def find_only(credentials: Credentials, step: Step) -> str:
    """Return the user's only MFA device; MfaError where there is none, or more."""
    from awsactivate.aws import iam

    serials = iam.list_mfa_serials(credentials, step.profile, arns.partition_of(step.role_arn))
    if len(serials) == 1:
        return serials[0]
    raise MfaError(
        "this needs a code of the user's MFA device, and "
        + ("there are several" if serials else "none is known"),
        "name it: --mfa-serial ARN, or mfa_serial in the profile",
    )


def find(error: AccessDeniedError, credentials: Credentials, step: Step) -> str | None:
    """Return the user's one MFA device, where the role refused a call without a code."""
    from awsactivate.aws import iam

    if not credentials.is_long_term:
        return None
    listed = iam.list_mfa_serials(credentials, step.profile, arns.partition_of(step.role_arn))
    serials = arns.with_codes(listed)
    if listed and not serials:
        raise MfaError(
            f"{step.role_arn} refuses without MFA, and the user has only {arns.PASSKEY}: {', '.join(listed)}",
            hint="add a device that gives codes: awsactivate mfa enroll",
        ) from error
    if len(serials) > 1:
        raise MfaError(
            f"{step.role_arn} refuses without MFA, and the user has several devices: {', '.join(serials)}",
            hint="name one: --mfa-serial ARN, or mfa_serial in the profile",
        ) from error
    return serials[0] if serials else None
