"""The way to a service: its address for a profile, and connections to it, of which one is begun at once.

Nothing of what is said over it is loaded here, so that it can be begun early: to connect takes longer than to
ask, and what asks is loaded meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from awsactivate.aws.direct import settings
from awsactivate.aws.direct.proxies import Proxy, UnknownProxyError, proxy_for
from awsactivate.aws.direct.settings import Target
from awsactivate.aws.direct.transport import Transport
from awsactivate.errors import ProfileError
from awsactivate.files.user_folders import home
from awsactivate.profiles.read import read_profiles

_GLOBAL_STS = "https://sts.amazonaws.com"
_begun: dict[tuple[Target, Proxy | None], Transport] = {}  # one at most, until it is wanted


def begin(service: str, *, profile: str | None, region: str | None) -> None:
    """Connect to where `service` will soon be called, if that is known here."""
    if found := _find(service, profile, region, None, regional=False):
        _begun.clear()
        _begun[found] = _connect_to(*found)


def reach(
    service: str, *, profile: str | None, region: str | None, partition: str | None, regional: bool
) -> tuple[Target, Transport] | None:
    """Return the address, and what connects to it; None where the configuration says more than is known."""
    found = _find(service, profile, region, partition, regional=regional)
    if found is None:
        return None
    return found[0], _begun.pop(found) if found in _begun else _connect_to(*found)


def _connect_to(target: Target, proxy: Proxy | None) -> Transport:
    return Transport(target.url, proxy, target.ca_bundle)


def _has_own_models(environ: Mapping[str, str]) -> bool:
    """Tell whether the user has models of services, as far as can be seen: botocore passes by the others."""
    try:
        return (home(environ) / ".aws/models").is_dir()
    except (OSError, ProfileError):
        return False


def _find(
    service: str, profile: str | None, region: str | None, partition: str | None, *, regional: bool
) -> tuple[Target, Proxy | None] | None:
    environ = os.environ
    if _has_own_models(environ):
        return None  # for botocore
    try:
        target = settings.target(
            service,
            profile=profile,
            region=region,
            partition=partition,
            environ=environ,
            profiles=read_profiles(environ),
        )
        if target is None or (regional and target.url == _GLOBAL_STS):
            return None
        return target, proxy_for(target.url, environ)
    except (ProfileError, UnknownProxyError):
        return None
