"""A team grows and shrinks: `bootstrap user add` and `remove`, and what they leave of each person."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsactivate.account import policies
from awsactivate.demo.aws import MfaDevice, User
from awsactivate.revocation import inline_policy
from awsactivate.sessions.credentials import Credentials
from harness.desks import Desk

ADMIN = ("--profile", "admin", "--yes")


def iam_of(desk: Desk) -> Any:
    return desk.aws.client("iam", desk.aws.account(desk.account))


def members(desk: Desk) -> list[str]:
    return sorted(user["UserName"] for user in iam_of(desk).get_group(GroupName="terraform")["Users"])


def statement_users(desk: Desk) -> list[str]:
    """Name the users whose tags the role's policy heeds, which must be all that it says."""
    document = iam_of(desk).get_role_policy(RoleName="terraform", PolicyName=policies.REVOCATION_POLICY_NAME)[
        "PolicyDocument"
    ]
    arn = f"arn:aws:iam::{desk.account}:role/terraform"
    users = [
        next(key for key in s["Condition"]["StringNotLike"]).rpartition("awsactivate-revoked-")[2]
        for s in document["Statement"]
        if s["Sid"].startswith("Revoked")
    ]
    assert document == policies.revocation_policy(arn, users)
    return users


def tags(desk: Desk) -> dict[str, str]:
    found = iam_of(desk).list_role_tags(RoleName="terraform")["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found if tag["Key"].startswith("awsactivate-revoked-")}


def profiles(desk: Desk, user: str) -> str:
    """Write what is said of a user's role and profiles."""
    arn = f"arn:aws:iam::{desk.account}:role/terraform"
    return (
        f"\n# {user} assumes {arn}, by group terraform\n[profile {user}]\nregion = eu-west-1\n"
        f"\n[profile terraform]\nrole_arn = {arn}\nsource_profile = {user}\nregion = eu-west-1\n"
        "revocable = true\n"
    )


def inline_policies(desk: Desk) -> list[str]:
    return list(iam_of(desk).list_role_policies(RoleName="terraform")["PolicyNames"])


def session(desk: Desk, user: User, device: MfaDevice, nonce: str = "0000000000") -> Credentials:
    answer = desk.aws.client("sts", user.credentials).assume_role(
        RoleArn=f"arn:aws:iam::{desk.account}:role/terraform",
        RoleSessionName=f"{user.name}={nonce}",
        SerialNumber=device.serial,
        TokenCode=device.code(),
    )["Credentials"]
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


def refusal(desk: Desk, credentials: Credentials) -> str | None:
    """Say why AWS denies everything to a session; None where it does not."""
    try:
        desk.aws.client("s3", credentials).list_buckets()
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    return None


@pytest.fixture
def team(desk: Desk) -> Desk:
    """Give an account made for alice and bob."""
    users = ("--user", "alice", "--user", "bob")
    done = desk.run("bootstrap", "apply", *users, "--max-session", "2h", "--revoke-without-mfa", *ADMIN)
    assert done.status == 0, done.err
    return desk


def with_device(desk: Desk, name: str) -> tuple[User, MfaDevice]:
    key = iam_of(desk).create_access_key(UserName=name)["AccessKey"]
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    user = User(name, f"arn:aws:iam::{desk.account}:user/{name}", desk.account, credentials)
    return user, desk.aws.mfa_device(user)


class TestAdding:
    def test_the_role_heeds_one_tag_more_and_all_else_stays(self, team: Desk) -> None:
        iam = iam_of(team)
        value = "-AROAEXAMPLE:alice=k3v9q2m7xd/"
        iam.tag_role(RoleName="terraform", Tags=[{"Key": "awsactivate-revoked-alice", "Value": value}])
        group = iam.get_group_policy(GroupName="terraform", PolicyName="awsactivate")["PolicyDocument"]
        done = team.run("bootstrap", "user", "add", "aaron", *ADMIN)
        assert (done.status, done.out) == (
            0,
            f"account {team.account} is as described: 1 created, 1 changed, 0 unchanged\n"
            f"{profiles(team, 'aaron')}",
        )
        assert members(team) == ["aaron", "alice", "bob"]
        assert statement_users(team) == ["aaron", "alice", "bob"]
        assert tags(team) == {
            "awsactivate-revoked-aaron": "",
            "awsactivate-revoked-alice": value,
            "awsactivate-revoked-bob": "",
        }
        assert iam.get_role(RoleName="terraform")["Role"]["MaxSessionDuration"] == 7200
        after = iam.get_group_policy(GroupName="terraform", PolicyName="awsactivate")["PolicyDocument"]
        assert after == group

    def test_who_is_a_member_already_is_left_in_peace(self, team: Desk) -> None:
        done = team.run("bootstrap", "user", "add", "alice", "--profile", "admin")
        assert (done.status, done.out, done.err) == (
            0,
            f"account {team.account} is as described: 0 created, 0 changed, 2 unchanged\n"
            f"{profiles(team, 'alice')}",
            "",
        )

    def test_an_account_that_is_not_set_up_has_no_team(self, desk: Desk) -> None:
        done = desk.run("bootstrap", "user", "add", "alice", *ADMIN)
        assert (done.status, done.said) == (
            6,
            [
                f"error: role terraform is not set up in account {desk.account}",
                "hint: awsactivate bootstrap apply",
            ],
        )

    @pytest.mark.long
    def test_the_last_few_places_are_said_before_they_are_gone(self, desk: Desk) -> None:
        users = [f"user{number:02}" for number in range(28)]
        flags = [word for user in users for word in ("--user", user)]
        assert desk.run("bootstrap", "apply", *flags, *ADMIN).status == 0
        said = [
            desk.run("bootstrap", "user", "add", f"user{number}", *ADMIN).said[-1] for number in range(28, 33)
        ]
        limits = (
            "(10,240 characters of inline policies, 49 tags);"
            " whom it has no room for gets another of its kind"
        )
        assert said == [
            f"role terraform has room for {room} more user{'' if room == 1 else 's'} {limits}"
            for room in (4, 3, 2, 1, 0)
        ]
        # nobody is locked in by a role that is full
        for number in (5, 6):
            left = desk.run("bootstrap", "user", "remove", f"user{number:02}", *ADMIN)
            assert left.status == 0, left.err
        assert len(members(desk)) == 31


class TestRemoving:
    def test_nothing_that_the_user_holds_works_any_more(self, team: Desk) -> None:
        alice, phone = with_device(team, "alice")
        bob, bobs_phone = with_device(team, "bob")
        hers, his = session(team, alice, phone), session(team, bob, bobs_phone)
        assert (refusal(team, hers), refusal(team, his)) == (None, None)
        done = team.run("bootstrap", "user", "remove", "alice", *ADMIN)
        assert (done.status, done.out) == (0, "alice has left group terraform\n")
        assert done.said == [
            "denied all sessions of alice",
            f"made access key {alice.credentials.access_key_id} inactive",
            "took alice out of group terraform",
            f"deleted MFA device {phone.serial}",
            "took alice out of AWS::IAM::Role/terraform",
        ]
        assert "explicit deny" in (refusal(team, hers) or "")
        assert refusal(team, his) is None
        iam = iam_of(team)
        (key,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
        assert key["Status"] == "Inactive"
        assert iam.list_mfa_devices(UserName="alice")["MFADevices"] == []
        assert [d["SerialNumber"] for d in iam.list_virtual_mfa_devices()["VirtualMFADevices"]] == [
            bobs_phone.serial
        ]
        assert members(team) == ["bob"]
        assert statement_users(team) == ["bob"]
        assert tags(team) == {"awsactivate-revoked-bob": ""}
        assert sorted(inline_policies(team)) == ["awsactivate-revocation", "awsactivate-revoked-alice"]

    def test_a_session_that_starts_while_the_user_is_removed_ends_too(self, team: Desk) -> None:
        """The first Deny cannot know of it; the one after the key is inactive reaches a minute ahead."""
        before = time.time()
        with_device(team, "alice")
        assert team.run("bootstrap", "user", "remove", "alice", *ADMIN).status == 0
        document = iam_of(team).get_role_policy(RoleName="terraform", PolicyName="awsactivate-revoked-alice")[
            "PolicyDocument"
        ]
        denial = inline_policy.parse(document)
        assert denial is not None
        assert (denial.kind, denial.who) == ("user", "alice")
        # the answers' Date, by which AWS's clock is told, is cut to its second
        assert before + 59 <= denial.before <= time.time() + 62

    def test_the_instant_is_told_by_the_clock_of_aws(self, team: Desk) -> None:
        team.aws.clock.advance(240)
        assert team.run("bootstrap", "user", "remove", "alice", *ADMIN).status == 0
        document = iam_of(team).get_role_policy(RoleName="terraform", PolicyName="awsactivate-revoked-alice")[
            "PolicyDocument"
        ]
        denial = inline_policy.parse(document)
        assert denial is not None
        assert denial.before >= time.time() + 290

    def test_with_delete_the_user_is_gone(self, team: Desk) -> None:
        with_device(team, "alice")
        done = team.run("bootstrap", "user", "remove", "alice", "--delete", *ADMIN)
        assert (done.status, done.said[-1]) == (0, "deleted AWS::IAM::User/alice")
        names = [user["UserName"] for user in iam_of(team).list_users()["Users"]]
        assert names == ["administrator", "bob"]

    def test_a_second_time_finds_it_done_and_can_still_delete(self, team: Desk) -> None:
        with_device(team, "alice")
        assert team.run("bootstrap", "user", "remove", "alice", *ADMIN).status == 0
        done = team.run("bootstrap", "user", "remove", "alice", "--delete", *ADMIN)
        assert (done.status, done.said[-1]) == (0, "deleted AWS::IAM::User/alice")

    @pytest.mark.parametrize("name", ["administrator", "nobody"])
    def test_who_never_was_a_member_is_not_touched(self, team: Desk, name: str) -> None:
        before = len(team.aws.requests)
        done = team.run("bootstrap", "user", "remove", name, "--delete", *ADMIN)
        assert (done.status, done.said) == (
            3,
            [f"error: {name!r} is not in group terraform, which has alice, bob"],
        )
        asked = [request.operation for request in team.aws.requests[before:]]
        assert [operation for operation in asked if not operation.startswith(("Get", "List"))] == []

    def test_it_asks_first(self, team: Desk) -> None:
        done = team.run("bootstrap", "user", "remove", "alice", "--profile", "admin")
        assert (done.status, done.said[-1]) == (2, "hint: add --yes")
        assert members(team) == ["alice", "bob"]

    def test_who_comes_back_has_the_old_sessions_denied_still(self, team: Desk) -> None:
        alice, phone = with_device(team, "alice")
        hers = session(team, alice, phone)
        assert team.run("bootstrap", "user", "remove", "alice", *ADMIN).status == 0
        assert team.run("bootstrap", "user", "add", "alice", *ADMIN).status == 0
        assert members(team) == ["alice", "bob"]
        assert tags(team) == {"awsactivate-revoked-alice": "", "awsactivate-revoked-bob": ""}
        assert "explicit deny" in (refusal(team, hers) or "")

    def test_a_missing_permission_tells_how_far_it_came(self, team: Desk) -> None:
        alice, phone = with_device(team, "alice")
        deny = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "iam:DeactivateMFADevice", "Resource": "*"}],
        }
        iam = iam_of(team)
        iam.put_user_policy(UserName="administrator", PolicyName="less", PolicyDocument=json.dumps(deny))
        refused = team.run("bootstrap", "user", "remove", "alice", *ADMIN)
        assert (refused.status, refused.said[-1]) == (
            6,
            "hint: allow iam:DeactivateMFADevice, then run this again",
        )
        assert refused.said[-2].endswith(
            "done so far: denied all sessions of alice, made access key"
            f" {alice.credentials.access_key_id} inactive, took alice out of group terraform,"
            " AWS::IAM::User/alice in part"
        )
        iam.delete_user_policy(UserName="administrator", PolicyName="less")
        done = team.run("bootstrap", "user", "remove", "alice", *ADMIN)
        assert done.status == 0, done.err
        assert f"deleted MFA device {phone.serial}" in done.said
