"""IAM's own rules: devices, tags, limits and conflicts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from awsactivate.demo.aws import EmbeddedAws, User
from awsactivate.demo.devices import code_at
from awsactivate.demo.documents import allowing, trusting
from demo.asking import credentials_of, refusal


@pytest.fixture
def iam(embedded_aws: EmbeddedAws, account: str) -> Any:
    """IAM for the account's administrator."""
    return embedded_aws.client("iam", embedded_aws.account(account))


@pytest.fixture
def alice(embedded_aws: EmbeddedAws, account: str) -> User:
    return embedded_aws.user("alice", {"own": allowing("iam:*")}, account)


def new_device(iam: Any, name: str = "alice") -> tuple[str, str]:
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    return made["SerialNumber"], made["Base32StringSeed"].decode()


def pair(aws: EmbeddedAws, seed: str, first: int, second: int) -> dict[str, str]:
    window = int(aws.clock.now() // 30)
    return {
        "AuthenticationCode1": code_at(seed, window + first),
        "AuthenticationCode2": code_at(seed, window + second),
    }


@pytest.mark.parametrize(("first", "second"), [(-1, 0), (0, 1), (-3, -2)])
def test_a_device_is_enabled_by_two_codes_in_a_row(
    embedded_aws: EmbeddedAws, iam: Any, alice: User, first: int, second: int
) -> None:
    embedded_aws.clock.advance(31 - embedded_aws.clock.now() % 30)  # to the beginning of a window
    serial, seed = new_device(iam)
    iam.enable_mfa_device(UserName="alice", SerialNumber=serial, **pair(embedded_aws, seed, first, second))
    assert [one["SerialNumber"] for one in iam.list_mfa_devices(UserName="alice")["MFADevices"]] == [serial]


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (-1, 1), (-20, -19), (5, 6)])
def test_other_pairs_of_codes_are_refused(
    embedded_aws: EmbeddedAws, iam: Any, alice: User, first: int, second: int
) -> None:
    serial, seed = new_device(iam)
    codes = pair(embedded_aws, seed, first, second)
    assert refusal(iam.enable_mfa_device, UserName="alice", SerialNumber=serial, **codes) == (
        403,
        "InvalidAuthenticationCode",
        "Authentication code for device is not valid",
    )
    assert iam.list_mfa_devices(UserName="alice")["MFADevices"] == []


def test_the_codes_of_enrolment_do_not_log_in(embedded_aws: EmbeddedAws, iam: Any, alice: User) -> None:
    embedded_aws.clock.advance(31 - embedded_aws.clock.now() % 30)
    serial, seed = new_device(iam)
    codes = pair(embedded_aws, seed, -1, 0)
    iam.enable_mfa_device(UserName="alice", SerialNumber=serial, **codes)
    get = embedded_aws.client("sts", alice.credentials).get_session_token
    for code in codes.values():
        assert refusal(get, SerialNumber=serial, TokenCode=code)[1] == "AccessDenied"
    assert get(SerialNumber=serial, TokenCode=pair(embedded_aws, seed, 0, 1)["AuthenticationCode2"])


def test_resync_checks_its_codes(embedded_aws: EmbeddedAws, iam: Any, alice: User) -> None:
    serial, seed = new_device(iam)
    known = {"UserName": "alice", "SerialNumber": serial}
    absent = refusal(iam.resync_mfa_device, **known, **pair(embedded_aws, seed, 0, 1))
    assert absent[:2] == (404, "NoSuchEntity")
    iam.enable_mfa_device(**known, **pair(embedded_aws, seed, -2, -1))
    wrong = refusal(iam.resync_mfa_device, **known, **pair(embedded_aws, seed, 0, 0))
    assert wrong[:2] == (403, "InvalidAuthenticationCode")
    iam.resync_mfa_device(**known, **pair(embedded_aws, seed, 0, 1))


def test_a_device_serves_one_user_and_is_deleted_only_when_idle(
    embedded_aws: EmbeddedAws, iam: Any, account: str, alice: User
) -> None:
    device = embedded_aws.mfa_device(alice)
    embedded_aws.user("bob", account=account)
    codes = pair(embedded_aws, device.seed, 0, 1)
    taken = refusal(iam.enable_mfa_device, UserName="bob", SerialNumber=device.serial, **codes)
    assert taken[:2] == (409, "EntityAlreadyExists")
    assert refusal(iam.delete_virtual_mfa_device, SerialNumber=device.serial)[:2] == (409, "DeleteConflict")
    iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial)
    iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    unknown = refusal(iam.enable_mfa_device, UserName="alice", SerialNumber=device.serial, **codes)
    assert unknown[:2] == (404, "NoSuchEntity")


def test_a_seed_is_told_once(embedded_aws: EmbeddedAws, iam: Any, account: str, alice: User) -> None:
    device = embedded_aws.mfa_device(alice)
    (listed,) = iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    assert (listed["SerialNumber"], listed["User"]["UserName"]) == (device.serial, "alice")
    assert not {"Base32StringSeed", "QRCodePNG"} & set(listed)
    got = iam.get_mfa_device(SerialNumber=device.serial)
    assert (got["SerialNumber"], got["UserName"]) == (device.serial, "alice")
    assert device.seed not in repr(device)


def test_who_names_no_user_means_oneself(embedded_aws: EmbeddedAws, account: str, alice: User) -> None:
    device = embedded_aws.mfa_device(alice)
    own = embedded_aws.client("iam", alice.credentials)
    assert own.get_user()["User"]["UserName"] == "alice"
    assert [one["SerialNumber"] for one in own.list_mfa_devices()["MFADevices"]] == [device.serial]
    second = own.create_access_key()["AccessKey"]
    assert second["UserName"] == "alice"
    assert len(own.list_access_keys()["AccessKeyMetadata"]) == 2
    own.update_access_key(AccessKeyId=second["AccessKeyId"], Status="Inactive")
    own.delete_access_key(AccessKeyId=second["AccessKeyId"])
    (left,) = own.list_access_keys()["AccessKeyMetadata"]
    assert left["AccessKeyId"] == alice.credentials.access_key_id


def test_a_role_is_no_user_and_must_name_one(embedded_aws: EmbeddedAws, account: str) -> None:
    role = embedded_aws.role("admin", None, {"all": allowing()}, account=account)
    sts = embedded_aws.client("sts", embedded_aws.account(account))
    session = credentials_of(sts.assume_role(RoleArn=role.arn, RoleSessionName="admin"))
    assert refusal(embedded_aws.client("iam", session).list_mfa_devices) == (
        400,
        "ValidationError",
        "Must specify userName when calling with non-User credentials",
    )


def test_a_user_is_deleted_last(embedded_aws: EmbeddedAws, iam: Any, account: str, alice: User) -> None:
    device = embedded_aws.mfa_device(alice)
    iam.create_group(GroupName="terraform")
    iam.add_user_to_group(GroupName="terraform", UserName="alice")

    def conflict() -> tuple[int, str, str]:
        return refusal(iam.delete_user, UserName="alice")

    assert conflict() == (409, "DeleteConflict", "Cannot delete entity, must delete access keys first.")
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.credentials.access_key_id)
    assert conflict() == (409, "DeleteConflict", "Cannot delete entity, must delete MFA device first.")
    iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial)
    assert conflict()[2] == "Cannot delete entity, must remove users from group first."
    assert refusal(iam.delete_group, GroupName="terraform")[:2] == (409, "DeleteConflict")
    iam.remove_user_from_group(GroupName="terraform", UserName="alice")
    iam.delete_group(GroupName="terraform")
    assert conflict()[:2] == (409, "DeleteConflict"), "the inline policy is left"
    iam.delete_user_policy(UserName="alice", PolicyName="own")
    iam.delete_user(UserName="alice")
    assert refusal(iam.get_user, UserName="alice")[:2] == (404, "NoSuchEntity")


def tags_of(iam: Any, role: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=role)["Tags"]}


def test_a_tags_key_is_one_whatever_its_case(embedded_aws: EmbeddedAws, iam: Any, account: str) -> None:
    embedded_aws.role("tagged", account=account)
    iam.tag_role(RoleName="tagged", Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "x", "Value": ""}])
    iam.tag_role(RoleName="tagged", Tags=[{"Key": "team", "Value": "red"}])
    assert tags_of(iam, "tagged") == {"team": "red", "x": ""}
    iam.untag_role(RoleName="tagged", TagKeys=["TEAM"])
    assert tags_of(iam, "tagged") == {"x": ""}


def test_a_role_has_room_for_fifty_tags(embedded_aws: EmbeddedAws, iam: Any, account: str) -> None:
    embedded_aws.role("full", account=account)
    iam.tag_role(RoleName="full", Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(50)])
    assert refusal(iam.tag_role, RoleName="full", Tags=[{"Key": "more", "Value": "v"}])[:2] == (
        409,
        "LimitExceeded",
    )
    iam.tag_role(RoleName="full", Tags=[{"Key": "k7", "Value": "other"}])
    assert len(tags_of(iam, "full")) == 50


@pytest.mark.parametrize(
    ("tag", "allowed"),
    [
        ({"Key": "awsactivate-revoked-alice", "Value": "ALL/t1795428000/-AROAX:alice=0123456789/"}, True),
        ({"Key": "k", "Value": "v" * 256}, True),
        ({"Key": "k", "Value": "v" * 257}, False),
        ({"Key": "Größe 日本", "Value": "a b_.:/=+-@"}, True),
        ({"Key": "k", "Value": "a,b"}, False),
        ({"Key": "k", "Value": "a*"}, False),
        ({"Key": "k", "Value": "a\nb"}, False),
        ({"Key": "k" * 129, "Value": ""}, False),
    ],
)
def test_tags_are_of_awss_alphabet_and_length(
    embedded_aws: EmbeddedAws, iam: Any, account: str, tag: dict[str, str], allowed: bool
) -> None:
    embedded_aws.role("tagged", account=account)
    if allowed:
        iam.tag_role(RoleName="tagged", Tags=[tag])
        assert tags_of(iam, "tagged") == {tag["Key"]: tag["Value"]}
    else:
        assert refusal(iam.tag_role, RoleName="tagged", Tags=[tag])[:2] == (400, "ValidationError")
        assert tags_of(iam, "tagged") == {}


@pytest.mark.parametrize("seconds", [3599, 43_201])
def test_a_roles_longest_session_is_within_limits(
    embedded_aws: EmbeddedAws, account: str, seconds: int
) -> None:
    iam = embedded_aws.client("iam", embedded_aws.account(account), validate=False)
    trust = json.dumps(trusting(account))
    create = {"RoleName": "r", "AssumeRolePolicyDocument": trust, "MaxSessionDuration": seconds}
    assert refusal(iam.create_role, **create)[:2] == (400, "ValidationError")
    embedded_aws.role("r", account=account)
    assert refusal(iam.update_role, RoleName="r", MaxSessionDuration=seconds)[:2] == (400, "ValidationError")
    assert iam.get_role(RoleName="r")["Role"]["MaxSessionDuration"] == 3600


def test_a_trust_must_be_a_policy(embedded_aws: EmbeddedAws, iam: Any, account: str) -> None:
    for document in ("{", json.dumps(allowing("sts:AssumeRole"))):
        refused = refusal(iam.create_role, RoleName="r", AssumeRolePolicyDocument=document)
        assert refused[:2] == (400, "MalformedPolicyDocument")


@pytest.mark.parametrize(("kind", "limit"), [("role", 10_240), ("group", 5_120), ("user", 2_048)])
def test_inline_policies_share_a_limit(
    embedded_aws: EmbeddedAws, iam: Any, account: str, kind: str, limit: int
) -> None:
    if kind == "role":
        embedded_aws.role("big", account=account)
    elif kind == "group":
        iam.create_group(GroupName="big")
    else:
        iam.create_user(UserName="big")
    put = getattr(iam, f"put_{kind}_policy")
    who = {f"{kind.title()}Name": "big"}
    frame = len(json.dumps(sized("")).replace(" ", ""))
    half = json.dumps(sized("x" * (limit // 2 - frame)), indent=4)
    put(PolicyName="a", PolicyDocument=half, **who)
    put(PolicyName="b", PolicyDocument=half, **who)
    refused = refusal(put, PolicyName="c", PolicyDocument=json.dumps(allowing()), **who)
    message = f"Maximum policy size of {limit} bytes exceeded for {kind} big"
    assert refused == (409, "LimitExceeded", message)


def sized(padding: str) -> dict[str, Any]:
    return allowing("s3:GetObject", resource=f"arn:aws:s3:::bucket/{padding}")


def test_a_trusts_size_is_limited(embedded_aws: EmbeddedAws, iam: Any, account: str) -> None:
    embedded_aws.role("r", account=account)
    condition = {"StringEquals": {"sts:ExternalId": "x" * 2000}}
    document = json.dumps(trusting(account, condition=condition))
    refused = refusal(iam.update_assume_role_policy, RoleName="r", PolicyDocument=document)
    assert refused == (409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")


def test_awss_own_policies_can_be_attached(embedded_aws: EmbeddedAws, iam: Any, account: str) -> None:
    user = embedded_aws.user("reader", account=account)
    listing = embedded_aws.client("iam", user.credentials).list_users
    assert refusal(listing)[1] == "AccessDenied"
    iam.attach_user_policy(UserName="reader", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert listing()["Users"]
    unknown = refusal(
        iam.attach_user_policy, UserName="reader", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy"
    )
    assert unknown[:2] == (404, "NoSuchEntity")


def test_a_renamed_user_keeps_the_key(embedded_aws: EmbeddedAws, iam: Any, alice: User) -> None:
    iam.update_user(UserName="alice", NewUserName="alicia")
    identity = embedded_aws.client("sts", alice.credentials).get_caller_identity()
    assert identity["Arn"].endswith(":user/alicia")
