"""The documents that other programs read: what their makers have published of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from awsactivate.commands.export import terragrunt_document
from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.environment import Set

# https://docs.terragrunt.com/schemas/auth-provider-cmd/v2/schema.json, as of which v1 differs in its address:
# object → (its properties, those required); nothing else may be there, and each value is a string
TERRAGRUNT = {
    "awsCredentials": (
        {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"},
        {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY"},
    ),
    "awsRole": ({"roleARN", "roleSessionName", "duration", "webIdentityToken"}, {"roleARN"}),
    "envs": (None, set()),
}

ENDS = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
SESSIONS = {
    "role": Session(
        "prod",
        Credentials("ASIAKEY", 'se"cret', "token", ENDS),
        region="eu-west-1",
        role_arn="arn:aws:iam::111122223333:role/terraform",
        settings={"AWS_ENDPOINT_URL_S3": "https://s3.example"},
    ),
    "no expiration": Session("prod", Credentials("ASIAKEY", "secret", "token")),
    "no token": Session("prod", Credentials("ASIAKEY", "secret", None)),
}


def variables(session: Session) -> dict[str, str]:
    change = environment.activation(session)
    return {s.name: s.value for s in change if isinstance(s, Set) and s.name.startswith("AWS_")}


@pytest.mark.parametrize("name", SESSIONS)
def test_terragrunt_finds_what_its_schema_says(name: str) -> None:
    document = terragrunt_document(variables(SESSIONS[name]))
    assert set(document) <= set(TERRAGRUNT)
    for part, values in document.items():
        known, required = TERRAGRUNT[part]
        assert required <= set(values)
        assert known is None or set(values) <= known
        assert all(isinstance(value, str) for value in values.values())


def test_terragrunt_gets_all_that_a_session_sets() -> None:
    assert terragrunt_document(variables(SESSIONS["role"])) == {
        "awsCredentials": {
            "ACCESS_KEY_ID": "ASIAKEY",
            "SECRET_ACCESS_KEY": 'se"cret',
            "SESSION_TOKEN": "token",
        },
        "envs": {
            "AWS_CREDENTIAL_EXPIRATION": "2026-11-23T10:15:00Z",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_S3": "https://s3.example",
        },
    }
