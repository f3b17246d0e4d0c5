"""A person signs in to IAM Identity Center, in the browser of this machine or by a code given anywhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from awsactivate.aws import start_url
from awsactivate.aws.sign_on import CALLBACK, Oidc
from awsactivate.errors import SignInNeededError
from awsactivate.frozen import replace
from awsactivate.person import terminal
from awsactivate.signin import method
from awsactivate.signin.hints import login_hint
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import SsoToken


def sign_in(
    settings: SsoSettings, environ: Mapping[str, str], clock: Callable[[], float], *, device_code: bool
) -> SsoToken:
    """Have a person sign in, and return the token that AWS gives for it.

    It bears the start URL that the configuration has, wherever that led.
    """
    how = method.choose(environ, sys.platform, device_code=device_code)
    oidc = Oidc(start_url.follow(settings), clock)
    if how.by_browser and settings.has_session:
        token = _sign_in_by_browser(settings, oidc, environ)
    else:
        token = _sign_in_by_device(settings, oidc, how, environ)
    return replace(token, start_url=settings.start_url)


def _sign_in_by_browser(settings: SsoSettings, oidc: Oidc, environ: Mapping[str, str]) -> SsoToken:
    from awsactivate.signin import by_browser
    from awsactivate.signin.listener import Listener
    from awsactivate.signin.proof import RANDOM_BYTES, address, proof

    own = proof(os.urandom(RANDOM_BYTES))
    client = oidc.register(by_browser=True)
    with Listener(CALLBACK, own.state, terminal.say) as listener:
        asked = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": listener.redirect_uri,
            "state": own.state,
            "code_challenge_method": "S256",
            "code_challenge": own.challenge,
            "scopes": " ".join(settings.scopes),
        }
        page = address(oidc.url, "/authorize", asked)
        code = by_browser.wait_for_code(
            listener, page, whose=settings.whose, name=settings.name, environ=environ
        )
        return oidc.trade_code(client, code, own.verifier, listener.redirect_uri)


def _sign_in_by_device(
    settings: SsoSettings, oidc: Oidc, how: method.Method, environ: Mapping[str, str]
) -> SsoToken:
    client = oidc.register(by_browser=False)
    code = oidc.start_device(client)
    reason = f" ({how.reason})" if how.reason else ""
    said = (
        f"{settings.whose}{reason}: to sign in, open {code.address} in any browser,"
        f" and give the code {code.user_code} there; or open {code.whole_address}"
    )
    with ExitStack() as stack:
        if how.by_browser:
            from awsactivate.signin.browser import open_at
            from awsactivate.signin.one_window import OneWindow

            # who could read the code would sign this person in as somebody else
            window = stack.enter_context(OneWindow(code.whole_address))
            open_at(window.address, environ)
        terminal.say(said)
        token = oidc.wait_for_device(client, code, time.sleep)
    if token is None:
        reason = f"nobody has signed in within {code.seconds / 60:.0f} min"
        raise SignInNeededError(f"{settings.whose}: {reason}", login_hint(settings.name))
    return token
