"""Which policies have a say in which service's requests, and how a refusal is worded there."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from awsactivate.demo.aws import EmbeddedAws
from awsactivate.demo.documents import allowing
from awsactivate.sessions.credentials import Credentials
from demo.asking import Refused, credentials_of, refusal

REGION = "us-east-1"


def user_with(aws: EmbeddedAws, account: str, *documents: dict[str, Any], name: str = "alice") -> Credentials:
    return aws.user(name, {f"p{n}": one for n, one in enumerate(documents)}, account).credentials


def denied(account: str, action: str, resource: str, reason: str = "", *, name: str = "alice") -> Refused:
    service = action.partition(":")[0]
    query = service in ("iam", "sts", "s3")
    quoted = f'"{resource}"' if service == "s3" else resource
    who = f"arn:aws:iam::{account}:user/{name}"
    reason = reason or f"because no identity-based policy allows the {action} action"
    message = f"User: {who} is not authorized to perform: {action} on resource: {quoted} {reason}"
    return (403, "AccessDenied", message) if query else (400, "AccessDeniedException", message)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action", "resource"),
    [
        ("iam", "list_role_tags", {"RoleName": "r"}, "iam:ListRoleTags", "role r"),
        ("iam", "get_user", {"UserName": "bob"}, "iam:GetUser", "user bob"),
        ("iam", "list_users", {}, "iam:ListUsers", "*"),
        ("iam", "create_group", {"GroupName": "g"}, "iam:CreateGroup", "group g"),
        (
            "iam",
            "create_virtual_mfa_device",
            {"VirtualMFADeviceName": "d"},
            "iam:CreateVirtualMFADevice",
            "arn:aws:iam::{account}:mfa/d",
        ),
        ("s3", "list_buckets", {}, "s3:ListAllMyBuckets", "arn:aws:s3:::*"),
        ("s3", "list_objects_v2", {"Bucket": "b"}, "s3:ListBucket", "arn:aws:s3:::b"),
        ("s3", "get_object", {"Bucket": "b", "Key": "a/k"}, "s3:GetObject", "arn:aws:s3:::b/a/k"),
        (
            "s3",
            "get_object",
            {"Bucket": "b", "Key": "k", "VersionId": "1"},
            "s3:GetObjectVersion",
            "arn:aws:s3:::b/k",
        ),
        ("s3", "get_bucket_encryption", {"Bucket": "b"}, "s3:GetEncryptionConfiguration", "arn:aws:s3:::b"),
        (
            "s3",
            "delete_objects",
            {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}},
            "s3:DeleteObject",
            "arn:aws:s3:::b/k",
        ),
        (
            "ssm",
            "get_parameter",
            {"Name": "/service/key"},
            "ssm:GetParameter",
            "arn:aws:ssm:us-east-1:{account}:parameter/service/key",
        ),
        (
            "ssm",
            "get_parameters_by_path",
            {"Path": "/service"},
            "ssm:GetParametersByPath",
            "arn:aws:ssm:us-east-1:{account}:parameter/service",
        ),
        ("kms", "list_keys", {}, "kms:ListKeys", "*"),
        (
            "kms",
            "encrypt",
            {"KeyId": "1234", "Plaintext": b"x"},
            "kms:Encrypt",
            "arn:aws:kms:us-east-1:{account}:key/1234",
        ),
        (
            "dynamodb",
            "describe_table",
            {"TableName": "locks"},
            "dynamodb:DescribeTable",
            "arn:aws:dynamodb:us-east-1:{account}:table/locks",
        ),
    ],
)
def test_nobody_may_do_what_no_policy_allows(
    embedded_aws: EmbeddedAws,
    account: str,
    service: str,
    operation: str,
    parameters: dict[str, Any],
    action: str,
    resource: str,
) -> None:
    client = embedded_aws.client(service, user_with(embedded_aws, account))
    expected = denied(account, action, resource.format(account=account))
    assert refusal(getattr(client, operation), **parameters) == expected


def test_a_head_request_is_told_no_more_than_its_status(embedded_aws: EmbeddedAws, account: str) -> None:
    s3 = embedded_aws.client("s3", user_with(embedded_aws, account))
    assert refusal(s3.head_bucket, Bucket="b")[:2] == (403, "403")


@pytest.mark.parametrize(
    ("own", "others"),
    [("/alice/key", "/bob/key"), ("/alice/a/b", "/alicia/key")],
)
def test_a_resource_may_carry_the_callers_name(
    embedded_aws: EmbeddedAws, account: str, own: str, others: str
) -> None:
    resource = f"arn:aws:ssm:*:{account}:parameter/${{aws:username}}/*"
    alice = user_with(embedded_aws, account, allowing("ssm:*", resource=resource))
    ssm = embedded_aws.client("ssm", alice)
    ssm.put_parameter(Name=own, Value="v", Type="String")
    assert ssm.get_parameters(Names=[own])["Parameters"][0]["Value"] == "v"
    arn = f"arn:aws:ssm:{REGION}:{account}:parameter{others}"
    assert refusal(ssm.get_parameters, Names=[own, others]) == denied(account, "ssm:GetParameters", arn)


def test_a_groups_policies_are_its_members(embedded_aws: EmbeddedAws, account: str) -> None:
    alice = user_with(embedded_aws, account)
    admin = embedded_aws.client("iam", embedded_aws.account(account))
    listing = embedded_aws.client("iam", alice).list_users
    admin.create_group(GroupName="readers")
    admin.put_group_policy(
        GroupName="readers", PolicyName="list", PolicyDocument=json.dumps(allowing("iam:ListUsers"))
    )
    assert refusal(listing) == denied(account, "iam:ListUsers", "*")
    admin.add_user_to_group(GroupName="readers", UserName="alice")
    assert listing()["Users"]
    admin.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/AWSDenyAll")
    explicit = "with an explicit deny in an identity-based policy"
    assert refusal(listing) == denied(account, "iam:ListUsers", "*", explicit)


def test_the_default_version_of_a_managed_policy_counts(embedded_aws: EmbeddedAws, account: str) -> None:
    alice = user_with(embedded_aws, account)
    admin = embedded_aws.client("iam", embedded_aws.account(account))
    listing = embedded_aws.client("iam", alice).list_users
    policy = admin.create_policy(PolicyName="p", PolicyDocument=json.dumps(allowing("iam:ListUsers")))
    arn = policy["Policy"]["Arn"]
    admin.attach_user_policy(UserName="alice", PolicyArn=arn)
    assert listing()["Users"]
    nothing = json.dumps(allowing("iam:ListRoles"))
    admin.create_policy_version(PolicyArn=arn, PolicyDocument=nothing, SetAsDefault=True)
    assert refusal(listing) == denied(account, "iam:ListUsers", "*")
    admin.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert listing()["Users"]


def test_a_boundary_limits_a_role(embedded_aws: EmbeddedAws, account: str) -> None:
    admin = embedded_aws.client("iam", embedded_aws.account(account))
    role = embedded_aws.role("bound", None, {"all": allowing()}, account=account)
    sts = embedded_aws.client("sts", embedded_aws.account(account))
    session = credentials_of(sts.assume_role(RoleArn=role.arn, RoleSessionName="x1"))
    iam = embedded_aws.client("iam", session)
    assert iam.list_users()["Users"]
    boundary = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
    admin.put_role_permissions_boundary(RoleName="bound", PermissionsBoundary=boundary)
    refused = refusal(iam.list_users)
    assert refused[2].endswith("because no permissions boundary allows the iam:ListUsers action")
    assert embedded_aws.client("s3", session).list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.fixture
def bucket(embedded_aws: EmbeddedAws, account: str) -> str:
    """A bucket with one object, of the account's administrator."""
    name = f"bucket-{account}"
    s3 = embedded_aws.client("s3", embedded_aws.account(account))
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="key", Body=b"text")
    return name


def bucket_policy(bucket: str, **statement: Any) -> str:
    arn = f"arn:aws:s3:::{bucket}"
    whole = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [whole | statement]})


def test_a_bucket_may_insist_on_tls(embedded_aws: EmbeddedAws, account: str, bucket: str) -> None:
    admin = embedded_aws.account(account)
    s3 = embedded_aws.client("s3", admin)
    tls_only = bucket_policy(bucket, Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
    s3.put_bucket_policy(Bucket=bucket, Policy=tls_only)
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"text"
    embedded_aws.levers.secure_transport = False
    explicit = "with an explicit deny in a resource-based policy"
    refused = refusal(s3.get_object, Bucket=bucket, Key="key")
    arn = f"arn:aws:s3:::{bucket}/key"
    assert refused == denied(account, "s3:GetObject", arn, explicit, name="administrator")


def test_a_bucket_may_let_in_who_has_no_policy(embedded_aws: EmbeddedAws, account: str, bucket: str) -> None:
    alice = embedded_aws.user("alice", account=account)
    s3 = embedded_aws.client("s3", alice.credentials)
    assert refusal(s3.get_object, Bucket=bucket, Key="key")[:2] == (403, "AccessDenied")
    policy = bucket_policy(bucket, Principal={"AWS": alice.arn})
    embedded_aws.client("s3", embedded_aws.account(account)).put_bucket_policy(Bucket=bucket, Policy=policy)
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"text"


def test_another_accounts_bucket_needs_both_policies(
    embedded_aws: EmbeddedAws, account: str, bucket: str
) -> None:
    other = str(int(account) + 600_000_000)
    stranger = embedded_aws.client("s3", embedded_aws.account(other))
    assert refusal(stranger.get_object, Bucket=bucket, Key="key")[:2] == (403, "AccessDenied")
    policy = bucket_policy(bucket, Principal={"AWS": other})
    embedded_aws.client("s3", embedded_aws.account(account)).put_bucket_policy(Bucket=bucket, Policy=policy)
    assert stranger.get_object(Bucket=bucket, Key="key")["Body"].read() == b"text"


def test_a_bucket_of_another_owner_than_expected_is_refused(
    embedded_aws: EmbeddedAws, account: str, bucket: str
) -> None:
    s3 = embedded_aws.client("s3", embedded_aws.account(account))
    s3.get_bucket_location(Bucket=bucket, ExpectedBucketOwner=account)
    refused = refusal(s3.get_bucket_location, Bucket=bucket, ExpectedBucketOwner="999999999999")
    assert refused[:2] == (403, "AccessDenied")


def test_who_does_not_sign_may_read_only_what_is_public(
    embedded_aws: EmbeddedAws, account: str, bucket: str
) -> None:
    url = f"{embedded_aws.endpoint_url}/{bucket}/key"
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(url)
    assert (raised.value.code, b"<Message>Access Denied</Message>" in raised.value.read()) == (403, True)
    policy = bucket_policy(bucket, Action="s3:GetObject")
    embedded_aws.client("s3", embedded_aws.account(account)).put_bucket_policy(Bucket=bucket, Policy=policy)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"text"


def test_a_kms_key_is_the_same_by_alias_and_by_id(embedded_aws: EmbeddedAws, account: str) -> None:
    admin = embedded_aws.client("kms", embedded_aws.account(account))
    key = admin.create_key()["KeyMetadata"]
    admin.create_alias(AliasName="alias/secrets", TargetKeyId=key["KeyId"])
    alice = user_with(embedded_aws, account, allowing("kms:Encrypt", resource=key["Arn"]))
    kms = embedded_aws.client("kms", alice)
    for name in (
        "alias/secrets",
        key["KeyId"],
        key["Arn"],
        key["Arn"].replace(f"key/{key['KeyId']}", "alias/secrets"),
    ):
        assert kms.encrypt(KeyId=name, Plaintext=b"x")["KeyId"] == key["Arn"]
    refused = refusal(kms.describe_key, KeyId="alias/secrets")
    assert refused == denied(account, "kms:DescribeKey", key["Arn"])


def test_tags_of_a_request_and_of_a_resource_are_conditions(embedded_aws: EmbeddedAws, account: str) -> None:
    ours = {"StringEquals": {"aws:RequestTag/managed-by": "awsactivate"}}
    managed = {"StringEquals": {"aws:ResourceTag/managed-by": "awsactivate"}}
    alice = user_with(
        embedded_aws,
        account,
        allowing("iam:TagRole", condition=ours),
        allowing("iam:DeleteRole", condition=managed),
    )
    embedded_aws.role("r", account=account)
    iam = embedded_aws.client("iam", alice)
    assert refusal(iam.delete_role, RoleName="r") == denied(account, "iam:DeleteRole", "role r")
    tag = {"Key": "managed-by", "Value": "someone"}
    assert refusal(iam.tag_role, RoleName="r", Tags=[tag]) == denied(account, "iam:TagRole", "role r")
    iam.tag_role(RoleName="r", Tags=[tag | {"Value": "awsactivate"}])
    iam.delete_role(RoleName="r")


def test_a_policy_may_name_what_may_be_attached(embedded_aws: EmbeddedAws, account: str) -> None:
    deny_all = "arn:aws:iam::aws:policy/AWSDenyAll"
    only = {"ArnEquals": {"iam:PolicyARN": deny_all}}
    alice = user_with(embedded_aws, account, allowing("iam:AttachRolePolicy", condition=only))
    embedded_aws.role("r", account=account)
    attach = embedded_aws.client("iam", alice).attach_role_policy
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    refused = refusal(attach, RoleName="r", PolicyArn=administrator)
    assert refused == denied(account, "iam:AttachRolePolicy", "role r")
    attach(RoleName="r", PolicyArn=deny_all)


def test_accounts_do_not_see_each_other(embedded_aws: EmbeddedAws, account: str) -> None:
    other = str(int(account) + 700_000_000)
    embedded_aws.user("alice", account=account)
    embedded_aws.client("ssm", embedded_aws.account(account)).put_parameter(
        Name="/s/k", Value="v", Type="String"
    )
    stranger = embedded_aws.account(other)
    users = embedded_aws.client("iam", stranger).list_users()["Users"]
    assert [user["UserName"] for user in users] == ["administrator"]
    assert refusal(embedded_aws.client("ssm", stranger).get_parameter, Name="/s/k")[1] == "ParameterNotFound"


def test_a_service_that_is_not_here_says_so(embedded_aws: EmbeddedAws, account: str) -> None:
    ec2 = embedded_aws.client("sqs", embedded_aws.account(account))
    assert refusal(ec2.list_queues) == (501, "UnknownServiceException", "this AWS has no sqs")
