"""When `exec --serve` begins another session, and what it gives out meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from awsactivate.errors import AwsactivateError, UnreachableError
from awsactivate.running.renewed import Renewed
from awsactivate.sessions.credentials import Credentials

START = 1_795_425_300.0


def lasting(until: float | None, name: str = "ASIA0") -> Credentials:
    """Make credentials that end at `until`."""
    ends = None if until is None else datetime.fromtimestamp(until, UTC)
    return Credentials(name, "secret", "token", ends)


@dataclass
class World:
    """A clock, and the sessions that can be begun."""

    now: float = START
    begun: int = 0
    lifetime: float = 3600
    failure: AwsactivateError | None = None
    said: list[str] = field(default_factory=list)

    def begin(self) -> Credentials:
        """Begin the next session."""
        self.begun += 1
        if self.failure:
            raise self.failure
        return lasting(self.now + self.lifetime, f"ASIA{self.begun}")

    def renewed(self, first: Credentials) -> Renewed:
        """Make what is tried, with `first` in it."""
        return Renewed(first, self.begin, clock=lambda: self.now, say=self.said.append)


def settled(renewed: Renewed) -> Credentials:
    """Ask once, wait until what goes on beside it has ended, and ask again."""
    renewed.current()
    with renewed._lock:
        pass
    return renewed.current()


@pytest.mark.parametrize(
    ("lifetime", "after", "begun"),
    [(3600, 2399, 0), (3600, 2400, 1), (900, 449, 0), (900, 450, 1), (None, 10**7, 0), (3600, 5000, 1)],
)
def test_another_begins_when_20_minutes_or_half_the_time_are_left(
    lifetime: float | None, after: float, begun: int
) -> None:
    world = World()
    renewed = world.renewed(lasting(None if lifetime is None else START + lifetime))
    world.now += after
    assert settled(renewed).access_key_id == f"ASIA{begun}"
    assert settled(renewed).access_key_id == f"ASIA{begun}"
    assert world.begun == begun


def test_a_failure_is_told_once_and_tried_again_after_a_pause() -> None:
    world = World(failure=UnreachableError("AWS could not be reached"))
    renewed = world.renewed(lasting(START + 3600))
    for _ in range(3):
        world.now = max(world.now, START + 2400)
        assert settled(renewed).access_key_id == "ASIA0"
    assert world.begun == 1
    world.now += 31
    assert settled(renewed).access_key_id == "ASIA0"
    assert (world.begun, world.said) == (
        2,
        ["the session of the command can't be renewed: AWS could not be reached"],
    )
    world.failure = None
    world.now += 31
    assert settled(renewed).access_key_id == "ASIA3"


def test_what_has_ended_is_never_given_out() -> None:
    world = World(failure=UnreachableError("AWS could not be reached"))
    renewed = world.renewed(lasting(START + 900))
    world.now += 901
    for _ in range(2):
        with pytest.raises(UnreachableError, match="AWS could not be reached"):
            renewed.current()


def test_nobody_waits_for_a_renewal_while_the_present_session_lasts() -> None:
    world = World()
    renewed = world.renewed(lasting(START + 3600))
    world.now += 3000
    entered, go = threading.Event(), threading.Event()

    def slow() -> Credentials:
        entered.set()
        go.wait(10)
        return lasting(world.now + 3600, "ASIA1")

    renewed._begin = slow  # the one that takes its time
    assert renewed.current().access_key_id == "ASIA0"  # the first to ask does not wait either
    assert entered.wait(10)
    assert renewed.current().access_key_id == "ASIA0"
    go.set()
    assert settled(renewed).access_key_id == "ASIA1"


def test_all_wait_for_the_one_renewal_once_the_session_has_ended() -> None:
    world = World()
    renewed = world.renewed(lasting(START + 900))
    world.now += 1000
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(renewed.current().access_key_id)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, world.begun) == (["ASIA1"] * 20, 1)
