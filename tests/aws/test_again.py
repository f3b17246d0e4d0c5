"""A call goes out again as often as there are pauses, and only for what is worth it."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.aws import again, iam, parameters, revocation, sts
from awsactivate.aws.answers import NoAnswer, Refused, Unreadable

THROTTLED = Refused("Throttling", "", {}, 400)
DENIED = Refused("AccessDenied", "", {}, 403)
DOWN = Refused("InternalFailure", "", {}, 503)
BUSY = Refused("ConcurrentModification", "", {}, 409)
UNSENT = NoAnswer("", was_never_sent=True)
SILENT = NoAnswer("")
HOTEL = Unreadable("")
ALL = {"throttled": THROTTLED, "denied": DENIED, "down": DOWN, "busy": BUSY} | {
    "unsent": UNSENT,
    "silent": SILENT,
    "hotel": HOTEL,
}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Sleep for no time, and tell how long it would have been."""
    slept: list[float] = []
    monkeypatch.setattr("awsactivate.aws.again.time.sleep", slept.append)
    return slept


@pytest.mark.parametrize("failures", range(4))
def test_it_goes_out_again_after_each_pause(failures: int, slept: list[float]) -> None:
    ends: list[Any] = [*[THROTTLED] * failures, "done"]

    def once() -> str:
        if isinstance(end := ends.pop(0), Exception):
            raise end
        return str(end)

    assert again.call(once, iter((1.0, 2.0, 4.0)), lambda error: error is THROTTLED) == "done"
    assert slept == [1.0, 2.0, 4.0][:failures]


@pytest.mark.parametrize(("error", "pauses"), [(THROTTLED, [1.0, 2.0]), (DENIED, [])])
def test_at_the_end_the_last_error_is_raised(error: Refused, pauses: list[float], slept: list[float]) -> None:
    def once() -> None:
        raise error

    with pytest.raises(Refused) as raised:
        again.call(once, (1.0, 2.0), lambda error: error is THROTTLED)
    assert (raised.value, slept) == (error, pauses)


@pytest.mark.parametrize(
    ("is_worth_it", "worth"),
    [
        # what may have brought a code to AWS goes out once
        (sts._was_not_looked_at, {"throttled", "unsent"}),
        (iam._is_throttled, {"throttled"}),
        (parameters._may_pass, {"throttled", "down", "unsent", "silent"}),
        (revocation._is_busy, {"throttled", "busy"}),
    ],
    ids=["STS", "IAM", "Parameter Store", "lists of revoked sessions"],
)
def test_what_is_worth_it_is_each_callers_to_say(is_worth_it: Any, worth: set[str]) -> None:
    assert {name for name, error in ALL.items() if is_worth_it(error)} == worth


def test_nobody_draws_a_pause_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "random", None)  # to load it takes longer than to call
    assert again.call(lambda: "done", parameters._pauses(), parameters._may_pass) == "done"
