"""What a profile says of endpoints and certificates, as the variables in which every SDK looks for it.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass
from awsactivate.profiles.model import Profile, Profiles, near_hint
from awsactivate.sessions import values
from awsactivate.sessions.names import BUNDLE, DUALSTACK, ENDPOINT, FIPS, SETTINGS
from awsactivate.sessions.steps import from_profile

_SWITCHES = {"use_fips_endpoint": FIPS, "use_dualstack_endpoint": DUALSTACK}


@dataclass(frozen=True)
class Setting:
    """A variable that a session sets."""

    name: str
    value: str
    named_by: str
    """Which profile or section says so."""


def is_name(name: str) -> bool:
    """Tell whether a session may hold the variable `name` for a setting of a profile's."""
    return name in SETTINGS or name.startswith(f"{ENDPOINT}_")


def of_profile(
    profile: Profile | None, profiles: Profiles, environ: Mapping[str, str]
) -> tuple[Setting, ...]:
    """Return what `profile` says, as far as `environ`, which is the user's own, does not say otherwise."""
    if profile is None:
        return ()
    found = [*_endpoints(profile, profiles, environ), *_others(profile)]
    return tuple(setting for setting in found if setting.name not in environ)


def _endpoints(profile: Profile, profiles: Profiles, environ: Mapping[str, str]) -> Iterator[Setting]:
    ignored = from_profile(profile, "ignore_configured_endpoint_urls", values.truth)
    # One variable that names the endpoint of all services stands before what a file says of one of them.
    if ignored or ENDPOINT in environ:
        return
    if profile.endpoint_url:
        yield Setting(ENDPOINT, profile.endpoint_url, f"profile {profile.name}")
    section = profile.text("services")
    if section is None:
        return
    if section not in profiles.services:
        message = f"profile {profile.name!r}: services {section!r} does not exist"
        if unread := profiles.unread_as("services", section):
            raise ProfileError(f"{message}: {unread.words}", unread.hint)
        raise ProfileError(message, near_hint(section, profiles.services) if profiles.services else None)
    for service, said in profiles.services[section].items():  # written as in the variable, in lower case
        url = said.get("endpoint_url") if isinstance(said, Mapping) else None
        if url and re.fullmatch(r"[a-z0-9_]+", service):
            yield Setting(f"{ENDPOINT}_{service.upper()}", url, f"services {section}")


def _others(profile: Profile) -> Iterator[Setting]:
    named_by = f"profile {profile.name}"
    if profile.ca_bundle:
        yield Setting(BUNDLE, profile.ca_bundle, named_by)
    for key, name in _SWITCHES.items():
        switch = from_profile(profile, key, values.truth)
        if switch is not None:
            yield Setting(name, str(switch).lower(), named_by)
