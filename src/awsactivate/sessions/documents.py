"""Credentials as other programs read them: the JSON documents that AWS has forms for."""

from __future__ import annotations

from awsactivate.sessions.credentials import Credentials, rfc3339


def process_document(credentials: Credentials) -> dict[str, str | int]:
    """Return what a `credential_process` prints.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    document: dict[str, str | int] = {
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
    }
    if credentials.session_token:
        document["SessionToken"] = credentials.session_token
    if credentials.expiration:
        document["Expiration"] = rfc3339(credentials.expiration)
    return document


def container_document(credentials: Credentials) -> dict[str, str | int]:
    """Return what SDKs fetch from AWS_CONTAINER_CREDENTIALS_FULL_URI.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """
    document: dict[str, str | int] = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "Token": credentials.session_token or "",
    }
    if credentials.expiration:
        document["Expiration"] = rfc3339(credentials.expiration)
    return document
