"""What botocore raises, in words that a person can act on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's own name)
    CredentialRetrievalError,
    HTTPClientError,
    InvalidProxiesConfigError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOError,
)

from awsactivate.aws import unreachable
from awsactivate.aws.answers import Refused, Unreadable, not_aws, refusal
from awsactivate.errors import AwsactivateError, AwsError, ProfileError
from awsactivate.sessions.addresses import without_user


def code_of(error: ClientError) -> str:
    """Return AWS's error code, such as `AccessDenied`."""
    return str(error.response.get("Error", {}).get("Code") or "")


def message_of(error: ClientError) -> str:
    """Return AWS's own sentence."""
    return str(error.response.get("Error", {}).get("Message") or "").strip()


def translated(error: Exception, *, doing: str = "") -> AwsactivateError:
    """Return the error of ours that tells what `error`, raised by botocore, means.

    `doing` names the operation and its object, such as `AssumeRole arn:…`.
    """
    if isinstance(error, ClientError):
        return refusal(refused(error), doing=doing)
    if isinstance(error, ProfileNotFound):
        return ProfileError(
            f"the profile {error.kwargs['profile']!r} is not in the config", "awsactivate list"
        )
    if isinstance(error, SSOError):
        return AwsError(str(error), "awsactivate login PROFILE", code=type(error).__name__)
    if isinstance(error, CredentialRetrievalError):
        return ProfileError(f"no credentials from {error.kwargs['provider']}: {error.kwargs['error_msg']}")
    if isinstance(error, NoCredentialsError):
        return ProfileError("there are no credentials to begin with", "awsactivate list")
    if isinstance(error, NoRegionError):
        return ProfileError("a region is needed here, and the profile names none", "add --region REGION")
    if isinstance(error, (ConnectionError, HTTPClientError)):
        if status := error.kwargs.get("status"):
            return Unreadable(not_aws(status)).as_error()
        return unreachable.explained(str(error), error, os.environ)
    if isinstance(error, InvalidProxiesConfigError):
        return unreachable.explained("Failed to connect to proxy", error, os.environ)
    if isinstance(error, BotoCoreError):
        if "CA bundle" in str(error) and unreachable.unreadable_bundle(os.environ):
            return unreachable.explained("", None, os.environ)
        said = without_user(str(error))
        return ProfileError(f"the configuration can't be used: {said}", "awsactivate show TARGET")
    raise TypeError(f"{type(error).__name__} is no error of botocore's") from error


def headers_of(response: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the headers of an answer as botocore gives it, their names in lower case."""
    headers: Mapping[str, str] = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return headers


def refused(error: ClientError) -> Refused:
    """Return what botocore raised as a refusal that came by any way."""
    headers = headers_of(error.response)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    reason = error.response.get("error")
    return Refused(
        code_of(error), message_of(error), headers, status, reason if isinstance(reason, str) else ""
    )
