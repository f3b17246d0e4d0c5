"""Parameter Store: single parameters written, deleted, and told about version by version, by botocore.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws.once import send_once
from awsactivate.aws.parameters import MISSING, Description, Ssm, description_of, find, missing
from awsactivate.aws.refusals import code_of, translated
from awsactivate.errors import AwsactivateError
from awsactivate.sessions import limits

_PAUSES = (0.5, 1.0, 2.0)  # seconds, after which a write is tried again


def list_history(ssm: Ssm, name: str) -> list[Description]:
    """Return every version that SSM has kept, the oldest first; the values stay there."""
    try:
        pages = ssm.client.get_paginator("get_parameter_history").paginate(
            Name=name, PaginationConfig={"PageSize": 50}
        )
        return [description_of(found) for page in pages for found in page["Parameters"]]
    except (ClientError, BotoCoreError) as error:
        raise _refusal(error, "GetParameterHistory", name) from error


def put(
    ssm: Ssm,
    name: str,
    value: str,
    *,
    description: str,
    key_id: str,
    tags: Mapping[str, str] | None = None,
    tier: str | None = None,
) -> int:
    """Write a SecureString and return its new version.

    With `tags` (be they none) it must be new: SSM takes tags only then. `tier` None is the account's usual
    one. Where the answer was lost, the value is read back before that is called a failure.
    """
    given: dict[str, Any] = {"Overwrite": True}
    if tags is not None:
        given = {"Overwrite": False, "Tags": [{"Key": key, "Value": text} for key, text in tags.items()]}
    if tier is not None:
        given["Tier"] = tier
    send_once(ssm.client, "ssm", "PutParameter")
    for pause in (*_PAUSES, None):
        try:
            answer = ssm.client.put_parameter(
                Name=name, Value=value, Type="SecureString", KeyId=key_id, Description=description, **given
            )
        except (ClientError, BotoCoreError) as error:
            refused = _refused_write(error, name, value)
            if _may_be_written(error):
                try:
                    found = find(ssm, name)
                except AwsactivateError:
                    raise refused from error  # the first failure tells more than that of asking for it
                if found is not None and found.value == value:
                    return found.version
            if pause is None or not (_is_lost(error) or _is_too_soon(error)):
                raise refused from error
            time.sleep(pause)
        else:
            return int(answer["Version"])
    raise AssertionError("the last try ends with a version or an error")


def delete(ssm: Ssm, name: str) -> None:
    """Delete one parameter with all its versions."""
    try:
        ssm.client.delete_parameter(Name=name)
    except (ClientError, BotoCoreError) as error:
        raise _refusal(error, "DeleteParameter", name) from error


def _refusal(error: Exception, operation: str, name: str) -> AwsactivateError:
    if isinstance(error, ClientError) and code_of(error) in MISSING:
        return missing(name, code_of(error))
    return translated(error, doing=f"{operation} {name}")


def _may_be_written(error: Exception) -> bool:
    """Tell whether the write may have been done: its answer, or that to one before it, was lost."""
    return _is_lost(error) or (isinstance(error, ClientError) and code_of(error) == "ParameterAlreadyExists")


def _is_lost(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"]) >= 500


def _is_too_soon(error: Exception) -> bool:
    return isinstance(error, ClientError) and code_of(error) == "TooManyUpdates"


def _refused_write(error: Exception, name: str, value: str) -> AwsactivateError:
    size = len(value.encode())
    refused = _refusal(error, "PutParameter", name)
    if (
        isinstance(error, ClientError)
        and code_of(error) == "ValidationException"
        and size > limits.STANDARD_PARAMETER_BYTES
    ):
        refused.hint = (
            f"the value has {size} bytes, and a standard parameter holds {limits.STANDARD_PARAMETER_BYTES}:"
            " --tier advanced (for a price), or --tier intelligent-tiering"
        )
    return refused
