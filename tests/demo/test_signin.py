"""The embedded AWS's sign-in to the console."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from awsactivate.demo.aws import EmbeddedAws
from awsactivate.sessions.credentials import Credentials
from demo.asking import credentials_of


def ask(aws: EmbeddedAws, *, by_get: bool = False, **fields: str) -> tuple[int, str]:
    """Ask the endpoint; return the status and the text."""
    url, query = f"{aws.endpoint_url}/federation", urlencode(fields)
    try:
        answer = (
            urllib.request.urlopen(f"{url}?{query}")
            if by_get
            else urllib.request.urlopen(url, query.encode())
        )
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    return answer.status, answer.read().decode()


def session(credentials: Credentials, **other: str) -> str:
    """Write credentials as the endpoint reads them."""
    parts = {
        "sessionId": credentials.access_key_id,
        "sessionKey": credentials.secret_access_key,
        "sessionToken": credentials.session_token,
    }
    return json.dumps(parts | other)


@pytest.fixture
def credentials(embedded_aws: EmbeddedAws, account: str) -> Credentials:
    """A role's session."""
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    user = embedded_aws.user("alice", policies={"all": allowed}, account=account)
    role = embedded_aws.role("reader", account=account)
    sts = embedded_aws.client("sts", user.credentials)
    return credentials_of(sts.assume_role(RoleArn=role.arn, RoleSessionName="me"))


@pytest.mark.parametrize("by_get", [True, False])
def test_a_token_signs_in_for_fifteen_minutes(
    by_get: bool, embedded_aws: EmbeddedAws, credentials: Credentials
) -> None:
    status, text = ask(embedded_aws, by_get=by_get, Action="getSigninToken", Session=session(credentials))
    assert status == 200
    login = {"Action": "login", "SigninToken": json.loads(text)["SigninToken"], "Destination": "<there>"}
    status, page = ask(embedded_aws, by_get=by_get, **login)
    assert status == 200
    assert "assumed-role/reader/me, for &lt;there&gt;." in page
    embedded_aws.clock.advance(901)
    assert ask(embedded_aws, by_get=by_get, **login)[0] == 400


def test_what_is_no_whole_session_gets_no_token(embedded_aws: EmbeddedAws, credentials: Credentials) -> None:
    token = "getSigninToken"
    for fields in (
        {"Action": token, "Session": session(credentials, sessionKey="other")},
        {"Action": token, "Session": session(credentials, sessionToken="other")},
        {"Action": token, "Session": session(credentials, sessionId="ASIAOTHER")},
        {"Action": token, "Session": "{}"},
        {"Action": token, "Session": session(credentials), "SessionDuration": "899"},
        {"Action": token, "Session": session(credentials), "SessionDuration": "43201"},
        {"Action": "other"},
        {"Action": "login", "SigninToken": "other"},
    ):
        assert ask(embedded_aws, **fields)[0] == 400, fields
    embedded_aws.clock.advance(3600)
    assert ask(embedded_aws, Action=token, Session=session(credentials))[0] == 400


def test_a_users_own_session_gets_no_token(embedded_aws: EmbeddedAws, account: str) -> None:
    user = embedded_aws.user("bob", account=account)
    own = credentials_of(embedded_aws.client("sts", user.credentials).get_session_token())
    status, text = ask(embedded_aws, Action="getSigninToken", Session=session(own))
    assert (status, "not of a role or a federated user" in text) == (400, True)
