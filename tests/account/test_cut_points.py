"""Killed after any call, then run again: the same account in the end.

A call that only reads leaves the account as it was, so the sample of every run is all calls that write; the
profile `full` kills after each of the others, too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from account.accounts import Account, Killed
from awsactivate.aws import take_down, team
from awsactivate.demo.aws import EmbeddedAws

CHOSEN = {"users": ("alice",), "lock": "both"}
READING = ("Get", "List", "Head", "Describe")
EVERY_CALL = os.environ.get("HYPOTHESIS_PROFILE") == "full"

pytestmark = pytest.mark.long

NewAccount = Callable[[], Account]


@pytest.fixture
def new_account(embedded_aws: EmbeddedAws, account: str) -> NewAccount:
    numbers = iter(range(1, 1000))

    def new() -> Account:
        account_id = str(int(account) + 100_000 * next(numbers))
        keys = embedded_aws.account(account_id)
        return Account(account_id, embedded_aws.endpoint_url, keys, pause=lambda _: None)

    return new


class Killer:
    """Counts the calls, and kills after one of them."""

    def __init__(self, at: int | None = None) -> None:
        self.calls: list[str] = []
        self.at = at

    def __call__(self, operation: str) -> None:
        if EVERY_CALL or not operation.startswith(READING):
            self.calls.append(operation)
            if len(self.calls) - 1 == self.at:
                raise Killed


def kill_everywhere(
    do: Callable[[Account, Killer], None], prepare: NewAccount, end: Callable[[Account], str]
) -> int:
    """Do it once undisturbed, then once for each call after which it is killed; return how many those are."""
    undisturbed = prepare()
    counter = Killer()
    do(undisturbed, counter)
    wanted = end(undisturbed)
    for at, operation in enumerate(counter.calls):
        account = prepare()
        with pytest.raises(Killed):
            do(account, Killer(at))
        do(account, Killer())
        assert end(account) == wanted, f"killed after call {at}, {operation}"
    return len(counter.calls)


def test_apply_goes_on_after_each_call(new_account: NewAccount) -> None:
    calls = kill_everywhere(
        lambda account, killer: account.apply(after_call=killer, **CHOSEN),
        new_account,
        lambda account: account.snapshot(**CHOSEN),
    )
    assert calls >= 25


def test_destroy_goes_on_after_each_call(new_account: NewAccount) -> None:
    def prepare() -> Account:
        account = new_account()
        account.apply(**CHOSEN)
        return account

    def destroy(account: Account, killer: Killer) -> None:
        access = account.access(after_call=killer, **CHOSEN)
        take_down.take_down(access, take_down.plan(access), lambda _: None)

    calls = kill_everywhere(destroy, prepare, lambda account: account.snapshot(**CHOSEN))
    assert calls >= 15


def test_a_user_leaves_after_each_call(new_account: NewAccount) -> None:
    def prepare() -> Account:
        account = new_account()
        account.apply(**CHOSEN)
        iam = account.access().client("iam")
        iam.create_access_key(UserName="alice")
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
        _enable(iam, device)
        return account

    def leave(account: Account, killer: Killer) -> None:
        access = account.access(after_call=killer, lock="both")
        team.leave(access, "alice", time.time, delete=True, say=lambda _: None)

    def end(account: Account) -> str:
        iam = account.access().client("iam")
        return repr(
            [
                account.snapshot(**CHOSEN),
                iam.list_role_policies(RoleName="terraform")["PolicyNames"],
                len(iam.list_virtual_mfa_devices()["VirtualMFADevices"]),
            ]
        )

    calls = kill_everywhere(leave, prepare, end)
    assert calls >= 8


def _enable(iam: object, device: dict[str, bytes]) -> None:
    from awsactivate.mfa import totp

    seed = device["Base32StringSeed"].decode()
    now = time.time()
    iam.enable_mfa_device(  # type: ignore[attr-defined]
        UserName="alice",
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1=totp.code(seed, now - 30),
        AuthenticationCode2=totp.code(seed, now),
    )
