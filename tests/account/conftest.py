"""An empty account for each test, and the machine of its administrator."""

from __future__ import annotations

from pathlib import Path

import pytest

from account.accounts import Account
from account.machines import new_desk
from awsactivate.demo.aws import EmbeddedAws
from harness.desks import Desk, Zygote


@pytest.fixture
def empty(embedded_aws: EmbeddedAws, account: str) -> Account:
    """Give an account of the embedded AWS with nothing in it but an administrator."""
    return Account(
        account, embedded_aws.endpoint_url, embedded_aws.account(account), pause=lambda _seconds: None
    )


@pytest.fixture
def secured(empty: Account) -> Account:
    """Give an account that was bootstrapped for alice and bob, with both kinds of lock."""
    empty.apply(users=("alice", "bob"), lock="both")
    return empty


@pytest.fixture
def desk(embedded_aws: EmbeddedAws, account: str, tmp_path: Path, zygote: Zygote) -> Desk:
    """Give the machine of an administrator whose account has nothing in it."""
    return new_desk(embedded_aws, account, tmp_path, zygote)
