"""One call that nobody signs, made by botocore where the configuration is more than the short way knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awsactivate.aws import calls, clients


def call(
    service: str,
    name: str,
    parameters: Mapping[str, Any],
    *,
    profile: str | None,
    region: str | None,
    proof: Callable[[str], str],
) -> Mapping[str, Any]:
    """Call an operation once, with the header DPoP that `proof` makes for its address."""
    client = clients.client(service, None, profile=profile, region=region, retries=False)

    def add(params: dict[str, Any], **_: object) -> None:
        params["headers"]["DPoP"] = proof(params["url"])

    client.meta.events.register(f"before-call.{service}.{name}", add)
    return calls.call(client, name, parameters)
