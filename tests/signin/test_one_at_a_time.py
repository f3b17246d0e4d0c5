"""One process at a time gets a token of a sign-in."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from awsactivate.signin.key import Key
from awsactivate.signin.one_at_a_time import SignInGoesOnError, alone

CORP = Key("sso", "corp")


def test_two_at_once_go_one_after_the_other(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    order, entered, release = list[str](), threading.Event(), threading.Event()

    def first() -> None:
        with alone(CORP, environ, lambda: order.append("never")):
            order.append("first")
            entered.set()
            release.wait(30)
            order.append("first ends")

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(30)

    def waits() -> None:
        order.append("second waits")
        release.set()

    with alone(CORP, environ, waits):
        order.append("second")
    thread.join()
    assert order == ["first", "second waits", "first ends", "second"]
    with alone(CORP, environ, lambda: None), pytest.raises(SignInGoesOnError, match="signs in to corp now"):
        alone(CORP, environ, lambda: None, seconds=0).__enter__()
    with alone(Key("sso", "other"), environ, lambda: order.append("never")):
        pass
    assert "never" not in order
