"""Keys that stand in a file or in the environment: nobody need be asked for them, and nothing be loaded."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions.credentials import Credentials, in_environ
from awsactivate.sessions.sources import Source


def given(source: Source, profiles: Profiles, environ: Mapping[str, str]) -> Credentials | None:
    """Return the keys of `source`; None where it is of another kind. ProfileError where there are none."""
    if source.kind == "profile":
        return _from_files(profiles[source.name])
    if source.kind == "environment" or source.name == "Environment":
        return _from_environment(environ)
    return None


def _from_files(profile: Profile) -> Credentials:
    keys = profile.credentials_file_keys or profile.config_file_keys
    if keys is None:
        raise ProfileError(f"profile {profile.name!r} has no access key", "awsactivate list")
    return keys


def _from_environment(environ: Mapping[str, str]) -> Credentials:
    keys = in_environ(environ)
    if keys is None:
        raise ProfileError(
            "the environment holds no access key",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --source-profile",
        )
    return keys
