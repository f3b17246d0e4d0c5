"""AWS Sign-In as `aws login` uses it: tokens for who has signed in, and the list of those sign-ins.

https://docs.aws.amazon.com/signin/latest/APIReference/
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from awsactivate.demo import backends, dpop
from awsactivate.demo.answers import Answer, json_answer
from awsactivate.demo.calls import Call, WireRequest
from awsactivate.demo.principals import Principal, new_access_key_id
from awsactivate.demo.refusals import Refusal
from awsactivate.demo.state import CodeGrant, SeenRequest, SignIn, State
from awsactivate.sessions import login_token

TOKEN_PATH = "/v1/token"  # noqa: S105  (no password)
SAME_DEVICE = "arn:aws:signin:::devtools/same-device"
CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device"

_ACCESS_SECONDS = 900
_SESSION_SECONDS = 12 * 3600
_CODE_SECONDS = 600


class _Refused(Exception):  # noqa: N818  (an answer of AWS's)
    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.answer = json_answer(
            {"error": error, "message": message}, status, [("x-amzn-errortype", _CODES[status])]
        )


_CODES = {400: "ValidationException", 401: "AccessDeniedException", 403: "AccessDeniedException"}


@dataclass(frozen=True)
class Given:
    """What a sign-in gave: the token as the AWS CLI keeps it, and its session's ARN."""

    session_arn: str
    document: Mapping[str, Any] = field(repr=False)


def create_token(wire: WireRequest, state: State) -> Answer:
    """Answer CreateOAuth2Token: a code or a refresh token, each good once, for credentials."""
    state.requests.append(SeenRequest("signin", "CreateOAuth2Token", None))
    fault = state.take_fault("CreateOAuth2Token")
    try:
        if fault is not None and fault.refusal is not None:
            raise _Refused(fault.refusal.status, fault.refusal.code, fault.refusal.message)
        return json_answer(_token(wire, state))
    except _Refused as refused:
        return refused.answer


def _token(wire: WireRequest, state: State) -> dict[str, Any]:
    now = state.clock.now()
    try:
        asked = json.loads(wire.body)
        url = f"http://{wire.headers['host']}{wire.path}"
        key = dpop.thumbprint(wire.headers.get("dpop", ""), wire.method, url, now, state.proofs)
    except (ValueError, KeyError) as error:
        raise _Refused(400, "INVALID_REQUEST", str(error)) from error
    if asked.get("grantType") == "authorization_code":
        signin = _by_code(asked, key, state)
    else:
        signin = _by_refresh_token(asked, key, state)
    is_first = not signin.refresh_token
    id_token = {"idToken": _id_token(signin)} if is_first else {}
    return {**_issued(signin, state), **id_token}


def _by_code(asked: Mapping[str, Any], key: str, state: State) -> SignIn:
    grant = state.code_grants.pop(asked.get("code", ""), None)
    if grant is None or state.clock.now() > grant.expires_at:
        raise _Refused(401, "AUTHCODE_EXPIRED", "The authorization code is wrong, used or expired")
    verifier = str(asked.get("codeVerifier", ""))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    said = (challenge, asked.get("clientId"), asked.get("redirectUri"))
    if said != (grant.challenge, grant.client_id, grant.redirect_uri):
        raise _Refused(400, "INVALID_REQUEST", "The code was asked for with something else")
    return begin(grant.principal, key, state, grant.client_id)


def _by_refresh_token(asked: Mapping[str, Any], key: str, state: State) -> SignIn:
    signin = next((one for one in state.signins if one.refresh_token == asked.get("refreshToken")), None)
    if signin is None or signin.is_revoked or state.clock.now() > signin.expires_at:
        raise _Refused(401, "TOKEN_EXPIRED", "The refresh token has expired or was revoked")
    if (key, asked.get("clientId")) != (signin.key, signin.client_id):
        raise _Refused(400, "INVALID_REQUEST", "The refresh token was given to somebody else")
    if not backends.exists(signin.principal):
        raise _Refused(403, "USER_CREDENTIALS_CHANGED", "The user's credentials have changed")
    return signin


def begin(principal: Principal, key: str, state: State, client_id: str = SAME_DEVICE) -> SignIn:
    """Begin a sign-in of `principal`; `key` is the thumbprint of the one that its proofs are made with."""
    now = state.clock.now()
    arn = f"arn:aws:signin:us-east-1:{principal.account_id}:session/{secrets.token_hex(16)}"
    signin = SignIn(arn, principal, client_id, key, now, now + _SESSION_SECONDS)
    state.signins.append(signin)
    return signin


def given(signin: SignIn, key: str, state: State) -> Given:
    """Give the first token of a sign-in, as the AWS CLI writes it down; `key` is the private one."""
    id_token = _id_token(signin)
    output = {**_issued(signin, state), "idToken": id_token}
    kept = login_token.of_answer(output, signin.client_id, key, None, state.clock.now())
    return Given(signin.arn, kept.document)


def grant_code(principal: Principal, client_id: str, challenge: str, redirect_uri: str, state: State) -> str:
    """Give the code that a browser brings back; it is good once."""
    code = secrets.token_urlsafe(24)
    ends = state.clock.now() + _CODE_SECONDS
    state.code_grants[code] = CodeGrant(principal, client_id, challenge, redirect_uri, ends)
    return code


def _issued(signin: SignIn, state: State) -> dict[str, Any]:
    now = state.clock.now()
    fresh = new_access_key_id(signin.principal.account_id)
    principal = replace(signin.principal, access_key_id=fresh, issued_at=now)
    key = state.issue(principal, _ACCESS_SECONDS)
    signin.refresh_token = f"ASOR{secrets.token_urlsafe(48)}"
    access = {
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.secret,
        "sessionToken": key.session_token,
    }
    return {
        "accessToken": access,
        "tokenType": "aws_sigv4",
        "expiresIn": _ACCESS_SECONDS,
        "refreshToken": signin.refresh_token,
    }


def _id_token(signin: SignIn) -> str:
    claims = {"sub": signin.principal.arn, "aud": signin.client_id, "iat": int(signin.issued_at)}
    parts = [{"typ": "JWT", "alg": "ES384"}, claims]
    quoted = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*quoted, "c2lnbmF0dXJl"])


def list_sessions(call: Call, principal: Principal, state: State) -> dict[str, Any]:
    """List the sign-ins of an identity, or of the account, a page at a time."""
    owner = call.parameters.get("principalArn") or _owner(principal)
    found = [one for one in state.signins if _is_of(one, owner, principal.account_id)]
    if status := call.parameters.get("status"):
        found = [one for one in found if _shown(one)["status"] == status]
    start = int(call.parameters.get("nextToken") or 0)
    end = start + int(call.parameters.get("maxResults") or 100)
    more = {"nextToken": str(end)} if end < len(found) else {}
    return {"items": [_shown(one) for one in found[start:end]], **more}


def batch_revoke_sessions(call: Call, principal: Principal, state: State) -> dict[str, Any]:
    """Revoke up to five; what is another's is not found."""
    owner = call.parameters.get("principalArn") or _owner(principal)
    arns = call.parameters["sessionArns"]
    if not 1 <= len(arns) <= 5:
        raise Refusal("ValidationException", "sessionArns must have between 1 and 5 members", 400)
    revoked, errors = [], []
    for arn in arns:
        signin = next((one for one in state.signins if one.arn == arn), None)
        if signin is None or not _is_of(signin, owner, principal.account_id):
            message = "The session was not found"
            errors.append({"sessionArn": arn, "code": "ResourceNotFoundException", "message": message})
            continue
        signin.is_revoked = True
        revoked.append({"sessionArn": arn})
    return {"revokedSessions": revoked, "errors": errors}


def revoke_token(call: Call, _principal: Principal, state: State) -> dict[str, Any]:
    """Revoke the sign-in that a refresh token is of; one that is of none is revoked already."""
    for signin in state.signins:
        if signin.refresh_token == call.parameters["token"]:
            signin.is_revoked = True
    return {}


SIGNED: dict[str, Callable[[Call, Principal, State], dict[str, Any]]] = {
    "BatchRevokeSessions": batch_revoke_sessions,
    "ListSessions": list_sessions,
    "RevokeOAuth2TokenWithIAM": revoke_token,
}


def _owner(principal: Principal) -> str:
    return principal.role_arn or principal.arn


def _is_of(signin: SignIn, owner: str, account_id: str) -> bool:
    if signin.principal.account_id != account_id:
        return False
    return owner == f"arn:aws:iam::{account_id}:*" or _owner(signin.principal) == owner


def _shown(signin: SignIn) -> dict[str, Any]:
    return {
        "sessionArn": signin.arn,
        "principalArn": _owner(signin.principal),
        "status": "REVOKED" if signin.is_revoked else "ACTIVE",
        "issuedAt": int(signin.issued_at),
        "expiresAt": int(signin.expires_at),
        "clientId": signin.client_id,
        "clientType": "CLI",
    }
