"""A service that nobody signs requests to, since a token or nothing goes with them: sso and sso-oidc.

Like the other two ways: our own, which is there at once, and botocore's, which knows every configuration.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from awsactivate.aws.answers import Refused, Unreadable, not_aws
from awsactivate.aws.direct.operations import SERVICES
from awsactivate.aws.ways import begin_short_way


class Unsigned:
    """One service in one region, with the settings of `profile` (None: of `AWS_PROFILE`, or of none)."""

    def __init__(self, service: str, *, profile: str | None, region: str) -> None:
        self._service = SERVICES[service]
        self._profile = profile
        self._region = region
        self._lock = threading.Lock()
        self._botocore: Any = None
        self._direct = begin_short_way(service, None, profile=profile, region=region)

    @property
    def url(self) -> str:
        """The address that is called, at which a browser begins too."""
        return self._direct.url if self._direct else str(self._client().meta.endpoint_url)

    def call(self, name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call an operation: Refused where AWS says no, NoAnswer where it says nothing."""
        operation = self._service.operations[name]
        if self._direct is not None and operation.takes(parameters):
            return self._direct.call(operation, parameters)[0]
        from awsactivate.aws import calls

        try:
            values = calls.call(self._client(), name, parameters)
        except Refused as refused:
            raise Refused(
                refused.code, refused.message or _said(refused), refused.headers, refused.status
            ) from (refused)
        if not operation.is_whole(values):
            raise Unreadable(not_aws(values.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)))
        return values

    def _client(self) -> Any:
        from awsactivate.aws import clients

        with self._lock:
            if self._botocore is None:
                self._botocore = clients.client(
                    self._service.name, None, profile=self._profile, region=self._region, retries=False
                )
        return self._botocore


def _said(refused: Refused) -> str:
    """Return OAuth's sentence, which botocore keeps beside its own."""
    response = getattr(refused.__cause__, "response", {})
    return str(response.get("error_description") or "")
