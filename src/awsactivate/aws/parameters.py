"""Parameter Store: single parameters read, written and told about, and the client for all of it.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws import unusable_settings
from awsactivate.aws.clients import settings
from awsactivate.aws.once import send_once
from awsactivate.aws.refusals import code_of, translated
from awsactivate.credentials import Credentials
from awsactivate.errors import AwsactivateError, AwsError

# how many requests are on their way at once at most: SSM's throughput allows no more at usual latencies
PARALLEL = 16
_PAUSES = (0.5, 1.0, 2.0)  # seconds, after which a write is tried again
LARGEST_STANDARD = 4096  # bytes of a value in the standard tier
_MISSING = ("ParameterNotFound", "ParameterVersionNotFound")


@dataclass(frozen=True)
class Parameter:
    """A parameter's value, and the version of it that SSM counts."""

    name: str
    value: str = field(repr=False)
    version: int


@dataclass(frozen=True)
class Description:
    """What SSM tells of one version of a parameter, apart from its value."""

    name: str
    version: int
    description: str
    modified: datetime | None
    modified_by: str
    type: str


def client(credentials: Credentials, *, profile: str | None, region: str | None) -> Any:
    """Make an SSM client that tries again when SSM throttles, and says so where that lasts.

    Of botocore's two modes the adaptive one has all threads wait for one another, for half a minute where a
    throttle lasts.
    https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
    """
    options = Config(
        retries={"mode": "standard", "total_max_attempts": 4},  # with pauses of up to 1, 2 and 4 seconds
        max_pool_connections=PARALLEL,
        connect_timeout=10,
        read_timeout=30,
    )
    session = settings(profile)
    try:
        return boto3.session.Session(botocore_session=session).client(
            "ssm",
            region_name=region or session.get_config_variable("region") or "us-east-1",
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=options,
        )
    except Exception as error:  # all that happens here is botocore looking into the user's settings
        raise unusable_settings.explained(error, session, profile) from error


def get(ssm: Any, name: str, version: int | None = None) -> Parameter:
    """Read one parameter, decrypted; its latest version unless another is named."""
    selected = name if version is None else f"{name}:{version}"
    try:
        found = ssm.get_parameter(Name=selected, WithDecryption=True)["Parameter"]
    except (ClientError, BotoCoreError) as error:
        raise refusal(error, "GetParameter", selected) from error
    return Parameter(name, found["Value"], found["Version"])


def find(ssm: Any, name: str) -> Parameter | None:
    """Read one parameter as `get` does; None where there is none."""
    try:
        return get(ssm, name)
    except AwsError as error:
        if error.code in _MISSING:
            return None
        raise


def is_there(ssm: Any, name: str) -> bool:
    """Tell whether there is a parameter of that name; its value is not decrypted."""
    try:
        ssm.get_parameter(Name=name, WithDecryption=False)
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and code_of(error) in _MISSING:
            return False
        raise refusal(error, "GetParameter", name) from error
    return True


def descriptions(ssm: Any, path: str) -> Iterator[list[Description]]:
    """Yield what SSM tells of the parameters directly on `path`, by its pages of at most 50."""
    filters = [{"Key": "Path", "Option": "OneLevel", "Values": [path]}]
    return _described(ssm, filters, path)


def describe(ssm: Any, name: str) -> Description | None:
    """Return what SSM tells of one parameter; None where there is none."""
    filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    return next((found for page in _described(ssm, filters, name) for found in page), None)


def history(ssm: Any, name: str) -> list[Description]:
    """Return every version that SSM has kept, the oldest first; the values stay there."""
    try:
        pages = ssm.get_paginator("get_parameter_history").paginate(
            Name=name, PaginationConfig={"PageSize": 50}
        )
        return [_description(found) for page in pages for found in page["Parameters"]]
    except (ClientError, BotoCoreError) as error:
        raise refusal(error, "GetParameterHistory", name) from error


def put(
    ssm: Any,
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
    send_once(ssm, "ssm", "PutParameter")
    for pause in (*_PAUSES, None):
        try:
            answer = ssm.put_parameter(
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


def delete(ssm: Any, name: str) -> None:
    """Delete one parameter with all its versions."""
    try:
        ssm.delete_parameter(Name=name)
    except (ClientError, BotoCoreError) as error:
        raise refusal(error, "DeleteParameter", name) from error


def refusal(error: Exception, operation: str, name: str) -> AwsactivateError:
    """Return our error for what botocore raised, which names the parameter (SSM often does not)."""
    if isinstance(error, ClientError) and code_of(error) in _MISSING:
        path, _, key = name.rpartition("/")
        version = "" if code_of(error) == "ParameterNotFound" else " in this version"
        return AwsError(
            f"{path}/{key} is not there{version} ({code_of(error)})",
            f"awsactivate secrets {'history' if version else 'list'} {path[1:]}"
            + (f" {key.partition(':')[0]}" if version else ""),
            code=code_of(error),
        )
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
    refused = refusal(error, "PutParameter", name)
    if isinstance(error, ClientError) and code_of(error) == "ValidationException" and size > LARGEST_STANDARD:
        refused.hint = (
            f"the value has {size} bytes, and a standard parameter holds {LARGEST_STANDARD}:"
            " --tier advanced (for a price), or --tier intelligent-tiering"
        )
    return refused


def _described(ssm: Any, filters: list[dict[str, Any]], name: str) -> Iterator[list[Description]]:
    try:
        pages = ssm.get_paginator("describe_parameters").paginate(
            ParameterFilters=filters, PaginationConfig={"PageSize": 50}
        )
        for page in pages:
            yield [_description(found) for found in page["Parameters"]]
    except (ClientError, BotoCoreError) as error:
        raise refusal(error, "DescribeParameters", name) from error


def _description(found: Mapping[str, Any]) -> Description:
    modified = found.get("LastModifiedDate")
    return Description(
        name=found["Name"],
        version=int(found["Version"]),
        description=found.get("Description", ""),
        modified=modified.astimezone(UTC) if modified else None,
        modified_by=found.get("LastModifiedUser", ""),
        type=found["Type"],
    )
