"""Which session a command of `each` gets, however late its turn comes."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from awsactivate.commandline import Context
from awsactivate.commands import each
from awsactivate.errors import MfaError
from awsactivate.opening.many import Opened
from awsactivate.sessions.credentials import Credentials, Session


def session(seconds: float | None) -> Session:
    ends = None if seconds is None else datetime.fromtimestamp(time.time() + seconds, UTC)
    return Session("a", Credentials("ASIAKEY", "secret", "token", ends))


@pytest.mark.parametrize(
    ("first", "second", "is_second"),
    [(600, 3600, False), (None, 3600, False), (100, 3600, True), (-1, 3600, True), (100, 100, True)],
)
def test_one_that_is_about_to_end_is_opened_anew(first: float | None, second: float, is_second: bool) -> None:
    context = Context(environ={}, clock=time.time, program="", release_stdout=lambda: None)
    one, other = session(first), session(second)
    assert each._renew_if_late(Opened(one, lambda: other), context) is (other if is_second else one)


def test_none_starts_with_one_that_has_ended() -> None:
    """The user's own session is not opened anew: it needs a code."""
    context = Context(environ={}, clock=time.time, program="", release_stdout=lambda: None)
    one = session(-1)
    with pytest.raises(MfaError, match="the session ended before"):
        each._renew_if_late(Opened(one, lambda: one), context)
