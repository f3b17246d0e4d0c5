"""The credentials that a plan begins with, from wherever its source says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from awsactivate.aws import given_keys, source_failures, unusable_settings
from awsactivate.aws.clients import client, settings
from awsactivate.aws.process_credentials import Ran, popen_of
from awsactivate.aws.process_failures import NoTextError
from awsactivate.aws.visible_process import VisibleProcess
from awsactivate.errors import AwsactivateError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source

# our kind of source → the name of botocore's provider, which knows its formats, caches and refreshes
_PROVIDERS = {
    "process": "custom-process",
    "web-identity": "assume-role-with-web-identity",
    "Ec2InstanceMetadata": "iam-role",
    "EcsContainer": "container-role",
}
_CONTAINER_URIS = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


def load(
    source: Source,
    profiles: Profiles,
    environ: Mapping[str, str],
    target_profile: str | None,
    ran: Ran | None = None,
) -> Credentials:
    """Fetch the credentials of `source`.

    `environ` is the environment before any session of ours; `target_profile` is whose `credential_source`
    it is; `ran` is what came of a credential_process that has been run already. Raises ProfileError where
    there are none.
    """
    if (keys := given_keys.given(source, profiles, environ)) is not None:
        return keys
    fetching = _fetching(source, profiles, environ, target_profile, ran)
    if source.kind == "credential_source":
        return _from_provider(_PROVIDERS[source.name], target_profile, fetching)
    return _from_provider(_PROVIDERS[source.kind], source.name, fetching, ran)


def load_chain(environ: Mapping[str, str], profile: str | None = None) -> Credentials | None:
    """Let botocore look where no profile is: a container's or an instance's role; None where it finds none.

    `profile` is the one that has no credentials, where not botocore's own choice is to be that.
    """
    kind = "EcsContainer" if any(name in environ for name in _CONTAINER_URIS) else "chain"
    fetching = source_failures.of_container(environ, kind, "credentials outside of profiles")
    session = settings(profile)
    try:
        loaded = session.get_credentials()
        return _frozen(loaded) if loaded else None
    except Exception as error:
        raise _explained(error, session, None, fetching) from error


def _from_provider(
    method: str, profile: str | None, fetching: source_failures.Fetching, ran: Ran | None = None
) -> Credentials:
    session = settings(profile)
    try:
        if method == _PROVIDERS["process"]:
            from botocore.credentials import ProcessProvider

            popen = popen_of(ran) if ran else VisibleProcess
            provider = ProcessProvider(profile, lambda: session.full_config, popen=popen)
        else:
            provider = session.get_component("credential_provider").get_provider(method)
        loaded = provider.load()
        credentials = _frozen(loaded) if loaded else None
    except Exception as error:  # a provider lets through whatever a file, a program or a service does to it
        raise _explained(error, session, profile, fetching) from error
    if credentials is None:
        raise source_failures.nothing_there(fetching)
    return credentials


def _frozen(loaded: Any) -> Credentials:
    frozen = loaded.get_frozen_credentials()
    values = {
        "AccessKeyId": frozen.access_key,
        "SecretAccessKey": frozen.secret_key,
        "SessionToken": frozen.token or "-",
    }
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            raise NoTextError(f"{name} is empty, or no text")
    if not frozen.token:
        # such as a credential_process that prints an IAM user's own key
        return Credentials(frozen.access_key, frozen.secret_key)
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token, _expiration(loaded))


def _expiration(loaded: Any) -> datetime | None:
    # botocore keeps it private, and has under this name since RefreshableCredentials exists
    moment: datetime | None = getattr(loaded, "_expiry_time", None)
    return moment.astimezone(UTC) if moment else None


def _explained(
    error: Exception, session: Any, profile: str | None, fetching: source_failures.Fetching
) -> AwsactivateError:
    if isinstance(error, AwsactivateError) or source_failures.has_bad_address(fetching):
        return source_failures.explained(error, fetching)  # of which no setting is at fault
    if fetching.kind == "web-identity" and source_failures.is_of_the_network(error):
        return _sts_endpoint_fault(profile) or source_failures.explained(error, fetching)
    at_fault = unusable_settings.named(error, session, profile)
    return at_fault or source_failures.explained(error, fetching)


def _sts_endpoint_fault(profile: str | None) -> AwsactivateError | None:
    """Say what is wrong with STS's address, which botocore only calls unreachable; None if nothing is."""
    try:
        client("sts", None, profile=profile, retries=False)
    except AwsactivateError as error:
        return error
    return None


def _fetching(
    source: Source,
    profiles: Profiles,
    environ: Mapping[str, str],
    target_profile: str | None,
    ran: Ran | None,
) -> source_failures.Fetching:
    whose = f"profile {source.name!r}"
    if source.kind == "credential_source":
        of_target = f"profile {target_profile!r}: " if target_profile else ""
        whose = f"{of_target}credential_source {source.name}"
        if source.name != "EcsContainer":
            return source_failures.Fetching(source.name, whose)
        return source_failures.of_container(environ, source.name, whose)
    profile = profiles.get(source.name) or Profile(source.name)
    return source_failures.Fetching(
        source.kind,
        whose,
        command=profile.credential_process or "",
        returncode=ran.returncode if ran else 0,
        token_file=profile.web_identity_token_file or "",
    )
