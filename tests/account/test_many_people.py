"""More people than one role has room for: several roles, set up, changed and taken down as one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from account.accounts import Account
from awsactivate.account import policies
from awsactivate.aws import secure_account, take_down
from awsactivate.demo.aws import User
from awsactivate.sessions.credentials import Credentials
from harness.desks import Desk

ADMIN = ("--profile", "admin", "--yes")
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
# so much that a role has room for alice and bob, and for no third
FILLER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::bucket/{'a' * 507}{number}"}
        for number in range(15)
    ],
}


def iam_of(desk: Desk) -> Any:
    return desk.aws.client("iam", desk.aws.account(desk.account))


def members(desk: Desk, group: str) -> list[str]:
    return sorted(user["UserName"] for user in iam_of(desk).get_group(GroupName=group)["Users"])


def role_arn(desk: Desk, name: str = "terraform") -> str:
    return f"arn:aws:iam::{desk.account}:role/{name}"


def credentials(answer: Mapping[str, Any]) -> Credentials:
    found = answer["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Give an account whose role has room for alice and bob alone."""
    done = desk.run("bootstrap", "apply", "--user", "alice", "--user", "bob", *ADMIN)
    assert done.status == 0, done.err
    filler = json.dumps(FILLER)
    iam_of(desk).put_role_policy(RoleName="terraform", PolicyName="filler", PolicyDocument=filler)
    return desk


@pytest.fixture
def sharded(full: Desk) -> Desk:
    """Give the same account with carol, who needed a role more."""
    done = full.run("bootstrap", "user", "add", "carol", *ADMIN)
    assert done.status == 0, done.err
    assert f"# carol assumes {role_arn(full, 'terraform-2')}, by group terraform-2\n" in done.out
    return full


def test_one_more_joins_a_role_more_which_all_else_knows(sharded: Desk) -> None:
    iam = iam_of(sharded)
    assert members(sharded, "terraform") == ["alice", "bob"]
    assert members(sharded, "terraform-2") == ["carol"]
    group = iam.get_group_policy(GroupName="terraform-2", PolicyName="awsactivate")["PolicyDocument"]
    assert group == policies.group_policy(role_arn(sharded, "terraform-2"))
    planned = sharded.run("bootstrap", "plan", "--profile", "admin")
    assert "0 to create, 0 to change, 11 unchanged, 0 in conflict" in planned.out, planned.out
    checked = sharded.run("verify", "--profile", "admin")
    assert checked.status == 0, checked.out
    assert "✓ AWS::IAM::Role/terraform-2 AssumeRolePolicyDocument: as described\n" in checked.out
    assert "AssumeRole without MFA: terraform-2" in checked.out


def test_who_is_shown_has_the_role_and_the_profiles_of_ones_own(sharded: Desk) -> None:
    shown = sharded.run("bootstrap", "user", "show", "carol", "--profile", "admin")
    assert (shown.status, shown.out) == (
        0,
        f"# carol assumes {role_arn(sharded, 'terraform-2')}, by group terraform-2\n"
        "[profile carol]\nregion = eu-west-1\n\n"
        f"[profile terraform]\nrole_arn = {role_arn(sharded, 'terraform-2')}\nsource_profile = carol\n"
        "region = eu-west-1\nrevocable = true\n",
    )
    as_json = json.loads(
        sharded.run("bootstrap", "user", "show", "alice", "--json", "--profile", "admin").out
    )
    assert (as_json["role_arn"], as_json["group"]) == (role_arn(sharded), "terraform")
    assert as_json["profiles"]["terraform"]["source_profile"] == "alice"
    nobody = sharded.run("bootstrap", "user", "show", "zoe", "--profile", "admin")
    assert (nobody.status, nobody.said) == (
        3,
        ["error: 'zoe' is not in group terraform, terraform-2, which has alice, bob, carol"],
    )


def test_who_has_a_role_more_begins_and_revokes_sessions_of_that_one_alone(sharded: Desk) -> None:
    key = iam_of(sharded).create_access_key(UserName="carol")["AccessKey"]
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    device = sharded.aws.mfa_device(
        User("carol", f"arn:aws:iam::{sharded.account}:user/carol", sharded.account, keys)
    )
    sts = sharded.aws.client("sts", keys)
    with_mfa = credentials(sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code()))
    sts, iam = (sharded.aws.client(service, with_mfa) for service in ("sts", "iam"))
    name = "carol=0000000000"
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=role_arn(sharded), RoleSessionName=name)
    begun = sts.assume_role(RoleArn=role_arn(sharded, "terraform-2"), RoleSessionName=name)
    s3 = sharded.aws.client("s3", credentials(begun))
    s3.list_buckets()
    entry = f"-{begun['AssumedRoleUser']['AssumedRoleId']}/"
    tag = {"Key": policies.revoked_tag("carol"), "Value": entry}
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.tag_role(RoleName="terraform", Tags=[tag])
    iam.tag_role(RoleName="terraform-2", Tags=[tag])
    with pytest.raises(ClientError, match="explicit deny"):
        s3.list_buckets()


def test_who_leaves_leaves_the_role_of_ones_own(sharded: Desk) -> None:
    done = sharded.run("bootstrap", "user", "remove", "carol", "--delete", *ADMIN)
    assert (done.status, done.out) == (0, "carol has left group terraform-2\n"), done.err
    iam = iam_of(sharded)
    assert members(sharded, "terraform-2") == []
    tags = {tag["Key"] for tag in iam.list_role_tags(RoleName="terraform-2")["Tags"]}
    assert tags == {"managed-by", policies.SHARD_TAG}
    assert "awsactivate-revoked-carol" in iam.list_role_policies(RoleName="terraform-2")["PolicyNames"]
    assert "awsactivate-revoked-carol" not in iam.list_role_policies(RoleName="terraform")["PolicyNames"]


def test_apply_changes_all_roles_and_destroy_leaves_none(sharded: Desk) -> None:
    iam = iam_of(sharded)
    changed = sharded.run("bootstrap", "apply", "--policy-arn", READ_ONLY, "--user", "dan", *ADMIN)
    assert changed.status == 0, changed.err
    assert f"# dan assumes {role_arn(sharded, 'terraform-2')}, " in changed.out
    for name in ("terraform", "terraform-2"):
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert [policy["PolicyArn"] for policy in attached] == [READ_ONLY]
    # left by a kill in the middle: the role alone
    iam.remove_user_from_group(GroupName="terraform-2", UserName="carol")
    iam.remove_user_from_group(GroupName="terraform-2", UserName="dan")
    iam.delete_group_policy(GroupName="terraform-2", PolicyName="awsactivate")
    iam.delete_group(GroupName="terraform-2")
    done = sharded.run("bootstrap", "destroy", *ADMIN)
    assert done.status == 0, done.err
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == []
    assert [group["GroupName"] for group in iam.list_groups()["Groups"]] == []


def test_a_role_of_somebody_elses_by_that_name_is_passed_by(full: Desk) -> None:
    own = ("--role-name", "terraform-2", "--group-name", "terraform-2")
    assert full.run("bootstrap", "apply", "--user", "erin", *own, *ADMIN).status == 0
    done = full.run("bootstrap", "apply", "--user", "carol", *ADMIN)
    assert done.status == 0, done.err
    assert f"# carol assumes {role_arn(full, 'terraform-3')}, by group terraform-3\n" in done.out
    assert members(full, "terraform-2") == ["erin"]
    shown = full.run("bootstrap", "user", "show", "erin", "--profile", "admin")
    assert shown.status == 3


def test_a_bucket_that_is_not_there_is_said_before_anything_is_made(full: Desk) -> None:
    refused = full.run("bootstrap", "user", "add", "carol", "--prefix", "other", *ADMIN)
    assert (refused.status, refused.said) == (
        3,
        [
            f"error: AWS::S3::Bucket/other-{full.account}-eu-west-1-bootstrap-state is not there, and its"
            " policy must name the new role terraform-2",
            "hint: give --region, --prefix and --secrets-alias as `awsactivate bootstrap apply` was given"
            " them",
        ],
    )
    assert [role["RoleName"] for role in iam_of(full).list_roles()["Roles"]] == ["terraform"]


def denials(desk: Desk, role: str) -> list[str]:
    names = iam_of(desk).list_role_policies(RoleName=role)["PolicyNames"]
    return sorted(name for name in names if name.startswith(policies.REVOKED_PREFIX))


def test_an_administrator_revokes_lists_and_lifts_on_all_roles_as_one(sharded: Desk) -> None:
    # either may be named
    where = ("--role-arn", role_arn(sharded, "terraform-2"), "--profile", "admin")
    asked = sharded.run("revoke", "--everyone", *where)
    assert asked.status == 2
    assert "awsactivate: the same on terraform-2: more roles of its kind" in asked.err
    done = sharded.run("revoke", "--everyone", *where, "--yes")
    assert done.status == 0, done.err
    everyone = ["awsactivate-revoked-everyone"]
    assert (denials(sharded, "terraform"), denials(sharded, "terraform-2")) == (everyone, everyone)
    listed = json.loads(sharded.run("revoke", "--list", "--json", *where).out)
    assert [(row["who"], row["role_arn"]) for row in listed] == [
        ("everyone", role_arn(sharded)),
        ("everyone", role_arn(sharded, "terraform-2")),
    ]
    table = sharded.run("revoke", "--list", *where).out
    assert "policy awsactivate-revoked-everyone of terraform-2\n" in table
    lifted = sharded.run("revoke", "--lift", *everyone, *where)
    assert lifted.status == 0, lifted.err
    assert (denials(sharded, "terraform"), denials(sharded, "terraform-2")) == ([], [])
    # one person's are denied where that person is known
    assert (
        sharded.run("revoke", "--user", "carol", *where[2:], *where[:1], role_arn(sharded), "--yes").status
        == 0
    )
    assert denials(sharded, "terraform") == []
    assert denials(sharded, "terraform-2") == ["awsactivate-revoked-carol"]


def test_a_role_that_refuses_leaves_the_others_revoked_and_is_named(sharded: Desk) -> None:
    denied = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": "iam:PutRolePolicy",
                "Resource": role_arn(sharded, "terraform-2"),
            }
        ],
    }
    iam_of(sharded).put_user_policy(
        UserName="administrator", PolicyName="less", PolicyDocument=json.dumps(denied)
    )
    where = ("--role-arn", role_arn(sharded), "--profile", "admin", "--yes")
    done = sharded.run("revoke", "--everyone", *where)
    assert (done.status, done.out) == (6, "")
    assert "PutRolePolicy terraform-2" in done.err
    assert "; revoked on terraform" in done.err
    assert denials(sharded, "terraform") == ["awsactivate-revoked-everyone"]


@pytest.mark.long
def test_five_hundred_people_come_change_and_go_by_calls_that_grow_as_they_do(empty: Account) -> None:
    counted: Counter[str] = Counter()
    calls = {}

    def count(part: str, number: int) -> None:
        calls[part, number] = sum(counted.values())
        counted.clear()

    for number in (125, 500):
        users = tuple(f"user{one:03}" for one in range(number))
        chosen: dict[str, Any] = {"users": users, "after_call": lambda name: counted.update([name])}
        empty.apply(**chosen)
        count("apply", number)
        access = empty.with_what_stays(**chosen)
        roles = access.settings.each
        assert sum(len(one.users) for one in roles) == number
        assert len(roles) == -(-number // 33)
        assert {step.action for step in secure_account.plan(access)} == {"unchanged"}
        count("plan", number)
        empty.apply(policy_arns=(READ_ONLY,), **chosen)
        count("change", number)
        access = empty.with_what_stays(**chosen)
        for one in access.settings.each:
            attached = access.client("iam").list_attached_role_policies(RoleName=one.role_name)
            assert [policy["PolicyArn"] for policy in attached["AttachedPolicies"]] == [READ_ONLY]
        counted.clear()
        take_down.take_down(access, take_down.plan(access), lambda _: None)
        count("destroy", number)
        iam = access.client("iam")
        left = (iam.list_roles()["Roles"], iam.list_groups()["Groups"], iam.list_users()["Users"])
        assert [len(one) for one in left] == [0, 0, 1]
    for part in ("apply", "plan", "change", "destroy"):
        # four times the people: at most four times the calls
        assert calls[part, 500] <= 4 * calls[part, 125], calls
        assert calls[part, 500] >= 3 * calls[part, 125], calls
