"""Where a call would have gone that came to an endpoint of ours, by botocore's rules for its operation."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

from awsactivate.frozen import dataclass
from awsactivate.guard.hosts import is_of_aws

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_lock = threading.Lock()  # a loader is nobody's alone
# What stands in a header of the request, and in the host too.
_ACCOUNT = "x-amz-account-id"
_PREFIXED_BY_RULES = ("s3control",)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Aim:
    """A host of AWS, and what a request to it is signed for."""

    host: str
    signing_region: str
    signing_name: str


def aim(
    model: str,
    operation: str,
    region: str,
    headers: Mapping[str, str],
    *,
    fips: bool = False,
    dual_stack: bool = False,
) -> Aim | None:
    """Find where botocore sends an operation that is called for a region; None where it knows of nowhere.

    `headers` are the request's, their names in lower case: some say what stands in the host as well. A bucket
    stays in the path, as it came.
    """
    from botocore.exceptions import EndpointProviderError

    if not _LABEL.fullmatch(region):
        return None
    with _lock:
        found = _service(model)
    if found is None:
        return None
    provider, document = found
    said = document["operations"].get(operation, {})
    known = provider.ruleset.parameters
    given: dict[str, Any] = {
        name: value["value"] for name, value in said.get("staticContextParams", {}).items()
    }
    given |= {"Region": region, "UseFIPS": fips, "UseDualStack": dual_stack}
    if _ACCOUNT in headers:
        given["AccountId"] = headers[_ACCOUNT]
    # a directory bucket, which only its own name would tell
    given.pop("UseS3ExpressControlEndpoint", None)
    given |= {"UseGlobalEndpoint": False, "AccountIdEndpointMode": "disabled", "ForcePathStyle": True}
    try:
        endpoint = provider.resolve_endpoint(**{name: given[name] for name in given if name in known})
    except EndpointProviderError:
        return None
    scheme: Mapping[str, str] = next(iter(endpoint.properties.get("authSchemes", [])), {})
    prefix = _prefix(document, said, headers) if model not in _PREFIXED_BY_RULES else ""
    host = None if prefix is None else prefix + urlsplit(endpoint.url).netloc
    # what the request says stands in it, and a signature must go to nobody else
    if host is None or not is_of_aws(host):
        return None
    return Aim(
        host,
        scheme.get("signingRegion") or region,
        scheme.get("signingName") or _signing_name(document),
    )


def _prefix(document: Mapping[str, Any], said: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """What an operation has before its host, of which a part may stand in a header; None: it is missing."""
    prefix: str = said.get("endpoint", {}).get("hostPrefix", "")
    if "{" not in prefix:
        return prefix
    members = document["shapes"][said["input"]["shape"]]["members"]
    labels = {name: headers.get(members[name].get("locationName", "").lower(), "") for name in members}
    named = [labels[name] for name in members if members[name].get("hostLabel")]
    return prefix.format_map(labels) if all(map(_LABEL.fullmatch, named)) else None


def _signing_name(document: Mapping[str, Any]) -> str:
    metadata = document["metadata"]
    name: str = metadata.get("signingName") or metadata["endpointPrefix"]
    return name


@functools.cache
def _service(model: str) -> tuple[Any, Mapping[str, Any]] | None:
    from botocore.endpoint_provider import EndpointProvider
    from botocore.exceptions import DataNotFoundError

    loader = _loader()
    try:
        rules = loader.load_service_model(model, "endpoint-rule-set-1")
        document = loader.load_service_model(model, "service-2")
    except DataNotFoundError:
        return None
    return EndpointProvider(rules, loader.load_data("partitions")), document


@functools.cache
def _loader() -> Any:
    from botocore.loaders import create_loader

    return create_loader()
