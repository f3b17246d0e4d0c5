"""Which MFA device is a profile's: what the configuration says, without a question to AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profile, Profiles


class Entry(Protocol):
    """What the index says of one profile."""

    @property
    def mfa_serial(self) -> str | None:
        """The serial of the device whose seed the keyring has."""


def serial_of(name: str, profiles: Profiles, index: Mapping[str, Entry]) -> str | None:
    """Return the profile's own `mfa_serial`, else that of the profiles whose source it is, else the index's.

    None where nothing names a device; ProfileError where several are named.
    """
    if name in profiles and (own := profiles[name].mfa_serial):
        return own
    of_users = {
        serial: user.name
        for user in profiles.values()
        if (serial := user.mfa_serial) and _rests_on(user, name, profiles)
    }
    if len(of_users) > 1:
        named = ", ".join(f"{serial} (profile {user})" for serial, user in of_users.items())
        raise ProfileError(f"several MFA devices are named for {name!r}: {named}", "name one: --serial ARN")
    if of_users:
        return next(iter(of_users))
    return index[name].mfa_serial if name in index else None


def profiles_with(serial: str, profiles: Profiles) -> Iterator[str]:
    """Name the profiles whose `mfa_serial` is `serial`."""
    return (profile.name for profile in profiles.values() if profile.mfa_serial == serial)


def _rests_on(profile: Profile, name: str, profiles: Profiles) -> bool:
    """Tell whether the way along `source_profile` comes to `name`."""
    passed = {profile.name}
    source = profile.source_profile
    while source is not None and source not in passed:
        if source == name:
            return True
        passed.add(source)
        source = profiles[source].source_profile if source in profiles else None
    return False
