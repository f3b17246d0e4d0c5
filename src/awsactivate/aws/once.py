"""Operations that must not go out twice: a call whose answer was lost may have changed something."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from awsactivate.errors import AwsactivateError


def send_once(client: Any, service: str, operation: str) -> None:
    """Let `client` raise at a lost answer of `operation` at once; what AWS refused is tried again as ever."""
    client.meta.events.register_first(f"needs-retry.{service}.{operation}", _give_up, unique_id=operation)


def was_refused(error: AwsactivateError) -> bool:
    """Tell whether AWS has said no to a call, so that it changed nothing; else its answer was lost."""
    cause = error.__cause__
    status = cause.response["ResponseMetadata"]["HTTPStatusCode"] if isinstance(cause, ClientError) else 0
    return 400 <= status < 500


def _give_up(response: Any, operation: Any, caught_exception: Exception | None, **_: object) -> None:
    if caught_exception is not None:
        raise caught_exception
    http, parsed = response
    if http.status_code >= 500:
        raise ClientError(parsed, operation.name)
