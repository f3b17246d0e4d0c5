"""sso-oidc: programs are registered, and get tokens for what a person has agreed to in a browser.

https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_Operations.html
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

from awsactivate.demo.answers import Answer, json_answer
from awsactivate.demo.calls import WireRequest
from awsactivate.demo.sign_on_state import Device, OidcClient, PortalAccess, Refreshable, SsoPerson
from awsactivate.demo.state import SeenRequest, State

_CLIENT_SECONDS = 90 * 86_400
_TOKEN_SECONDS = 3600
_DEVICE_SECONDS = 600
_INTERVAL = 1
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_SCOPE = "sso:account:access"

_Fields = Mapping[str, Any]


class _Refused(Exception):  # noqa: N818  (an answer of AWS's)
    """AWS says no, as OAuth writes it."""

    def __init__(self, code: str, error: str, description: str, status: int = 400) -> None:
        super().__init__(code)
        self.answer = json_answer(
            {"error": error, "error_description": description}, status, [("x-amzn-errortype", code)]
        )


def answer(wire: WireRequest, state: State) -> Answer | None:
    """Answer a request to this service; None where it is to another."""
    found = _OPERATIONS.get(wire.path) if wire.method == "POST" else None
    if found is None or "authorization" in wire.headers:
        return None
    name, act = found
    state.requests.append(SeenRequest("sso-oidc", name, None))
    try:
        fault = state.take_fault(name)
        if fault is not None:
            time.sleep(fault.delay)
            if fault.refusal is not None:
                refusal = fault.refusal
                raise _Refused(refusal.code, refusal.code, refusal.message, refusal.status)
        try:
            fields = json.loads(wire.body)
            return json_answer(act(fields, state, wire))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _Refused("InvalidRequestException", "invalid_request", "Invalid request") from None
    except _Refused as refused:
        return refused.answer


def _register(fields: _Fields, state: State, _wire: WireRequest) -> dict[str, Any]:
    if fields["clientType"] != "public" or not fields["clientName"]:
        raise _Refused("InvalidClientMetadataException", "invalid_client_metadata", "Invalid client metadata")
    now = state.clock.now()
    redirects = tuple(fields.get("redirectUris", ()))
    if any(not uri.startswith("http://127.0.0.1") for uri in redirects):
        raise _Refused("InvalidRedirectUriException", "invalid_redirect_uri", "Invalid redirect URI")
    if redirects:
        _known_start_url(fields.get("issuerUrl", ""), state)
    client_id, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(64)
    state.sign_on.clients[client_id] = OidcClient(
        secret,
        tuple(fields.get("scopes", ())),
        tuple(fields.get("grantTypes", ())),
        redirects,
        now + _CLIENT_SECONDS,
    )
    return {
        "clientId": client_id,
        "clientSecret": secret,
        "clientIdIssuedAt": int(now),
        "clientSecretExpiresAt": int(now + _CLIENT_SECONDS),
    }


def _start_device(fields: _Fields, state: State, wire: WireRequest) -> dict[str, Any]:
    _client(fields, state)
    _known_start_url(fields["startUrl"], state)
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    user_code, secret = f"{letters[:4]}-{letters[4:]}", secrets.token_urlsafe(32)
    ends = state.clock.now() + _DEVICE_SECONDS
    state.sign_on.devices[secret] = Device(fields["clientId"], user_code, fields["startUrl"], ends)
    page = f"http://{wire.headers['host']}/device"
    return {
        "deviceCode": secret,
        "userCode": user_code,
        "verificationUri": page,
        "verificationUriComplete": f"{page}?user_code={user_code}",
        "expiresIn": _DEVICE_SECONDS,
        "interval": _INTERVAL,
    }


def _token(fields: _Fields, state: State, _wire: WireRequest) -> dict[str, Any]:
    client = _client(fields, state)
    take = {
        "authorization_code": _by_code,
        "refresh_token": _by_refresh,
        "urn:ietf:params:oauth:grant-type:device_code": _by_device,
    }.get(fields["grantType"])
    if take is None:
        raise _Refused("UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type")
    person, sign_in = take(fields, state)
    access = secrets.token_urlsafe(48)
    ends = state.clock.now() + _TOKEN_SECONDS
    state.portal[access] = PortalAccess(person.name, person.assignments, ends, sign_in)
    made = {"accessToken": access, "tokenType": "Bearer", "expiresIn": _TOKEN_SECONDS}
    if _SCOPE in client.scopes:
        made["refreshToken"] = secrets.token_urlsafe(48)
        state.sign_on.refresh_tokens[str(made["refreshToken"])] = Refreshable(
            fields["clientId"], person, sign_in
        )
    return made


def _by_code(fields: _Fields, state: State) -> tuple[SsoPerson, str]:
    code = state.sign_on.codes.get(fields["code"])
    digest = hashlib.sha256(fields["codeVerifier"].encode()).digest()
    challenge = urlsafe_b64encode(digest).decode().rstrip("=")
    is_good = (
        code is not None
        and not code.is_used
        and state.clock.now() < code.expires_at
        and (code.client_id, code.redirect_uri) == (fields["clientId"], fields["redirectUri"])
        and hmac.compare_digest(code.challenge, challenge)
    )
    if code is None or not is_good:
        raise _invalid_grant()
    code.is_used = True
    return code.person, secrets.token_urlsafe(8)


def _by_device(fields: _Fields, state: State) -> tuple[SsoPerson, str]:
    device = state.sign_on.devices.get(fields["deviceCode"])
    if device is None or device.client_id != fields["clientId"]:
        raise _invalid_grant()
    if state.clock.now() >= device.expires_at:
        raise _Refused("ExpiredTokenException", "expired_token", "The device code has expired")
    if device.is_denied:
        raise _Refused("AccessDeniedException", "access_denied", "The person has denied the request")
    if device.person is None:
        raise _Refused("AuthorizationPendingException", "authorization_pending", "Authorization pending")
    del state.sign_on.devices[fields["deviceCode"]]
    return device.person, secrets.token_urlsafe(8)


def _by_refresh(fields: _Fields, state: State) -> tuple[SsoPerson, str]:
    found = state.sign_on.refresh_tokens.get(fields["refreshToken"])
    if found is None or found.client_id != fields["clientId"]:
        raise _invalid_grant()
    del state.sign_on.refresh_tokens[fields["refreshToken"]]
    return found.person, found.sign_in


def _client(fields: _Fields, state: State) -> OidcClient:
    client = state.sign_on.clients.get(fields["clientId"])
    if client is None or not hmac.compare_digest(client.secret, fields["clientSecret"]):
        raise _Refused("InvalidClientException", "invalid_client", "Invalid client provided", 401)
    if state.clock.now() >= client.expires_at:
        raise _Refused("InvalidClientException", "invalid_client", "The client has expired", 401)
    return client


def _known_start_url(url: str, state: State) -> None:
    known = {person.start_url.rstrip("/#") for person in state.sign_on.people.values()}
    if url.rstrip("/#") not in known:
        raise _Refused("InvalidRequestException", "invalid_request", "Invalid start url provided")


def _invalid_grant() -> _Refused:
    return _Refused("InvalidGrantException", "invalid_grant", "Invalid grant provided")


_OPERATIONS: dict[str, tuple[str, Callable[[_Fields, State, WireRequest], dict[str, Any]]]] = {
    "/client/register": ("RegisterClient", _register),
    "/device_authorization": ("StartDeviceAuthorization", _start_device),
    "/token": ("CreateToken", _token),
}
