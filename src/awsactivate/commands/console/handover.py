"""The console's URL handed to the browser, in no process's arguments."""

from __future__ import annotations

from collections.abc import Callable

from awsactivate.errors import AwsactivateError
from awsactivate.signin.one_window import OneWindow

_SECONDS = 60.0  # within which a browser starts
_PRINT = "awsactivate console --print"


def hand_over(url: str, open_browser: Callable[[str], bool], *, seconds: float = _SECONDS) -> None:
    """Open the browser at `url`, and return when it has been sent there."""
    with OneWindow(url) as window:
        if not open_browser(window.address):
            raise AwsactivateError("there is no browser to open", _PRINT)
        if not window.wait(seconds):
            raise AwsactivateError(f"no browser came for the page in {seconds:g} s", _PRINT)
