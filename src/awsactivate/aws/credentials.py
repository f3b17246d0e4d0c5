"""The credentials that a plan begins with, from wherever its source says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError

from awsactivate.aws.clients import settings
from awsactivate.aws.refusals import translated
from awsactivate.credentials import Credentials
from awsactivate.errors import AwsactivateError, AwsError, ProfileError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions.sources import Source

# our kind of source → the name of botocore's provider, which knows its formats, caches and refreshes
_PROVIDERS = {
    "process": "custom-process",
    "sso": "sso",
    "web-identity": "assume-role-with-web-identity",
    "login": "login",
    "Ec2InstanceMetadata": "iam-role",
    "EcsContainer": "container-role",
}


def load(
    source: Source, profiles: Profiles, environ: Mapping[str, str], target_profile: str | None
) -> Credentials:
    """Fetch the credentials of `source`.

    `environ` is the environment before any session of ours; `target_profile` is whose `credential_source`
    it is. Raises ProfileError where there are none, and AwsError where the source's own sign-in has ended.
    """
    if source.kind == "profile":
        return _from_files(profiles[source.name])
    if source.kind == "environment" or source.name == "Environment":
        return _from_environment(environ)
    if source.kind == "credential_source":
        return _from_provider(_PROVIDERS[source.name], target_profile, source)
    return _from_provider(_PROVIDERS[source.kind], source.name, source)


def _from_files(profile: Profile) -> Credentials:
    keys = profile.credentials_file_keys or profile.config_file_keys
    if keys is None:
        raise ProfileError(f"profile {profile.name!r} has no access key", "awsactivate list")
    return keys


def _from_environment(environ: Mapping[str, str]) -> Credentials:
    key_id, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        raise ProfileError(
            "the environment holds no access key",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --source-profile",
        )
    token = environ.get("AWS_SECURITY_TOKEN") or environ.get("AWS_SESSION_TOKEN")
    return Credentials(key_id, secret, token or None)


def _from_provider(method: str, profile: str | None, source: Source) -> Credentials:
    try:
        resolver = settings(profile).get_component("credential_provider")
        loaded = resolver.get_provider(method).load()
        frozen = loaded.get_frozen_credentials() if loaded else None
    except BotoCoreError as error:
        raise _with_source(translated(error), source) from error
    if frozen is None:
        raise ProfileError(f"{source.kind} {source.name!r} gave no credentials")
    if not frozen.token:
        # such as a credential_process that prints an IAM user's own key
        return Credentials(frozen.access_key, frozen.secret_key)
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token, _expiration(loaded))


def _expiration(loaded: Any) -> datetime | None:
    # botocore keeps it private, and has under this name since RefreshableCredentials exists
    moment: datetime | None = getattr(loaded, "_expiry_time", None)
    return moment.astimezone(UTC) if moment else None


def _with_source(error: AwsactivateError, source: Source) -> AwsactivateError:
    hint = error.hint
    if source.kind == "sso":
        hint = f"aws sso login --profile {source.name}"
    elif source.kind == "login":
        hint = f"aws login --profile {source.name}"
    message = f"profile {source.name!r}: {error.message}"
    if isinstance(error, AwsError):
        return AwsError(message, hint, code=error.code)
    return type(error)(message, hint)
