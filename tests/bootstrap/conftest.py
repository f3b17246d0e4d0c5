"""An empty account for each test."""

from __future__ import annotations

import pytest

from awsactivate.demo.aws import EmbeddedAws
from bootstrap.accounts import Account


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
