"""The parts of any ARN, as far as it is one.

`awsactivate status` is waited for at each prompt, so this imports nothing; the ARNs of IAM are in `arns`.
"""

from __future__ import annotations


def partition_of(arn: str | None) -> str:
    """Return the partition that an ARN names: `aws` for none, and for what is no ARN."""
    parts = _parts(arn)
    return parts[1] if parts else "aws"


def service_of(arn: str | None) -> str | None:
    """Return the service that an ARN is of; None for none, and for what is no ARN."""
    parts = _parts(arn)
    return parts[2] if parts else None


def region_of(arn: str | None) -> str | None:
    """Return the region in an ARN, '' where its service has none; None for none, and for what is no ARN."""
    parts = _parts(arn)
    return parts[3] if parts else None


def account_of(arn: str | None) -> str | None:
    """Return the account's id in an ARN; None for none, and for what is no ARN."""
    parts = _parts(arn)
    return (parts[4] or None) if parts else None


def resource_of(arn: str | None) -> str | None:
    """Return what stands behind the account in an ARN; None for none, and for what is no ARN."""
    parts = _parts(arn)
    return parts[5] if parts else None


def role_id_of(assumed_role_id: str) -> str:
    """Return the id of the role in an assumed role's id, `AROA…:NAME`."""
    return assumed_role_id.partition(":")[0]


def session_of(assumed_role_id: str) -> str:
    """Return the session's name in an assumed role's id, `AROA…:NAME`; "" where it has none."""
    return assumed_role_id.partition(":")[2]


def principal_of(arn: str | None) -> str:
    """Name the user or the role, without its path and its session; "" for none, and for what is no ARN."""
    kind, _, rest = (resource_of(arn) or "").partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else rest.rpartition("/")[2] or kind


def _parts(arn: str | None) -> list[str] | None:
    parts = (arn or "").split(":", 5)
    return parts if len(parts) == 6 else None
