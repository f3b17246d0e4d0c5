"""A person signs in in the browser of this machine, which then comes to the loopback with the answer."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import AwsError, SignInNeededError
from awsactivate.person import terminal
from awsactivate.signin.browser import open_at
from awsactivate.signin.hints import login_hint
from awsactivate.signin.listener import Listener
from awsactivate.signin.one_window import OneWindow

SECONDS = 600.0  # a person finds the phone, and reads what a page says


def wait_for_code(
    listener: Listener,
    address: str,
    *,
    whose: str,
    name: str,
    environ: Mapping[str, str],
    seconds: float = SECONDS,
) -> str:
    """Open the browser at `address`, and return the code that it brings to `listener`, which must be open.

    `whose` and `name` say what is signed in to. AwsError where AWS refuses, SignInNeededError where nothing
    came: somebody has closed the window.
    """
    with OneWindow(address) as window:
        opened = open_at(window.address, environ)
        said = (
            "a browser was opened to sign in; else open this" if opened else "to sign in, open this address"
        )
        terminal.say(f"{whose}: {said} on this machine: {address}")
        answer = listener.wait(seconds)
    if answer is None:
        raise SignInNeededError(
            f"{whose}: nobody has signed in within {seconds / 60:.0f} min", login_hint(name)
        )
    if answer.code is None:
        raise AwsError(
            f"{whose}: the sign-in was refused: {answer.refusal}", login_hint(name), code="SignInRefused"
        )
    return answer.code
