"""The console's sign-in: tokens for sessions, and the page that a browser reaches with one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

from __future__ import annotations

import hmac
import json
import secrets
from html import escape
from urllib.parse import parse_qs

from awsactivate.demo.answers import Answer, answer, json_answer
from awsactivate.demo.calls import WireRequest
from awsactivate.demo.state import SeenRequest, SigninToken, State
from awsactivate.sessions import limits

PATH = "/federation"

_TOKEN_SECONDS = 900
_SESSION_SECONDS = limits.CONSOLE_SECONDS


def federation(wire: WireRequest, state: State) -> Answer:
    """Answer both of the endpoint's actions, asked by GET or by POST."""
    given = parse_qs(wire.body.decode() if wire.method == "POST" else wire.query)
    fields = {name: values[0] for name, values in given.items()}
    action = fields.get("Action", "")
    if action == "getSigninToken":
        return _token(fields, state)
    if action == "login":
        return _login(fields, state)
    return _refused("Missing or unknown Action")


def _token(fields: dict[str, str], state: State) -> Answer:
    try:
        session = json.loads(fields.get("Session", ""))
        key_id, secret, token = (str(session[part]) for part in ("sessionId", "sessionKey", "sessionToken"))
        seconds = int(fields.get("SessionDuration", _SESSION_SECONDS.start))
    except (ValueError, KeyError, TypeError):
        return _refused("The Session or SessionDuration is malformed")
    state.requests.append(SeenRequest("signin", "GetSigninToken", key_id))
    fault = state.take_fault("GetSigninToken")
    if fault is not None and fault.refusal is not None:
        return _refused(fault.refusal.message, fault.refusal.status)
    now = state.clock.now()
    key = state.find_key(key_id)
    is_right = key is not None and hmac.compare_digest(
        f"{key.secret} {key.session_token}".encode(), f"{secret} {token}".encode()
    )
    if key is None or not is_right or (key.expires_at is not None and now >= key.expires_at):
        return _refused("The credentials are wrong or have expired")
    if key.principal.is_session_of_user or not key.principal.is_temporary:
        return _refused("The credentials are not of a role or a federated user")
    if seconds not in _SESSION_SECONDS:
        return _refused("The SessionDuration is out of range")
    made = secrets.token_urlsafe(64)
    state.signin_tokens[made] = SigninToken(key.principal.arn, now + _TOKEN_SECONDS)
    return json_answer({"SigninToken": made})


def _login(fields: dict[str, str], state: State) -> Answer:
    found = state.signin_tokens.get(fields.get("SigninToken", ""))
    state.requests.append(SeenRequest("signin", "Login", None))
    if found is None or state.clock.now() > found.expires_at:
        return _refused("The sign-in token is wrong or has expired")
    # where AWS sends the browser on, this AWS has nothing to show
    where = escape(fields.get("Destination", ""))
    page = (
        f"<!doctype html><title>Demo console</title><p>Signed in as {escape(found.arn)}, for {where}.</p>\n"
    )
    return answer(200, [("Content-Type", "text/html; charset=utf-8")], page.encode())


def _refused(message: str, status: int = 400) -> Answer:
    page = f"<html><head><style>p {{}}</style></head><body><p>{escape(message)}</p></body></html>\n"
    return answer(status, [("Content-Type", "text/html; charset=utf-8")], page.encode())
