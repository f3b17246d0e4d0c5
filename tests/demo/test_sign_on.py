"""The embedded IAM Identity Center: tokens only for who gave the right MFA code, and each code once."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from awsactivate.demo.aws import EmbeddedAws, MfaDevice
from awsactivate.demo.sign_on_state import START_URL, Assignment
from awsactivate.signin.proof import RANDOM_BYTES, proof

PROOF = proof(bytes(range(RANDOM_BYTES)))
CALLBACK = "http://127.0.0.1:4711/oauth/callback"
PERSON = "alice@example.com"


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


OPENER = urllib.request.build_opener(_Stays)


@pytest.fixture
def alice(embedded_aws: EmbeddedAws, account: str) -> MfaDevice:
    """Let Alice sign in for two roles of one account, and one of another."""
    role = embedded_aws.role("AWSReservedSSO_Admin_01", account=account)
    return embedded_aws.person(
        PERSON,
        [
            Assignment(account, "Production", "Admin", role.arn),
            Assignment(account, "Production", "ReadOnly", role.arn),
            Assignment("222233334444", "Test", "Admin", role.arn),
        ],
    )


def send(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
    """Send a request; return status, text, and where it sends on to."""
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with OPENER.open(request) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("Location", "")


def call(aws: EmbeddedAws, path: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    """Call sso-oidc."""
    status, text, _ = send(
        aws.endpoint_url + path, json.dumps(fields).encode(), **{"Content-Type": "application/json"}
    )
    return status, json.loads(text)


def registered(aws: EmbeddedAws, **more: Any) -> dict[str, str]:
    """Register a program that signs in by browser."""
    given = {
        "clientName": "test",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
        "scopes": ["sso:account:access"],
    }
    status, client = call(aws, "/client/register", **{**given, **more})
    assert status == 200, client
    return {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}


def asked(client: dict[str, str], **changed: str) -> str:
    """Write the query of the page."""
    return urlencode(
        {
            "response_type": "code",
            "client_id": client["clientId"],
            "redirect_uri": CALLBACK,
            "state": "s",
            "code_challenge_method": "S256",
            "code_challenge": PROOF.challenge,
            "scopes": "sso:account:access",
            **changed,
        }
    )


def sign_in(
    aws: EmbeddedAws, query: str, code: str, *, user: str = PERSON, action: str = "allow"
) -> tuple[int, dict[str, str]]:
    """Send the page's form; return the status, and what the browser is sent on with."""
    form = urlencode({"query": query, "user": user, "mfa_code": code, "action": action}).encode()
    status, _, location = send(f"{aws.endpoint_url}/authorize", form)
    return status, {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def traded(aws: EmbeddedAws, client: dict[str, str], code: str, **changed: str) -> tuple[int, dict[str, Any]]:
    """Trade in a code."""
    given = {"code": code, "codeVerifier": PROOF.verifier, "redirectUri": CALLBACK}
    return call(aws, "/token", **client, grantType="authorization_code", **{**given, **changed})


def test_the_whole_way_by_a_browser(embedded_aws: EmbeddedAws, account: str, alice: MfaDevice) -> None:
    client = registered(embedded_aws)
    page = send(f"{embedded_aws.endpoint_url}/authorize?{asked(client)}")
    assert (page[0], 'name="mfa_code"' in page[1]) == (200, True)
    assert sign_in(embedded_aws, asked(client), "000000")[0] == 403
    assert sign_in(embedded_aws, asked(client), alice.code(), user="mallory")[0] == 403
    code = alice.code()
    status, answer = sign_in(embedded_aws, asked(client), code)
    assert (status, answer["state"]) == (302, "s")
    assert sign_in(embedded_aws, asked(client), code)[0] == 403, "an MFA code is good once"
    refused = (400, {"error": "invalid_grant", "error_description": "Invalid grant provided"})
    assert traded(embedded_aws, client, answer["code"], codeVerifier="x" * 43) == refused
    assert traded(embedded_aws, client, answer["code"], redirectUri=CALLBACK + "x") == refused
    assert traded(embedded_aws, registered(embedded_aws), answer["code"]) == refused
    status, token = traded(embedded_aws, client, answer["code"])
    assert (status, token["tokenType"], token["expiresIn"]) == (200, "Bearer", 3600)
    assert traded(embedded_aws, client, answer["code"]) == refused, "a code used twice"
    assert portal(embedded_aws, "/assignment/accounts", token["accessToken"]) == (
        200,
        {
            "accountList": [
                {"accountId": account, "accountName": "Production", "emailAddress": f"{account}@example.com"},
                {
                    "accountId": "222233334444",
                    "accountName": "Test",
                    "emailAddress": "222233334444@example.com",
                },
            ]
        },
    )
    renewed = call(
        *(embedded_aws, "/token"), **client, grantType="refresh_token", refreshToken=token["refreshToken"]
    )
    assert renewed[0] == 200
    embedded_aws.clock.advance(3601)
    assert portal(embedded_aws, "/assignment/accounts", token["accessToken"])[0] == 401


def portal(aws: EmbeddedAws, path: str, token: str) -> tuple[int, Any]:
    """Ask the portal."""
    status, text, _ = send(aws.endpoint_url + path, **{"x-amz-sso_bearer_token": token})
    return status, json.loads(text)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "unknown"}, "Invalid client"),
        ({"redirect_uri": "https://evil.example/oauth/callback"}, "Invalid redirect"),
        ({"redirect_uri": "http://127.0.0.1:1/other"}, "Invalid redirect"),
        ({"code_challenge_method": "plain"}, "S256"),
        ({"code_challenge": ""}, "S256"),
        ({"response_type": "token"}, "response type"),
        ({"scopes": "everything"}, "scopes"),
    ],
)
def test_what_a_page_is_not_shown_for(
    embedded_aws: EmbeddedAws, alice: MfaDevice, changed: dict[str, str], said: str
) -> None:
    status, text, location = send(
        f"{embedded_aws.endpoint_url}/authorize?{asked(registered(embedded_aws), **changed)}"
    )
    assert (status, said in text, location) == (400, True, "")


def test_a_person_may_deny_it(embedded_aws: EmbeddedAws, alice: MfaDevice) -> None:
    status, answer = sign_in(embedded_aws, asked(registered(embedded_aws)), "", action="deny")
    assert (status, answer["error"]) == (302, "access_denied")


def pages(aws: EmbeddedAws, path: str, token: str, member: str) -> Iterator[dict[str, str]]:
    """Read all pages of one row each."""
    more = ""
    while True:
        _, found = portal(aws, f"{path}max_result=1{more}", token)
        yield from found[member]
        if "nextToken" not in found:
            return
        more = f"&next_token={found['nextToken']}"


def test_the_way_by_a_code_lists_by_pages_and_the_end(
    embedded_aws: EmbeddedAws, account: str, alice: MfaDevice
) -> None:
    client = registered(embedded_aws, redirectUris=[], grantTypes=[])
    assert call(embedded_aws, "/device_authorization", **client, startUrl="https://other")[0] == 400
    _, device = call(embedded_aws, "/device_authorization", **client, startUrl=START_URL)
    grant = {**client, "grantType": "urn:ietf:params:oauth:grant-type:device_code"}
    waiting = call(embedded_aws, "/token", **grant, deviceCode=device["deviceCode"])
    assert (waiting[0], waiting[1]["error"]) == (400, "authorization_pending")
    form = {"user": PERSON, "user_code": device["userCode"], "action": "allow"}
    url = f"{embedded_aws.endpoint_url}/device"
    assert send(url, urlencode({**form, "mfa_code": "000000"}).encode())[0] == 403
    assert send(url, urlencode({**form, "mfa_code": alice.code()}).encode())[0] == 200
    _, token = call(embedded_aws, "/token", **grant, deviceCode=device["deviceCode"])
    access = token["accessToken"]
    accounts = list(pages(embedded_aws, "/assignment/accounts?", access, "accountList"))
    assert [one["accountId"] for one in accounts] == [account, "222233334444"]
    roles = list(pages(embedded_aws, f"/assignment/roles?account_id={account}&", access, "roleList"))
    assert [one["roleName"] for one in roles] == ["Admin", "ReadOnly"]
    assert portal(embedded_aws, "/assignment/roles?account_id=333344445555", access)[0] == 403
    statuses = {portal(embedded_aws, "/assignment/accounts", access)[0] for _ in range(25)}
    assert statuses == {200, 429}
    out = send(f"{embedded_aws.endpoint_url}/logout", b"", **{"x-amz-sso_bearer_token": access})
    assert out[0] == 200
    assert portal(embedded_aws, "/assignment/accounts", access)[0] == 401
    renewed = call(
        embedded_aws, "/token", **client, grantType="refresh_token", refreshToken=token["refreshToken"]
    )
    assert renewed[0] == 400
