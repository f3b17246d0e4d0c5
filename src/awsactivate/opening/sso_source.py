"""The credentials of a role that a person has by IAM Identity Center, for a token of a sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from awsactivate.aws.answers import Refused
from awsactivate.aws.sign_on import Portal, refused_words
from awsactivate.errors import KeyringError, SignInNeededError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source
from awsactivate.signin import sso_settings
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import SsoToken
from awsactivate.signin.sso_tokens import SsoTokens

_PAUSES = (0.5, 1.0)  # seconds, where AWS has had too many requests
_UNAUTHORIZED = 401


def fetch_credentials(
    source: Source, profiles: Profiles, environ: Mapping[str, str], clock: Callable[[], float]
) -> Credentials:
    """Trade in the token that is kept; SignInNeededError where a person has to sign in first."""
    profile = profiles[source.name]
    settings = sso_settings.of_profile(profile, profiles)
    tokens = SsoTokens(settings, environ, clock)
    return tokens.use(lambda token: _trade(token, tokens, settings, profile))


def fetch_by_sign_in(
    source: Source,
    profiles: Profiles,
    environ: Mapping[str, str],
    clock: Callable[[], float],
    *,
    device_code: bool,
    refused: str,
    fault: KeyringError | None = None,
) -> Credentials:
    """Have a person sign in, unless another shell has got a token, and trade in what came of it.

    `refused` is the digest of a token that AWS does not take. Others that are kept, and that it does not take
    either, are passed over; the one that a person got is traded in once. `fault` is what the keyring said.
    """
    profile = profiles[source.name]
    settings = sso_settings.of_profile(profile, profiles)
    tokens = SsoTokens(settings, environ, clock, fault)
    passed_over = {refused}
    while True:
        token = tokens.sign_in(device_code=device_code, refused=passed_over)
        try:
            return _trade(token, tokens, settings, profile)
        except SignInNeededError as error:
            if token.digest in tokens.by_person or error.refused in passed_over:
                raise
            passed_over.add(error.refused)


def _trade(token: SsoToken, tokens: SsoTokens, settings: SsoSettings, profile: Profile) -> Credentials:
    portal = Portal(tokens.reach(token))
    account, role = profile.sso_account_id or "", profile.sso_role_name or ""
    for pause in (*_PAUSES, None):
        try:
            return portal.get_role_credentials(token, account, role)
        except Refused as refused:
            if refused.is_throttling and pause is not None:
                time.sleep(pause)
                continue
            if refused.status == _UNAUTHORIZED:
                said = f"GetRoleCredentials: {refused.message} ({refused.code}): the sign-in has ended"
                raise tokens.forget_ended(token, refused, said) from refused
            hint = f"check {role} in {account}: awsactivate profiles sync {profile.sso_session} --dry-run"
            if profile.sso_session is None:
                hint = "check sso_account_id and sso_role_name"
            raise refused_words(settings, "GetRoleCredentials", refused, hint) from refused
    raise AssertionError("the last try has no pause")
