"""The documents of revocation, on an AWS that evaluates them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from awsactivate.account import policies
from awsactivate.demo.aws import EmbeddedAws, Role, User
from awsactivate.demo.documents import allowing
from awsactivate.sessions.credentials import Credentials
from demo.asking import credentials_of, refusal

A, B = "0123456789", "k3v9q2m7xd"


class World:
    """An account as bootstrap leaves it: alice and bob in the group, one role."""

    def __init__(self, aws: EmbeddedAws, account: str) -> None:
        self.aws, self.account = aws, account
        self.admin = aws.client("iam", aws.account(account))
        self.users: dict[str, User] = {name: aws.user(name, account=account) for name in ("alice", "bob")}
        self.devices = {name: aws.mfa_device(user) for name, user in self.users.items()}
        arn = f"arn:aws:iam::{account}:role/terraform"
        own = {
            "awsactivate-revocation": policies.revocation_policy(arn, ["alice", "bob"]),
            "work": allowing(),
        }
        self.role: Role = aws.role("terraform", policies.trust_policy(account), own, account=account)
        self.admin.create_group(GroupName="terraform")
        self.admin.put_group_policy(
            GroupName="terraform",
            PolicyName="awsactivate",
            PolicyDocument=json.dumps(policies.group_policy(arn)),
        )
        for name in self.users:
            self.admin.add_user_to_group(GroupName="terraform", UserName=name)
            self.tag(self.admin, name, "")

    def assume(self, user: str, name: str, **more: Any) -> dict[str, Any]:
        """Assume the role with a code."""
        answer: dict[str, Any] = self.sts(user).assume_role(
            RoleArn=self.role.arn, RoleSessionName=name, **self.code(user), **more
        )
        return answer

    def session(self, user: str, nonce: str) -> Credentials:
        """Open a session under the user's own name."""
        session = credentials_of(self.assume(user, f"{user}={nonce}"))
        self.aws.clock.advance(30)
        return session

    def code(self, user: str) -> dict[str, str]:
        """Give a code that is good now."""
        device = self.devices[user]
        return {"SerialNumber": device.serial, "TokenCode": device.code()}

    def sts(self, user: str) -> Any:
        """STS for a user's own key."""
        return self.aws.client("sts", self.users[user].credentials)

    def iam(self, user: str) -> Any:
        """IAM for a user with MFA, without which nobody writes a revocation."""
        session = credentials_of(self.sts(user).get_session_token(**self.code(user)))
        self.aws.clock.advance(30)
        return self.aws.client("iam", session)

    def bare(self, user: str) -> Any:
        """IAM for a user's own key alone."""
        return self.aws.client("iam", self.users[user].credentials)

    def id(self, user: str, nonce: str) -> str:
        """Name a session as aws:userid does."""
        return f"{self.role.id}:{user}={nonce}"

    def tag(self, iam: Any, user: str, value: str) -> None:
        """Write a user's list."""
        iam.tag_role(RoleName="terraform", Tags=[{"Key": policies.revoked_tag(user), "Value": value}])

    def is_revoked(self, session: Credentials) -> bool:
        """Probe as the tool does: by the words of the refusal."""
        probe = self.aws.client("iam", session).list_role_tags
        try:
            probe(RoleName="terraform")
        except self.admin.exceptions.ClientError as error:
            return "with an explicit deny in an identity-based policy" in error.response["Error"]["Message"]
        return False


@pytest.fixture
def world(embedded_aws: EmbeddedAws, account: str) -> World:
    return World(embedded_aws, account)


def test_one_session_is_revoked_and_no_other(world: World) -> None:
    stolen, own, bobs = world.session("alice", A), world.session("alice", B), world.session("bob", A)
    assert not any(map(world.is_revoked, (stolen, own, bobs)))
    world.tag(world.iam("alice"), "alice", f"-{world.id('alice', A)}/")
    assert [world.is_revoked(one) for one in (stolen, own, bobs)] == [True, False, False]
    arn = f"arn:aws:sts::{world.account}:assumed-role/terraform/alice={A}"
    explicit = "with an explicit deny in an identity-based policy"
    assert refusal(world.aws.client("ssm", stolen).describe_parameters) == (
        400,
        "AccessDeniedException",
        f"User: {arn} is not authorized to perform: ssm:DescribeParameters on resource: "
        f"arn:aws:ssm:us-east-1:{world.account}:* {explicit}",
    )
    assert refusal(world.aws.client("iam", stolen).list_role_tags, RoleName="terraform") == (
        403,
        "AccessDenied",
        f"User: {arn} is not authorized to perform: iam:ListRoleTags on resource: role terraform {explicit}",
    )
    assert world.aws.client("sts", stolen).get_caller_identity()["Arn"] == arn, "which proves nothing"
    assert world.aws.client("ssm", own).describe_parameters()["Parameters"] == []


def test_all_sessions_of_a_user_are_revoked_but_the_exempt(world: World) -> None:
    first, second, bobs = world.session("alice", A), world.session("alice", B), world.session("bob", A)
    world.tag(world.iam("alice"), "alice", f"ALL/t1795428000/+{world.id('alice', B)}/")
    assert [world.is_revoked(one) for one in (first, second, bobs)] == [True, False, False]


def test_a_revocation_that_is_lifted_is_lifted(world: World) -> None:
    session = world.session("alice", A)
    world.tag(world.iam("alice"), "alice", f"-{world.id('alice', A)}/")
    assert world.is_revoked(session)
    world.tag(world.admin, "alice", "")
    assert not world.is_revoked(session)


def test_a_user_can_name_nobody_elses_session(world: World) -> None:
    bobs = world.session("bob", A)
    world.tag(world.iam("alice"), "alice", f"-{world.id('bob', A)}/")
    assert not world.is_revoked(bobs)


@pytest.mark.parametrize(
    "tags",
    [
        [{"Key": "awsactivate-revoked-bob", "Value": ""}],
        [{"Key": "awsactivate-revoked-alice", "Value": ""}, {"Key": "other", "Value": ""}],
        [{"Key": "managed-by", "Value": "alice"}],
    ],
)
def test_a_user_may_write_the_own_tag_alone(world: World, tags: list[dict[str, str]]) -> None:
    before = world.admin.list_role_tags(RoleName="terraform")["Tags"]
    assert refusal(world.iam("alice").tag_role, RoleName="terraform", Tags=tags) == (
        403,
        "AccessDenied",
        f"User: {world.users['alice'].arn} is not authorized to perform: iam:TagRole on resource: "
        "role terraform because no identity-based policy allows the iam:TagRole action",
    )
    assert world.admin.list_role_tags(RoleName="terraform")["Tags"] == before


def test_a_user_may_not_take_a_tag_away(world: World) -> None:
    untag = world.iam("alice").untag_role
    refused = refusal(untag, RoleName="terraform", TagKeys=["awsactivate-revoked-alice"])
    assert refused[:2] == (403, "AccessDenied")


@pytest.mark.parametrize(
    "name", [f"bob={A}", "alice", f"alice={A}0", f"alice={A[1:]}", f"alicia={A}", f"alice={A[:5]}"]
)
def test_a_session_bears_its_users_name(world: World, name: str) -> None:
    refused = refusal(world.assume, user="alice", name=name)
    assert refused == (
        403,
        "AccessDenied",
        f"User: {world.users['alice'].arn} is not authorized to perform: sts:AssumeRole on resource: "
        f"{world.role.arn}",
    )


def test_session_tags_are_refused_for_they_would_mask_the_roles(world: World) -> None:
    tags = [{"Key": "AWSactivate-revoked-alice", "Value": ""}]
    world.admin.put_user_policy(
        UserName="alice", PolicyName="all", PolicyDocument=json.dumps(allowing("sts:*"))
    )
    assert refusal(world.assume, user="alice", name=f"alice={A}", Tags=tags) == (
        403,
        "AccessDenied",
        f"User: {world.users['alice'].arn} is not authorized to perform: sts:TagSession on resource: "
        f"{world.role.arn} with an explicit deny in the role trust policy",
    )


def test_without_the_refusal_of_session_tags_they_would_mask_it(world: World) -> None:
    trust = policies.trust_policy(world.account)
    (allow, _deny) = trust["Statement"]
    masked = {**trust, "Statement": [{**allow, "Action": ["sts:AssumeRole", "sts:TagSession"]}]}
    world.admin.update_assume_role_policy(RoleName="terraform", PolicyDocument=json.dumps(masked))
    world.admin.put_user_policy(
        UserName="alice", PolicyName="all", PolicyDocument=json.dumps(allowing("sts:*"))
    )
    tags = [{"Key": "AWSactivate-revoked-alice", "Value": ""}]
    session = credentials_of(world.assume("alice", f"alice={A}", Tags=tags))
    world.tag(world.iam("alice"), "alice", f"-{world.id('alice', A)}/")
    assert not world.is_revoked(session)


def test_a_session_may_not_change_its_own_role(world: World) -> None:
    iam = world.aws.client("iam", world.session("alice", A))
    everything = json.dumps(allowing())
    for refused in (
        refusal(iam.tag_role, RoleName="terraform", Tags=[{"Key": "x", "Value": ""}]),
        refusal(iam.untag_role, RoleName="terraform", TagKeys=["awsactivate-revoked-alice"]),
        refusal(iam.delete_role_policy, RoleName="terraform", PolicyName="awsactivate-revocation"),
        refusal(iam.put_role_policy, RoleName="terraform", PolicyName="x", PolicyDocument=everything),
        refusal(iam.update_assume_role_policy, RoleName="terraform", PolicyDocument=everything),
        refusal(iam.delete_role, RoleName="terraform"),
    ):
        assert refused[:2] == (403, "AccessDenied")
        assert refused[2].endswith("with an explicit deny in an identity-based policy")
    assert iam.list_users()["Users"], "and do all else"


def test_the_role_wants_mfa(world: World) -> None:
    asked = {"RoleArn": world.role.arn, "RoleSessionName": f"alice={A}"}
    assert refusal(world.sts("alice").assume_role, **asked)[:2] == (403, "AccessDenied")


def test_own_keys_want_mfa_and_are_ones_own(world: World) -> None:
    assert refusal(world.bare("alice").list_access_keys)[:2] == (403, "AccessDenied")
    strong = credentials_of(world.sts("alice").get_session_token(**world.code("alice")))
    iam = world.aws.client("iam", strong)
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 1
    assert refusal(iam.create_access_key, UserName="bob")[:2] == (403, "AccessDenied")
    devices = world.bare("alice").list_mfa_devices()["MFADevices"]
    assert [one["SerialNumber"] for one in devices] == [world.devices["alice"].serial]


def test_a_dated_deny_ends_what_was_issued_before(world: World) -> None:
    """What an administrator writes, for one session and for a user's all."""
    one, another = world.session("alice", A), world.session("alice", B)
    now = datetime.fromtimestamp(world.aws.clock.now(), UTC) + timedelta(seconds=1)
    instant = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    document = json.dumps(policies.deny_session(world.id("alice", A), instant))
    world.admin.put_role_policy(RoleName="terraform", PolicyName="revoked", PolicyDocument=document)
    assert [world.is_revoked(session) for session in (one, another)] == [True, False]
    document = json.dumps(policies.deny_user("alice", instant))
    world.admin.put_role_policy(RoleName="terraform", PolicyName="revoked", PolicyDocument=document)
    world.aws.clock.advance(2)
    later = world.session("alice", A)
    assert [world.is_revoked(session) for session in (one, another, later)] == [True, True, False]
    assert not world.is_revoked(world.session("bob", A))


def test_the_bare_key_writes_no_list_of_its_own_user(world: World) -> None:
    """A thief of the key and of a copy could else lift that copy's revocation."""
    stolen, mine = world.session("alice", A), world.id("alice", A)
    world.tag(world.iam("alice"), "alice", f"-{mine}/")
    for value in ("", f"-{mine}/+{mine}/", "ALL/t1795428000/", "x"):
        tag = {"Key": policies.revoked_tag("alice"), "Value": value}
        refused = refusal(world.bare("alice").tag_role, RoleName="terraform", Tags=[tag])
        assert refused[:2] == (403, "AccessDenied")
    assert world.is_revoked(stolen)
