"""The inline policies by which administrators deny, as values."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.account import policies
from awsactivate.revocation import inline_policy
from awsactivate.revocation.inline_policy import Denial, of_everyone, of_session, of_user

NOW = 1_795_425_300
ID = "AROAEXAMPLEROLEID0001:alice=k3v9q2m7xd"

ALL_KINDS = [of_session(ID, NOW), of_user("alice", NOW), of_user("a=b.c@d+e,f", NOW), of_everyone(NOW)]


@pytest.mark.parametrize("denial", ALL_KINDS, ids=lambda denial: denial.who)
def test_a_denial_is_read_back_from_its_policy(denial: Denial) -> None:
    assert inline_policy.parse(inline_policy.document(denial)) == denial


def test_what_the_console_writes_denies_everyone() -> None:
    written = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": ["*"],
                "Resource": ["*"],
                "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T08:35:00.000Z"}},
            }
        ],
    }
    assert inline_policy.parse(written) == of_everyone(1_795_422_900)
    assert inline_policy.is_ours("AWSRevokeOlderSessions")


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {}}},
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T08:35:00Z"}},
        },
        {"Effect": "Deny", "Condition": {"DateLessThan": {"aws:TokenIssueTime": "yesterday"}}},
    ],
)
def test_another_policy_is_left_to_whoever_wrote_it(statement: dict[str, Any]) -> None:
    assert inline_policy.parse({"Version": "2012-10-17", "Statement": statement}) is None


def test_a_policy_is_called_after_whom_it_denies() -> None:
    names = [inline_policy.policy_name(denial, {}) for denial in ALL_KINDS]
    prefix = policies.REVOKED_PREFIX
    whom = ("alice=k3v9q2m7xd", "alice", "a=b.c@d+e,f", "everyone")
    assert names == [f"{prefix}{who}" for who in whom]


def test_a_user_called_everyone_does_not_replace_the_denial_of_everyone() -> None:
    others: dict[str, Denial | None] = {"awsactivate-revoked-everyone": of_everyone(NOW)}
    assert inline_policy.policy_name(of_user("everyone", NOW), others) == "awsactivate-revoked-everyone+user"
    assert inline_policy.policy_name(of_everyone(NOW + 9), others) == "awsactivate-revoked-everyone"


def test_a_policy_of_somebody_else_is_not_replaced_either() -> None:
    others: dict[str, Denial | None] = {
        "awsactivate-revoked-alice": None,
        "awsactivate-revoked-alice+user": None,
    }
    assert inline_policy.policy_name(of_user("alice", NOW), others) == f"awsactivate-revoked-alice+{NOW}"


def test_the_longest_names_fit_iams_128_characters() -> None:
    name = f"AROAEXAMPLEROLEID0001:{'u' * 64}"
    others: dict[str, Denial | None] = {f"awsactivate-revoked-{'u' * 64}": None}
    assert len(inline_policy.policy_name(of_session(name, NOW), others)) <= 128


def test_a_denial_is_over_when_no_session_from_before_can_live() -> None:
    denial = of_everyone(NOW)
    assert [denial.is_over(NOW + after, 3600) for after in (0, 3900, 3901)] == [False, False, True]
