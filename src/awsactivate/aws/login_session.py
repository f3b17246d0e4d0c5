"""AWS Sign-In's two calls about tokens: one gives them, for a proof that they are ours, one ends them.

botocore does the same by awscrt, a package that it takes for a third more time wherever it is installed, and
without which it refuses. Here the proof that it makes comes from `cryptography`.
https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from awsactivate.aws.answers import NoAnswer, Refused, Unreadable, clock_skew, not_aws, refusal, skew_words
from awsactivate.aws.ways import begin_short_way
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError, SignInNeededError
from awsactivate.sessions import login_token
from awsactivate.sessions.login_token import LoginToken

_OVER = {
    "TOKEN_EXPIRED": "its sign-in has ended",
    "USER_CREDENTIALS_CHANGED": "its sign-in has ended, since the password was changed",
}
_NEEDS = "the identity needs signin:CreateOAuth2Token, as AWS's policy SignInLocalDevelopmentAccess has it"


def exchange(
    asked: Mapping[str, str], key: str, profile: str | None, region: str | None
) -> Mapping[str, Any]:
    """Trade in a code or a refresh token, with the proof by `key`; Refused and NoAnswer as they come."""
    from awsactivate.sessions import dpop

    def proof(url: str) -> str:
        return dpop.proof(key, url, now=time.time(), nonce=os.urandom(16).hex())

    client = begin_short_way("signin", None, profile=profile, region=region)
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
    if not login_token.is_answer(output):
        raise Unreadable(not_aws(200))
    return output


def is_over(refused: Refused) -> bool:
    """Tell whether AWS says that the sign-in has ended."""
    return refused.reason in _OVER


def explained(refused: Refused, whose: str, hint: str) -> AwsactivateError:
    """Return the error that tells what AWS Sign-In refused."""
    if is_over(refused):
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


def endpoint(profile: str, region: str | None) -> str:
    """Return the address below which a browser begins."""
    client = begin_short_way("signin", None, profile=profile, region=region)
    if client is not None:
        return client.url
    from awsactivate.aws import clients

    return str(clients.client("signin", None, profile=profile, region=region).meta.endpoint_url)


def revoke(token: LoginToken, profile: str | None, region: str | None) -> None:
    """Have AWS take a refresh token no longer, nor any that comes of it: signed by its own credentials."""
    from awsactivate.aws import calls, clients

    client = clients.client("signin", token.credentials, profile=profile, region=region)
    try:
        calls.call(client, "RevokeOAuth2TokenWithIAM", {"token": token.refresh_token})
    except Refused as refused:
        raise refusal(refused, doing="RevokeOAuth2TokenWithIAM") from refused
    except NoAnswer as nothing:
        raise nothing.as_error() from nothing
