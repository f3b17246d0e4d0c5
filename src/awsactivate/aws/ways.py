"""The two ways to call AWS: our own, which is there at once, and botocore's, which knows every configuration.

Our own takes the few operations that everybody waits for, where all that the configuration says of them is
known to it. Both end in the same answers and the same refusals; a test holds them to that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from awsactivate.aws.answers import Unreadable, not_aws
from awsactivate.aws.direct import reach
from awsactivate.aws.direct.client import Client
from awsactivate.aws.direct.operations import SERVICES
from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass
from awsactivate.sessions import usable
from awsactivate.sessions.credentials import Credentials

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Answer:
    """What an operation returned, and the answer's headers, whose names are in lower case."""

    values: Mapping[str, Any]
    headers: Mapping[str, str]


class Way:
    """A service as one signer calls it; connecting begins at once. A request goes out once.

    `regional` is for the calls that STS's global endpoint does not have, whatever the profile prefers.
    """

    def __init__(
        self,
        service: str,
        credentials: Credentials,
        *,
        profile: str | None,
        region: str | None = None,
        partition: str | None = None,
        regional: bool = False,
    ) -> None:
        if fault := usable.fault(credentials):
            raise ProfileError(f"these credentials can't be used: {fault}", "awsactivate doctor")
        self._service = SERVICES[service]
        self._credentials = credentials
        self._profile = profile
        self._region = region
        self._partition = partition
        self._regional = regional
        self._lock = threading.Lock()
        self._botocore: Any = None
        self._direct = begin_short_way(
            service, credentials, profile=profile, region=region, partition=partition, regional=regional
        )

    def call(self, name: str, parameters: Mapping[str, Any]) -> Answer:
        """Call an operation: Refused where AWS says no, NoAnswer where it says nothing.

        What botocore refuses by itself is an error of ours already.
        """
        operation = self._service.operations[name]
        if self._direct is not None and operation.takes(parameters):
            return Answer(*self._direct.call(operation, parameters))
        values, headers = self._call_by_botocore(name, parameters)
        if not operation.is_whole(values):
            raise Unreadable(not_aws(values.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)))
        return Answer(values, headers)

    def _call_by_botocore(
        self, name: str, parameters: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        from awsactivate.aws import calls, clients, refusals

        with self._lock:
            if self._botocore is None:
                self._botocore = clients.client(
                    self._service.name,
                    self._credentials,
                    profile=self._profile,
                    region=self._region,
                    partition=self._partition,
                    retries=False,
                    regional=self._regional,
                )
        values = calls.call(self._botocore, name, parameters)
        return values, refusals.headers_of(values)


def begin_short_way(
    service: str,
    credentials: Credentials | None,
    *,
    profile: str | None,
    region: str | None = None,
    partition: str | None = None,
    regional: bool = False,
) -> Client | None:
    """Begin to connect; None where the configuration says something that this way does not know."""
    found = reach.reach(service, profile=profile, region=region, partition=partition, regional=regional)
    if found is None:
        return None
    target, transport = found
    return Client(SERVICES[service], target, transport, credentials, time.time)
