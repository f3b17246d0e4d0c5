"""The throw-away user of `verify --probe`: what it is refused, outside the group and in it."""

from __future__ import annotations

from typing import Any

import pytest

from account.accounts import Account
from awsactivate.account import policies
from awsactivate.account.checks import Check
from awsactivate.aws import attempts, outsider
from awsactivate.demo.aws import EmbeddedAws


def tried(aws: EmbeddedAws, account: str, **choice: Any) -> tuple[list[Check], list[str]]:
    """Go through `verify --probe`'s trials; return the checks, and whom the account has afterwards."""
    admin = aws.account(account)
    made = Account(account, aws.endpoint_url, admin, pause=lambda _seconds: None)
    made.apply(users=("alice",), **choice)
    access = made.access(users=("alice",))
    settings = access.settings
    key = policies.revoked_tag(outsider.NAME)
    with outsider.outsider(
        access, lambda keys: aws.client("sts", keys), aws.clock.now, aws.clock.advance
    ) as stranger:
        checks = [attempts.try_outsider(stranger.sts, settings.role_arn, f"{outsider.NAME}=0123456789")]
        iam = aws.client("iam", stranger.keys)
        checks.append(attempts.try_tag_without_mfa(iam, settings.role_name, key, [None, None]))
        outsider.let_in(access)
        checks.append(attempts.try_tag_without_mfa(iam, settings.role_name, key, [None, None]))
    users = aws.client("iam", admin).list_users()["Users"]
    return checks, sorted(user["UserName"] for user in users)


@pytest.mark.parametrize(("choice", "is_refused"), [({}, True), ({"revoke_without_mfa": True}, False)])
def test_a_members_bare_key_is_tried_where_a_refusal_proves_something(
    embedded_aws: EmbeddedAws, account: str, choice: dict[str, bool], is_refused: bool
) -> None:
    (stranger, untried, member), users = tried(embedded_aws, account, **choice)
    assert (stranger.check, stranger.ok) == (attempts.OUTSIDER, True)
    # of a stranger nothing is proved: whatever the group's policy says, IAM refuses
    assert (untried.check, untried.ok) == (attempts.TAG_WITHOUT_MFA, None)
    assert untried.is_ == "not tried: a member may not even read the role's tags (refused)"
    assert (member.check, member.ok) == (attempts.TAG_WITHOUT_MFA, is_refused)
    assert outsider.NAME not in users
