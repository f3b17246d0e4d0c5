"""Keys that stand in a file or in the environment: nobody need be asked for them, and nothing be loaded."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions.credentials import Credentials, in_environ
from awsactivate.sessions.sources import Source, half_a_key

_SET_BOTH = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --source-profile"


def given(source: Source, profiles: Profiles, environ: Mapping[str, str]) -> Credentials | None:
    """Return the keys of `source`; None where it is of another kind. ProfileError where there are none."""
    if source.kind == "profile":
        return _from_files(profiles[source.name])
    if source.kind == "environment" or source.name == "Environment":
        keys = of_environment(environ)
        if keys is None:
            raise ProfileError("the environment holds no access key", _SET_BOTH)
        return keys
    return None


def of_environment(environ: Mapping[str, str]) -> Credentials | None:
    """Return the keys that the environment holds; None where it has none, ProfileError where it has a half.

    As with botocore, a secret without an id is nothing.
    """
    if environ.get("AWS_ACCESS_KEY_ID") and not environ.get("AWS_SECRET_ACCESS_KEY"):
        raise half_a_key()
    return in_environ(environ)


def _from_files(profile: Profile) -> Credentials:
    keys = profile.credentials_file_keys or profile.config_file_keys
    if keys is None:
        raise ProfileError(f"profile {profile.name!r} has no access key", "awsactivate list")
    return keys
