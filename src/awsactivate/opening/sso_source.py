"""The credentials of a role that a person has by IAM Identity Center, for a token of a sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from awsactivate.aws.answers import Refused
from awsactivate.aws.sign_on import Portal, refused_words
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source
from awsactivate.signin import sso_settings
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import SsoToken
from awsactivate.signin.sso_tokens import SsoTokens

_PAUSES = (0.5, 1.0)  # seconds, where AWS has had too many requests
_UNAUTHORIZED = 401


def credentials(
    source: Source, profiles: Profiles, environ: Mapping[str, str], clock: Callable[[], float]
) -> Credentials:
    """Trade in the token that is kept; SignInNeededError where a person has to sign in first."""
    profile = profiles[source.name]
    settings = sso_settings.of_profile(profile, profiles)
    tokens = SsoTokens(settings, environ, clock)
    return _traded(tokens.current(), tokens, settings, profile)


def credentials_by_sign_in(
    source: Source,
    profiles: Profiles,
    environ: Mapping[str, str],
    clock: Callable[[], float],
    *,
    device_code: bool,
    refused: str,
) -> Credentials:
    """Have a person sign in, and trade in what came of it."""
    profile = profiles[source.name]
    settings = sso_settings.of_profile(profile, profiles)
    tokens = SsoTokens(settings, environ, clock)
    return _traded(tokens.sign_in(device_code=device_code, refused=refused), tokens, settings, profile)


def _traded(token: SsoToken, tokens: SsoTokens, settings: SsoSettings, profile: Profile) -> Credentials:
    portal = Portal(settings)
    account, role = profile.sso_account_id or "", profile.sso_role_name or ""
    for pause in (*_PAUSES, None):
        try:
            return portal.role_credentials(token, account, role)
        except Refused as refused:
            if refused.is_throttling and pause is not None:
                time.sleep(pause)
                continue
            if refused.status == _UNAUTHORIZED:
                said = f"GetRoleCredentials: {refused.message} ({refused.code}): the sign-in has ended"
                raise tokens.ended(token, refused, said) from refused
            hint = f"check {role} in {account}: awsactivate profiles sync {profile.sso_session} --dry-run"
            if profile.sso_session is None:
                hint = "check sso_account_id and sso_role_name"
            raise refused_words(settings, "GetRoleCredentials", refused, hint) from refused
    raise AssertionError("the last try has no pause")
