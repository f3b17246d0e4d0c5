"""A person signs in to AWS Sign-In, in the browser of this machine or by a code that its page shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from awsactivate.aws import login_session
from awsactivate.errors import SignInNeededError
from awsactivate.person import terminal
from awsactivate.signin import by_browser, method, pasted_code
from awsactivate.signin.hints import login_hint
from awsactivate.signin.listener import Listener
from awsactivate.signin.proof import RANDOM_BYTES, Proof, address, proof

SAME_DEVICE, CROSS_DEVICE = (f"arn:aws:signin:::devtools/{which}-device" for which in ("same", "cross"))
_CALLBACK, _CONFIRMATION = "/oauth/callback", "/v1/sessions/confirmation"
_TRIES = 3

Trade = Callable[[Mapping[str, str]], Mapping[str, object]]
"""Trades what is asked for a token: its output."""


def sign_in(
    profile: str, region: str | None, environ: Mapping[str, str], *, device_code: bool, trade: Trade
) -> tuple[str, Mapping[str, object]]:
    """Have a person sign in for a profile; return by which client, and what AWS gave for the code."""
    how = method.choose(environ, sys.platform, device_code=device_code)
    own, whose = proof(os.urandom(RANDOM_BYTES)), f"profile {profile!r}"
    endpoint = login_session.endpoint(profile, region)
    if not how.by_browser:
        redirect = f"{endpoint.rstrip('/')}{_CONFIRMATION}"
        reason = f" ({how.reason})" if how.reason else ""
        page = page_at(endpoint, own, CROSS_DEVICE, redirect)
        terminal.say(f"{whose}{reason}: to sign in, open this address in any browser: {page}")
        return CROSS_DEVICE, trade(_asked(_ask_to_paste(own, profile), own, CROSS_DEVICE, redirect))
    with Listener(_CALLBACK, own.state, terminal.say) as listener:
        redirect = listener.redirect_uri
        page = page_at(endpoint, own, SAME_DEVICE, redirect)
        code = by_browser.wait_for_code(listener, page, whose=whose, name=profile, environ=environ)
        return SAME_DEVICE, trade(_asked(code, own, SAME_DEVICE, redirect))


def page_at(endpoint: str, own: Proof, client_id: str, redirect: str) -> str:
    """Return the address at which the browser begins."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "state": own.state,
        "code_challenge_method": "SHA-256",  # as AWS Sign-In calls it
        "scope": "openid",
        "redirect_uri": redirect,
        "code_challenge": own.challenge,
    }
    return address(endpoint, "/v1/authorize", asked)


def _ask_to_paste(own: Proof, profile: str) -> str:
    for left in reversed(range(_TRIES)):
        try:
            return pasted_code.code_in(terminal.ask_secret("the code that its page shows: "), own.state)
        except ValueError as error:
            if not left:
                raise SignInNeededError(f"profile {profile!r}: {error}", login_hint(profile)) from None
            terminal.say(str(error))
    raise AssertionError("the last try returns or raises")


def _asked(code: str, own: Proof, client_id: str, redirect: str) -> dict[str, str]:
    return {
        "clientId": client_id,
        "grantType": "authorization_code",
        "code": code,
        "codeVerifier": own.verifier,
        "redirectUri": redirect,
    }
