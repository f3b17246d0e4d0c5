"""The pages on which an IAM user signs in to the embedded AWS for a program, as `aws login` has it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs, parse_qsl, urlencode

from awsactivate.demo import aws_login, backends
from awsactivate.demo.answers import Answer
from awsactivate.demo.calls import WireRequest
from awsactivate.demo.principals import Principal
from awsactivate.demo.sign_in_pages import form_page, page, sent_on
from awsactivate.demo.state import SeenRequest, State

_PATH, _CONFIRMATION = "/v1/authorize", "/v1/sessions/confirmation"
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:[0-9]+/oauth/callback")


def answer(wire: WireRequest, state: State) -> Answer | None:
    """Answer a browser; None where the request is for another page."""
    if wire.path != _PATH or wire.method not in ("GET", "POST"):
        return None
    form = dict(parse_qsl(wire.body.decode("utf-8", "replace"))) if wire.method == "POST" else {}
    query = form.get("query", "") if form else wire.query
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    if fault := _fault(fields, f"http://{wire.headers.get('host', '')}{_CONFIRMATION}"):
        return page(400, f"<p>{escape(fault)}</p>")
    state.requests.append(SeenRequest("signin", "Authorize", None))
    if wire.method == "GET":
        return form_page(_PATH, query, "A program asks to use your AWS account. Name: ACCOUNT/USER, or USER.")
    said = {"state": fields["state"]}
    if form.get("action") == "deny":
        denied = {"error": "access_denied", "error_description": "The person has denied the request"}
        return sent_on(fields["redirect_uri"], {**denied, **said})
    user = _user(form, state)
    if user is None:
        return form_page(_PATH, query, "This name and MFA code are wrong, or the code was used.", 403)
    asked = (fields["client_id"], fields["code_challenge"], fields["redirect_uri"])
    code = aws_login.grant_code(user, *asked, state)
    if fields["client_id"] == aws_login.SAME_DEVICE:
        return sent_on(fields["redirect_uri"], {"code": code, **said})
    shown = base64.b64encode(urlencode({**said, "code": code}).encode()).decode()
    return page(200, f'<p>Paste this code into the program: <code id="code">{shown}</code></p>')


def _fault(fields: Mapping[str, str], confirmation: str) -> str | None:
    redirect = fields.get("redirect_uri", "")
    clients = {
        aws_login.SAME_DEVICE: _LOOPBACK.fullmatch(redirect) is not None,
        aws_login.CROSS_DEVICE: redirect == confirmation,
    }
    if fields.get("client_id") not in clients:
        return "Invalid client provided"
    if not clients[fields["client_id"]]:
        return "Invalid redirect URI"
    if (fields.get("response_type"), fields.get("scope")) != ("code", "openid"):
        return "Invalid response type or scope"
    if fields.get("code_challenge_method") != "SHA-256" or not fields.get("code_challenge"):
        return "A code challenge of SHA-256 is needed"
    return None if fields.get("state") else "The state is missing"


def _user(form: Mapping[str, str], state: State) -> Principal | None:
    account, _, name = form.get("user", "").rpartition("/")
    found = backends.users_called(name, account)
    if len(found) != 1:
        return None
    principal = backends.user_session(*found[0], state.clock.now())
    seeds = backends.seeds_of(principal)
    code = form.get("mfa_code", "")
    return principal if any(state.devices.take(seed, code) for seed in seeds) else None
