"""What botocore raises, in words that a person can act on."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's own name)
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOError,
)

from awsactivate.errors import (
    AccessDeniedError,
    AwsactivateError,
    AwsError,
    DurationError,
    MfaCodeRefusedError,
    MfaError,
    ProfileError,
    UnreachableError,
)

_SKEW_CODES = {"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch"}
_SKEW_WORDS = ("Signature expired", "Signature not yet current", "is now earlier than", "difference between")
_UNKNOWN_KEY = (
    "AWS does not know this access key, or it is inactive",
    "check the access key of the source profile",
)
_EXPIRED = ("the session of the source has expired", "sign in to the source again")
_EXPLAINED = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "InvalidAccessKeyId": _UNKNOWN_KEY,
    "UnrecognizedClientException": _UNKNOWN_KEY,
    "SignatureDoesNotMatch": (
        "the secret access key does not belong to the access key id",
        "check the access key of the source profile",
    ),
}
_SKEW_WORTH_SAYING = 20  # seconds; below this the network's own delay is as likely

THROTTLED_CODES = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}


def code_of(error: ClientError) -> str:
    """Return AWS's error code, such as `AccessDenied`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    """Return AWS's own sentence."""
    return str(error.response.get("Error", {}).get("Message", "")).strip()


def clock_skew(response: dict[str, Any], now: float) -> int | None:
    """Return how many seconds this machine's clock is ahead of the answer's `Date` (negative: behind).

    None where the answer has no date.
    """
    date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if not date:
        return None
    try:
        return round(now - parsedate_to_datetime(date).timestamp())
    except ValueError:
        return None


def skew_words(seconds: int | None) -> str:
    """Say in words that the clock is off; '' where it is not, or is not known."""
    if seconds is None or abs(seconds) < _SKEW_WORTH_SAYING:
        return ""
    return f"this machine's clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} AWS's"


def translated(error: Exception, *, doing: str = "") -> AwsactivateError:
    """Return the error of ours that tells what `error`, raised by botocore, means.

    `doing` names the operation and its object, such as `AssumeRole arn:…`.
    """
    if isinstance(error, ClientError):
        return _refusal(error, doing)
    if isinstance(error, ProfileNotFound):
        return ProfileError(
            f"the profile {error.kwargs['profile']!r} is not in the config", "awsactivate list"
        )
    if isinstance(error, SSOError):
        return AwsError(str(error), "aws sso login", code=type(error).__name__)
    if isinstance(error, CredentialRetrievalError):
        return ProfileError(f"no credentials from {error.kwargs['provider']}: {error.kwargs['error_msg']}")
    if isinstance(error, NoCredentialsError):
        return ProfileError("there are no credentials to begin with", "awsactivate list")
    if isinstance(error, NoRegionError):
        return ProfileError("a region is needed here, and the profile names none", "add --region REGION")
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return UnreachableError(
            f"AWS could not be reached: {error}", "check the network, the proxy and the endpoint"
        )
    if isinstance(error, BotoCoreError):
        return ProfileError(f"the configuration can't be used: {error}", "awsactivate show TARGET")
    raise TypeError(f"{type(error).__name__} is no error of botocore's") from error


def _refusal(error: ClientError, doing: str) -> AwsactivateError:
    code, message = code_of(error), message_of(error)
    what = f"{doing}: " if doing else ""
    if code == "AccessDenied" and "invalid MFA one time pass code" in message:
        return MfaCodeRefusedError(f"{what}{message}")
    if code == "AccessDenied" and "MultiFactorAuthentication failed" in message:
        return MfaError(f"{what}{message}", "check mfa_serial, or name the device: --mfa-serial ARN")
    if code in ("AccessDenied", "AccessDeniedException"):
        return AccessDeniedError(f"{what}{message} ({code})", code=code)
    if code == "ValidationError" and "MaxSessionDuration" in message:
        return DurationError(f"{what}{message} ({code})", "ask for less: --duration 1h", code=code)
    if code in _SKEW_CODES and any(words in message for words in _SKEW_WORDS):
        skew = skew_words(clock_skew(error.response, datetime.now(UTC).timestamp()))
        said = skew or "this machine's clock differs from AWS's"
        return AwsError(f"{what}{said}, so AWS refuses its signatures ({code})", "set the clock", code=code)
    explained = _EXPLAINED.get(code)
    if explained is not None:
        return AwsError(f"{what}{explained[0]} ({code})", explained[1], code=code)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if not code:
        return UnreachableError(
            f"{what}something answered HTTP {status} that is not AWS's answer",
            "check the network, the proxy and the endpoint",
        )
    return AwsError(f"{what}{message or 'refused'} ({code})", code=code)
