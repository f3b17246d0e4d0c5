"""How the tests of the embedded AWS ask it, and read its refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsactivate.sessions.credentials import Credentials

Refused = tuple[int, str, str]


def refusal(operation: Callable[..., Any], **parameters: Any) -> Refused:
    """Call what must be refused; return the HTTP status, AWS's code and its message."""
    with pytest.raises(ClientError) as raised:
        operation(**parameters)
    response = raised.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error.get("Message", "")


def credentials_of(answer: dict[str, Any]) -> Credentials:
    """Read the credentials out of an answer of STS."""
    given = answer["Credentials"]
    return Credentials(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], given["Expiration"]
    )
