"""Writing a revocation takes MFA: by default, on accounts of before, and unless somebody chose otherwise."""

from __future__ import annotations

import json
from typing import Any

from awsactivate.account import policies
from harness.desks import Desk

ADMIN = ("--profile", "admin", "--yes")
WORDS = "revoking needs no MFA here: a thief of an access key who has a copy of its user's session as well"


def iam_of(desk: Desk) -> Any:
    return desk.aws.client("iam", desk.aws.account(desk.account))


def group_policy(desk: Desk) -> dict[str, Any]:
    answer = iam_of(desk).get_group_policy(GroupName="terraform", PolicyName="awsactivate")
    found: dict[str, Any] = answer["PolicyDocument"]
    return found


def wanted(desk: Desk, **choice: bool) -> dict[str, Any]:
    return policies.group_policy(f"arn:aws:iam::{desk.account}:role/terraform", **choice)


def test_a_plain_apply_brings_an_account_of_before_up_to_it(desk: Desk) -> None:
    assert desk.run("bootstrap", "apply", "--user", "alice", *ADMIN).status == 0
    assert group_policy(desk) == wanted(desk)
    before = wanted(desk, revoke_without_mfa=True)
    before["Statement"] = [one for one in before["Statement"] if one["Sid"] != "NarrowOwnSessions"]
    iam_of(desk).put_group_policy(
        GroupName="terraform", PolicyName="awsactivate", PolicyDocument=json.dumps(before)
    )
    checked = json.loads(desk.run("verify", "--json", "--profile", "admin").out)["checks"]
    found = {check["check"]: check["ok"] for check in checked}
    assert found["AWS::IAM::Group/terraform Policies"] is False
    assert found["writing a revocation without MFA"] is None
    done = desk.run("bootstrap", "apply", "--revoke-needs-mfa", *ADMIN)
    assert (done.status, "1 changed" in done.out) == (0, True), done.err
    assert group_policy(desk) == wanted(desk)


def test_the_choice_of_no_mfa_is_said_and_kept_until_its_tag_is_taken_away(desk: Desk) -> None:
    chosen = ("--user", "alice", "--revoke-without-mfa")
    assert WORDS in desk.run("bootstrap", "plan", *chosen, "--profile", "admin").out
    done = desk.run("bootstrap", "apply", *chosen, *ADMIN)
    assert done.status == 0
    assert WORDS in done.err
    for words in ((), ("--revoke-needs-mfa",)):
        again = desk.run("bootstrap", "apply", *words, *ADMIN)
        assert (again.status, "0 created, 0 changed" in again.out) == (0, True), again.err
        assert group_policy(desk) == wanted(desk, revoke_without_mfa=True)
    iam_of(desk).untag_role(RoleName="terraform", TagKeys=[policies.REVOKE_WITHOUT_MFA_TAG])
    assert desk.run("bootstrap", "apply", *ADMIN).status == 0
    assert group_policy(desk) == wanted(desk)
