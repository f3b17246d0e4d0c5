"""A `login_session`'s credentials: those in the AWS CLI's cache, or new ones, which are kept in that cache.

botocore does the same by awscrt, a package that it takes for a third more time wherever it is installed, and
without which it refuses. Here the proof that it makes comes from `cryptography`.
https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from typing import Any

from awsactivate.aws import login_cache
from awsactivate.aws.answers import NoAnswer, Refused, clock_skew, refusal, skew_words
from awsactivate.aws.ways import short_way
from awsactivate.credentials import Credentials
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError, ProfileError, SignInNeededError
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import login_token
from awsactivate.sessions.login_token import LoginToken
from awsactivate.sessions.sources import Source

# Of a quarter of an hour: a shell that renews below ten minutes, and one that serves a command, get more.
_FRESH_SECONDS = 12 * 60
_LAST_SECONDS = 60  # where they can't be renewed, they do for so long
_OVER = {
    "TOKEN_EXPIRED": "its sign-in has ended",
    "USER_CREDENTIALS_CHANGED": "its sign-in has ended, since the password was changed",
}
_NEEDS = "the identity needs signin:CreateOAuth2Token, as AWS's policy SignInLocalDevelopmentAccess has it"


def given(source: Source, profiles: Profiles, environ: Mapping[str, str]) -> Credentials | None:
    """Return the credentials of `source`; None where it is of another kind.

    SignInNeededError where nobody is signed in any more, ProfileError where somebody else is.
    """
    if source.kind != "login":
        return None
    session = profiles[source.name].login_session or ""
    whose, hint = f"profile {source.name!r}", sign_in(source.name)
    path = login_cache.path_of(session, environ)
    with login_cache.one_at_a_time(path, environ):
        token = login_cache.read(path, whose, hint)
        login_token.refuse_another(token, session, whose, hint)
        if token.lasts(time.time(), _FRESH_SECONDS):
            return token.credentials
        try:
            login_cache.try_out(path, token, whose)
        except ProfileError:
            if token.lasts(time.time(), _LAST_SECONDS):
                return token.credentials
            raise
        token = _refreshed(token, lambda: login_cache.read(path, whose, hint), source.name)
        login_cache.write(path, token)
    return token.credentials


def sign_in(profile: str) -> str:
    """Return the command that signs a person in."""
    return f"aws login --profile {shlex.quote(profile)}"


def exchanged(asked: Mapping[str, str], key: str, profile: str, region: str | None) -> Mapping[str, Any]:
    """Trade in a code or a refresh token, with the proof by `key`; Refused and NoAnswer as they come."""
    from awsactivate.sessions import dpop

    def proof(url: str) -> str:
        return dpop.proof(key, url, now=time.time(), nonce=os.urandom(16).hex())

    client = short_way("signin", None, profile=profile, region=region)
    parameters = {"tokenInput": dict(asked)}
    if client is not None:
        operation = client.operation("CreateOAuth2Token")
        values: Mapping[str, Any]
        values, _ = client.call(operation, parameters, {"DPoP": proof(client.address(operation))})
    else:
        from awsactivate.aws import unsigned

        asked_for = ("signin", "CreateOAuth2Token", parameters)
        values = unsigned.call(*asked_for, profile=profile, region=region, proof=proof)
    output: Mapping[str, Any] = values["tokenOutput"]
    return output


def _refreshed(token: LoginToken, again: Any, profile: str) -> LoginToken:
    whose, hint = f"profile {profile!r}", sign_in(profile)
    asked = {
        "clientId": token.client_id,
        "refreshToken": token.refresh_token,
        "grantType": "refresh_token",
    }
    try:
        output = exchanged(asked, token.key, profile, token.region)
    except ValueError as error:
        raise SignInNeededError(f"{whose}: its sign-in can't be used: {error}", hint) from None
    except NoAnswer as nothing:
        said = nothing.as_error()
        said.message = f"{whose}: {said.message}"
        raise said from nothing
    except Refused as refused:
        # the AWS CLI may have renewed it in the same moment, and a refresh token is good once
        newer: LoginToken = again()
        if newer.refresh_token != token.refresh_token:
            return newer if newer.lasts(time.time(), _LAST_SECONDS) else _refreshed(newer, again, profile)
        raise explained(refused, whose, hint) from refused
    return login_token.refreshed(token, output, time.time())


def explained(refused: Refused, whose: str, hint: str) -> AwsactivateError:
    """Return the error that tells what AWS Sign-In refused."""
    if refused.reason in _OVER:
        return SignInNeededError(
            f"{whose}: {_OVER[refused.reason]}: {refused.message} ({refused.reason})", hint
        )
    code = refused.reason or refused.code
    if refused.reason == "INSUFFICIENT_PERMISSIONS":
        return AccessDeniedError(f"{whose}: {refused.message} ({code})", _NEEDS, code=code)
    if skew := skew_words(clock_skew(refused.headers, time.time())):
        return AwsError(f"{whose}: {refused.message} ({code}); {skew}", "set the clock", code=code)
    if not refused.code or not refused.message:
        return refusal(refused, doing=f"{whose}: CreateOAuth2Token")
    return AwsError(f"{whose}: CreateOAuth2Token: {refused.message} ({code})", hint, code=code)
