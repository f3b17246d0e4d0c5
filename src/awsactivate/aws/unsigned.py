"""One call that nobody signs, made by botocore where the configuration is more than the short way knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awsactivate.aws import calls, clients
from awsactivate.aws.answers import Unreadable, not_aws
from awsactivate.aws.direct.operations import SERVICES


def call(
    service: str,
    name: str,
    parameters: Mapping[str, Any],
    *,
    profile: str | None,
    region: str | None,
    proof: Callable[[str], str],
) -> Mapping[str, Any]:
    """Call an operation once, with the header DPoP that `proof` makes for its address.

    NoAnswer where what comes is none of AWS's, which botocore takes as it is.
    """
    client = clients.client(service, None, profile=profile, region=region, retries=False)

    def add(params: dict[str, Any], **_: object) -> None:
        params["headers"]["DPoP"] = proof(params["url"])

    client.meta.events.register(f"before-call.{service}.{name}", add)
    values = calls.call(client, name, parameters)
    if not SERVICES[service].operations[name].is_whole(values):
        raise Unreadable(not_aws(values.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)))
    return values
