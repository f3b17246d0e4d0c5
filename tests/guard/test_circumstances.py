"""The condition keys that the guard knows."""

from __future__ import annotations

from awsactivate.guard import circumstances


def test_what_is_known_of_a_call_and_nothing_else_is_told() -> None:
    told = circumstances.of_call(
        now=1777897815.4,
        region="eu-west-1",
        caller="arn:aws:sts::111122223333:assumed-role/deploy/alice",
        account_id="111122223333",
    )
    assert told == {
        "aws:currenttime": "2026-05-04T12:30:15Z",
        "aws:epochtime": "1777897815",
        "aws:requestedregion": "eu-west-1",
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "aws:principalaccount": "111122223333",
    }


def test_a_users_arn_is_the_principals() -> None:
    user = "arn:aws:iam::111122223333:user/alice"
    told = circumstances.of_call(now=0, region="eu-west-1", caller=user, account_id="")
    assert (told["aws:principalarn"], "aws:principalaccount" in told) == (user, False)
