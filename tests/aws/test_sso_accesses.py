"""What one may use by single sign-on: hundreds of accounts, at AWS's pace, whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from awsactivate.aws.answers import NoAnswer, Refused, Unreadable
from awsactivate.aws.sso_accesses import REQUESTS_PER_SECOND, list_accesses
from awsactivate.aws.throughput import Throughput
from awsactivate.profiles.synced import Access

ROLES = ("Admin", "Billing", "Deploy", "ReadOnly", "Support")


class Aws:
    """A portal that gives so many accounts, a page at a time, and refuses as it is told."""

    def __init__(self, accounts: int, page: int = 100) -> None:
        self.accounts = [
            {"accountId": f"{number:012d}", "accountName": f"team {number}"} for number in range(accounts)
        ]
        self.roles: list[dict[str, Any]] = [{"roleName": name} for name in ROLES]
        self.page = page
        self.calls = 0
        self.refuse: dict[int, Exception] = {}
        self.lock = threading.Lock()

    def __call__(self, name: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer one request."""
        with self.lock:
            self.calls += 1
            if error := self.refuse.get(self.calls):
                raise error
        assert asked["accessToken"] == "token"
        assert asked["maxResults"] <= 100
        if name == "ListAccountRoles":
            return {"roleList": self.roles}
        start = int(asked.get("nextToken", 0))
        end = start + self.page
        more = {"nextToken": str(end)} if end < len(self.accounts) else {}
        return {"accountList": self.accounts[start:end], **more}


class Clock:
    """Time that goes by only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lock = threading.Lock()

    def __call__(self) -> float:
        """Tell it."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let it go by."""
        with self.lock:
            self.now += seconds


def asked(aws: Aws, seen: list[int] | None = None) -> tuple[list[Access], float]:
    """Ask for all; return what came, and how long it took."""
    clock = Clock()
    throughput = Throughput(REQUESTS_PER_SECOND, window=1.0, clock=clock, sleep=clock.sleep)
    progress = seen.append if seen is not None else lambda _: None
    return list_accesses(aws, "token", progress=progress, throughput=throughput, sleep=clock.sleep), clock.now


def test_three_hundred_accounts_of_five_roles_keep_the_pace() -> None:
    aws, seen = Aws(300), list[int]()
    found, seconds = asked(aws, seen)
    assert len(found) == 1500
    assert {one.key for one in found} == {
        (account["accountId"], role) for account in aws.accounts for role in ROLES
    }
    assert seen == list(range(1, 301))
    assert aws.calls == 303
    assert seconds >= 303 / REQUESTS_PER_SECOND - 1


def test_what_comes_is_in_the_same_order_each_time() -> None:
    assert asked(Aws(30))[0] == asked(Aws(30, page=7))[0]


@pytest.mark.parametrize(
    "refusal",
    [
        Refused("TooManyRequestsException", "slower", {}, 429),
        Refused("429", "slower", {}, 429),
        Refused("503", "", {}, 503),
        NoAnswer("closed"),
    ],
)
def test_a_request_that_came_too_soon_is_made_again(refusal: Exception) -> None:
    aws = Aws(10)
    aws.refuse = {1: refusal, 5: refusal}
    assert len(asked(aws)[0]) == 50


def test_what_lasts_comes_through_and_ends_the_asking() -> None:
    aws = Aws(200)
    aws.refuse = dict.fromkeys(range(5, 10_000), Refused("UnauthorizedException", "ended", {}, 401))
    with pytest.raises(Refused) as raised:
        asked(aws)
    assert raised.value.status == 401
    assert aws.calls < 25  # the others stop
    aws = Aws(3)
    aws.refuse = dict.fromkeys(range(1, 10_000), Refused("TooManyRequestsException", "slower", {}, 429))
    with pytest.raises(Refused):
        asked(aws)
    assert aws.calls == 6


@pytest.mark.parametrize("name", ["x\n[profile evil]", "", "a b", "$(id)", None])
def test_a_role_that_none_can_be_is_no_answer_of_aws(name: str | None) -> None:
    aws = Aws(2)
    aws.roles = [{"roleName": name}]
    with pytest.raises(Unreadable):
        asked(aws)
    aws = Aws(2)
    aws.accounts[1]["accountId"] = str(name)
    with pytest.raises(Unreadable):
        asked(aws)


def test_nobodys_accounts_are_an_empty_list() -> None:
    assert asked(Aws(0)) == ([], 0.0)
