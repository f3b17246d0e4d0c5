"""Parameter Store: single parameters read and told about, and the way to all of it.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

from awsactivate.aws import again, answers
from awsactivate.aws.answers import NoAnswer, Refused, Unreadable
from awsactivate.aws.ways import Way
from awsactivate.errors import AwsactivateError, AwsError
from awsactivate.frozen import dataclass, field
from awsactivate.sessions.credentials import Credentials

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

# how many requests are on their way at once at most: SSM's throughput allows no more at usual latencies
PARALLEL = 16
MISSING = ("ParameterNotFound", "ParameterVersionNotFound")
_PAUSES = (1.0, 2.0, 4.0)  # seconds at most, after which a reading call is tried again


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


class Ssm:
    """Parameter Store as one signer calls it: what reads goes the short way, the rest is botocore's `client`.

    Whatever only reads is tried again where SSM throttles, or nothing came; the error says so within 12 s.
    """

    def __init__(self, credentials: Credentials, *, profile: str | None, region: str | None) -> None:
        self._credentials = credentials
        self._profile = profile
        self._region = region
        self._way = Way("ssm", credentials, profile=profile, region=region)

    def read(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call an operation that reads: Refused where SSM says no, NoAnswer where it says nothing."""
        return again.call(lambda: self._way.call(operation, parameters).values, _pauses(), _may_pass)

    @cached_property
    def client(self) -> Any:
        """A botocore client that tries again by itself, where that changes nothing."""
        from awsactivate.aws import clients

        # with pauses of up to 1, 2 and 4 seconds; a lasting throttle is said within 12 s
        retries = {"mode": "standard", "total_max_attempts": 4}
        return clients.client(
            "ssm", self._credentials, profile=self._profile, region=self._region, retries=retries
        )


def _pauses() -> Iterator[float]:
    import random  # which loads OpenSSL's hashes

    for most in _PAUSES:
        yield most * random.uniform(0.5, 1)  # noqa: S311  (so that threads come apart)


def _may_pass(error: Refused | NoAnswer) -> bool:
    """Tell whether what SSM says now it may not say in a second."""
    if isinstance(error, NoAnswer):
        return not isinstance(error, Unreadable)
    return error.is_throttling or error.is_out_of_order


def get(ssm: Ssm, name: str, version: int | None = None) -> Parameter:
    """Read one parameter, decrypted; its latest version unless another is named."""
    selected = name if version is None else f"{name}:{version}"
    try:
        found = ssm.read("GetParameter", {"Name": selected, "WithDecryption": True})["Parameter"]
    except (Refused, NoAnswer) as error:
        raise refusal(error, "GetParameter", selected) from error
    return Parameter(name, found["Value"], found["Version"])


def find(ssm: Ssm, name: str) -> Parameter | None:
    """Read one parameter as `get` does; None where there is none."""
    try:
        return get(ssm, name)
    except AwsError as error:
        if error.code in MISSING:
            return None
        raise


def is_there(ssm: Ssm, name: str) -> bool:
    """Tell whether there is a parameter of that name; its value is not decrypted."""
    try:
        ssm.read("GetParameter", {"Name": name, "WithDecryption": False})
    except (Refused, NoAnswer) as error:
        if isinstance(error, Refused) and error.code in MISSING:
            return False
        raise refusal(error, "GetParameter", name) from error
    return True


def list_descriptions(ssm: Ssm, path: str) -> Iterator[list[Description]]:
    """Yield what SSM tells of the parameters directly on `path`, by its pages of at most 50."""
    return _describe_pages(ssm, {"Key": "Path", "Option": "OneLevel", "Values": [path]}, path)


def describe(ssm: Ssm, name: str) -> Description | None:
    """Return what SSM tells of one parameter; None where there is none."""
    own = {"Key": "Name", "Option": "Equals", "Values": [name]}
    return next((found for page in _describe_pages(ssm, own, name) for found in page), None)


def refusal(error: Refused | NoAnswer, operation: str, name: str) -> AwsactivateError:
    """Return our error for what a reading call ended in, which names the parameter (SSM often does not)."""
    if isinstance(error, NoAnswer):
        return error.as_error()
    if error.code in MISSING:
        return missing(name, error.code)
    return answers.refusal(error, doing=f"{operation} {name}")


def missing(name: str, code: str) -> AwsError:
    """Say that a parameter, or a version of it, is not there, and what lists those that are."""
    path, _, key = name.rpartition("/")
    version = "" if code == "ParameterNotFound" else " in this version"
    return AwsError(
        f"{path}/{key} is not there{version} ({code})",
        f"awsactivate secrets {'history' if version else 'list'} {path[1:]}"
        + (f" {key.partition(':')[0]}" if version else ""),
        code=code,
    )


def description_of(found: Mapping[str, Any]) -> Description:
    """Read what SSM tells of one version."""
    modified = found.get("LastModifiedDate")
    return Description(
        name=found["Name"],
        version=int(found["Version"]),
        description=found.get("Description", ""),
        modified=answers.in_utc(modified) if modified else None,
        modified_by=found.get("LastModifiedUser", ""),
        type=found["Type"],
    )


def _describe_pages(ssm: Ssm, only: Mapping[str, Any], name: str) -> Iterator[list[Description]]:
    request: dict[str, Any] = {"ParameterFilters": [only], "MaxResults": 50}
    while True:
        try:
            page = ssm.read("DescribeParameters", request)
        except (Refused, NoAnswer) as error:
            raise refusal(error, "DescribeParameters", name) from error
        yield [description_of(found) for found in page["Parameters"]]
        if not page.get("NextToken"):
            return
        request["NextToken"] = page["NextToken"]
