"""The credentials of a profile that signs in by `aws login`, or as that does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awsactivate.errors import KeyringError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions import arns, partitions
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source
from awsactivate.signin.login_tokens import LoginTokens


def fetch_credentials(
    source: Source, profiles: Profiles, environ: Mapping[str, str], clock: Callable[[], float]
) -> Credentials:
    """Return the credentials of the sign-in that is kept; SignInNeededError where a person has to sign in."""
    return tokens(profiles[source.name], environ, clock).get_current()


def fetch_by_sign_in(
    source: Source,
    profiles: Profiles,
    environ: Mapping[str, str],
    clock: Callable[[], float],
    *,
    device_code: bool,
    fault: KeyringError | None = None,
) -> Credentials:
    """Have a person sign in; `fault` is what the keyring has said already."""
    return tokens(profiles[source.name], environ, clock, fault).sign_in(device_code=device_code)


def tokens(
    profile: Profile,
    environ: Mapping[str, str],
    clock: Callable[[], float],
    fault: KeyringError | None = None,
) -> LoginTokens:
    """Return the tokens of the sign-in that a profile names, which is one of a region."""
    return tokens_of(profile.login_session or "", profile.name, profile.region, environ, clock, fault)


def tokens_of(
    session: str,
    profile: str | None,
    region: str | None,
    environ: Mapping[str, str],
    clock: Callable[[], float],
    fault: KeyringError | None = None,
) -> LoginTokens:
    """Return the tokens of the sign-in of `session`, for a profile with its region, or for none."""
    partition = arns.partition_of(session)
    named = (partitions.named_in(environ), region)
    own = next((one for one in named if one and partitions.is_of(one, partition)), None)
    return LoginTokens(profile, session, own or partitions.home_of(partition), environ, clock, fault)
