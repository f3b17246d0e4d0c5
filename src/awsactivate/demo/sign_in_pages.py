"""The pages on which a person signs in to the embedded AWS, in any browser: who one is, and the MFA code."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from awsactivate.demo.answers import Answer
from awsactivate.demo.answers import answer as http_answer
from awsactivate.demo.calls import WireRequest
from awsactivate.demo.sign_on_state import Code, SsoPerson
from awsactivate.demo.state import SeenRequest, State

_CODE_SECONDS = 600


def answer(wire: WireRequest, state: State) -> Answer | None:
    """Answer a browser; None where the request is for no page of a sign-in."""
    if wire.path not in ("/authorize", "/device") or wire.method not in ("GET", "POST"):
        return None
    if "authorization" in wire.headers:
        return None
    form = dict(parse_qsl(wire.body.decode("utf-8", "replace"))) if wire.method == "POST" else {}
    query = form.get("query", "") if form else wire.query
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    if wire.path == "/device":
        return _device(wire.method, fields, form, state)
    return _authorize(wire.method, query, fields, form, state)


def _authorize(
    method: str, query: str, fields: Mapping[str, str], form: Mapping[str, str], state: State
) -> Answer:
    if fault := _fault(fields, state):
        return page(400, f"<p>{escape(fault)}</p>")
    state.requests.append(SeenRequest("sso-oidc", "Authorize", None))
    redirect = fields["redirect_uri"]
    if method == "GET":
        return form_page("/authorize", query, "awsactivate asks to use your roles.")
    if form.get("action") == "deny":
        said = {"error": "access_denied", "error_description": "The person has denied the request"}
        return sent_on(redirect, {**said, "state": fields.get("state", "")})
    person = _person(form, state)
    if person is None:
        return form_page("/authorize", query, "This name and MFA code are wrong, or the code was used.", 403)
    code = secrets.token_urlsafe(32)
    state.sign_on.codes[code] = Code(
        fields["client_id"], redirect, fields["code_challenge"], person, state.clock.now() + _CODE_SECONDS
    )
    return sent_on(redirect, {"code": code, "state": fields.get("state", "")})


def _fault(fields: Mapping[str, str], state: State) -> str | None:
    client = state.sign_on.clients.get(fields.get("client_id", ""))
    if client is None:
        return "Invalid client provided"
    redirect = urlsplit(fields.get("redirect_uri", ""))
    plain = f"{redirect.scheme}://{redirect.hostname}{redirect.path}"
    if plain not in client.redirect_uris:  # of the loopback, the port is free (RFC 8252, section 7.3)
        return "Invalid redirect URI"
    if fields.get("response_type") != "code" or "authorization_code" not in client.grants:
        return "Invalid response type"
    if fields.get("code_challenge_method") != "S256" or not fields.get("code_challenge"):
        return "A code challenge of S256 is needed"
    if not set(fields.get("scopes", "").split()) <= set(client.scopes):
        return "Invalid scopes"
    return None


def _device(method: str, fields: Mapping[str, str], form: Mapping[str, str], state: State) -> Answer:
    state.requests.append(SeenRequest("sso-oidc", "Device", None))
    user_code = form.get("user_code") or fields.get("user_code", "")
    asks = f'<p><label>Code <input name="user_code" value="{escape(user_code)}"></label></p>'
    if method == "GET":
        return form_page("/device", "", "A program asks to use your roles. Is this its code?", more=asks)
    now = state.clock.now()
    found = [
        one for one in state.sign_on.devices.values() if one.user_code == user_code and now < one.expires_at
    ]
    person = _person(form, state) if found and form.get("action") != "deny" else None
    if not found or (person is None and form.get("action") != "deny"):
        return form_page("/device", "", "This code, name or MFA code is wrong.", 403, more=asks)
    if person is None:
        found[0].is_denied = True
        return page(200, "<p>Denied. You can close this window.</p>")
    if person.start_url.rstrip("/#") != found[0].start_url.rstrip("/#"):
        return form_page("/device", "", "This person signs in elsewhere.", 403, more=asks)
    found[0].person = person
    return page(200, "<p>Request approved. You can close this window.</p>")


def _person(form: Mapping[str, str], state: State) -> SsoPerson | None:
    person = state.sign_on.people.get(form.get("user", ""))
    if person is None or not state.devices.take(person.seed, form.get("mfa_code", "")):
        return None
    return person


def sent_on(redirect: str, query: Mapping[str, str]) -> Answer:
    """Send the browser on."""
    return http_answer(
        302, [("Location", f"{redirect}?{urlencode(query)}"), ("Cache-Control", "no-store")], b""
    )


def form_page(action: str, query: str, words: str, status: int = 200, more: str = "") -> Answer:
    """Ask who one is."""
    return page(
        status,
        f'<p>{escape(words)}</p><form method="post" action="{action}">{more}'
        f'<input type="hidden" name="query" value="{escape(query)}">'
        '<p><label>User name <input name="user" autocomplete="off"></label></p>'
        '<p><label>MFA code <input name="mfa_code" autocomplete="off"></label></p>'
        '<p><button name="action" value="allow">Allow access</button>'
        ' <button name="action" value="deny">Deny</button></p></form>',
    )


def page(status: int, inside: str) -> Answer:
    """Answer with a page."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demo sign-in</title>'
        "<style>body{font:1.1em sans-serif;margin:4em auto;max-width:30em}</style></head>"
        f"<body><h1>Demo sign-in</h1>{inside}</body></html>\n"
    )
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return http_answer(status, headers, text.encode())
