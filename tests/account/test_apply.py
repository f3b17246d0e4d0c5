"""The account as `plan` and `apply` see it."""

from __future__ import annotations

import json

import pytest

from account.accounts import Account, changed_properties
from awsactivate.account import policies
from awsactivate.account.resources import Change
from awsactivate.aws import secure_account
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.errors import AwsError, ProfileError

BOTH = {"users": ("alice", "bob"), "lock": "both"}


def bucket(account: Account, what: str) -> str:
    return f"AWS::S3::Bucket/terraform-{account.id}-eu-west-1-{what}"


def test_an_empty_account_needs_everything_made(empty: Account) -> None:
    assert empty.actions(**BOTH) == {
        "AWS::IAM::Role/terraform": "create",
        "AWS::IAM::Group/terraform": "create",
        "AWS::IAM::User/alice": "create",
        "AWS::IAM::User/bob": "create",
        "AWS::KMS::Key/parameter_store_key": "create",
        "AWS::KMS::Alias/alias/parameter_store_key": "create",
        bucket(empty, "bootstrap-state"): "create",
        bucket(empty, "state"): "create",
        "AWS::DynamoDB::Table/terraform-locks": "create",
    }


def test_a_plan_changes_nothing(empty: Account, embedded_aws: EmbeddedAws) -> None:
    before = empty.snapshot(**BOTH)
    embedded_aws.requests.clear()
    empty.plan(**BOTH)
    reading = ("Get", "List", "Head", "Describe")
    assert [r.operation for r in embedded_aws.requests if not r.operation.startswith(reading)] == []
    assert empty.snapshot(**BOTH) == before


def test_applying_says_each_step_and_a_second_run_has_nothing_to_do(empty: Account) -> None:
    said: list[str] = []
    empty.apply(said.append, **BOTH)
    assert said == [f"created {planned.resource}" for planned in empty.plan(**BOTH)]
    before = empty.snapshot(**BOTH)
    said.clear()
    empty.apply(said.append, **BOTH)
    assert said == []
    assert empty.snapshot(**BOTH) == before


def test_aws_answers_with_what_was_described(secured: Account) -> None:
    access = secured.access(**BOTH)
    iam, s3 = access.client("iam"), access.client("s3")
    role = iam.get_role(RoleName="terraform")["Role"]
    arn = f"arn:aws:iam::{secured.id}:role/terraform"
    assert role["AssumeRolePolicyDocument"] == policies.trust_policy(secured.id)
    assert role["MaxSessionDuration"] == 3600
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {
        "managed-by": "awsactivate",
        "awsactivate-revoked-alice": "",
        "awsactivate-revoked-bob": "",
    }
    written = iam.get_role_policy(RoleName="terraform", PolicyName="awsactivate-revocation")
    assert written["PolicyDocument"] == policies.revocation_policy(arn, ["alice", "bob"])
    group = iam.get_group_policy(GroupName="terraform", PolicyName="awsactivate")
    assert group["PolicyDocument"] == policies.group_policy(arn)
    members = iam.get_group(GroupName="terraform")["Users"]
    assert sorted(user["UserName"] for user in members) == ["alice", "bob"]
    name = access.settings.state_bucket
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]) == policies.bucket_policy(
        f"arn:aws:s3:::{name}", arn
    )
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
        "BucketKeyEnabled": True,
    }
    table = access.client("dynamodb").describe_table(TableName="terraform-locks")["Table"]
    assert table["DeletionProtectionEnabled"] is True
    assert table["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]


def test_without_a_table_the_lock_is_s3s_own(empty: Account) -> None:
    empty.apply(users=("alice",))
    assert empty.access().client("dynamodb").list_tables()["TableNames"] == []


def test_a_user_whom_a_later_run_does_not_name_stays(secured: Account) -> None:
    assert secured.actions(lock="both") == {}


def test_a_revocation_outlives_every_apply(secured: Account) -> None:
    iam = secured.access().client("iam")
    value = "-AROAEXAMPLE:alice=k3v9q2m7xd/"
    iam.tag_role(RoleName="terraform", Tags=[{"Key": "awsactivate-revoked-alice", "Value": value}])
    secured.apply(users=("alice", "bob", "carol"), lock="both")
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="terraform")["Tags"]}
    assert tags == {
        "managed-by": "awsactivate",
        "awsactivate-revoked-alice": value,
        "awsactivate-revoked-bob": "",
        "awsactivate-revoked-carol": "",
    }


def test_who_left_the_group_by_other_hands_is_still_revocable(secured: Account) -> None:
    # else the next apply would drop the statement that denies the sessions which were revoked
    secured.access().client("iam").remove_user_from_group(GroupName="terraform", UserName="bob")
    assert secured.actions(lock="both") == {}


def test_denials_that_an_admin_wrote_stay(secured: Account) -> None:
    iam = secured.access().client("iam")
    document = policies.compact(policies.deny_everyone("2026-11-23T10:00:00Z"))
    iam.put_role_policy(
        RoleName="terraform", PolicyName="awsactivate-revoked-everyone", PolicyDocument=document
    )
    secured.apply(**BOTH, max_session=7200)
    assert "awsactivate-revoked-everyone" in iam.list_role_policies(RoleName="terraform")["PolicyNames"]


def test_a_user_who_was_there_is_added_and_keeps_what_is_attached(empty: Account) -> None:
    iam = empty.access().client("iam")
    iam.create_user(UserName="alice")
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    (alice,) = [p for p in empty.plan(users=("alice",)) if p.resource.name == "alice"]
    assert alice.changes == (Change("Groups", [], ["terraform"]),)
    assert alice.notes == (f"ManagedPolicyArns: {arn} stay, since the user was there before",)
    empty.apply(users=("alice",))
    attached = iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]


class TestWhatIsStricterStays:
    def test_a_shorter_session(self, secured: Account) -> None:
        (role,) = [p for p in secured.plan(**BOTH, max_session=7200) if p.resource.name == "terraform"][:1]
        assert (role.action, role.notes) == (
            "unchanged",
            ("MaxSessionDuration: 3600 is stricter than 7200, and stays",),
        )

    def test_fewer_permissions_that_no_flag_asked_to_change(self, empty: Account) -> None:
        empty.apply(policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",))
        assert empty.actions() == {}

    def test_a_permissions_boundary(self, secured: Account) -> None:
        boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
        iam = secured.access().client("iam")
        iam.put_role_permissions_boundary(RoleName="terraform", PermissionsBoundary=boundary)
        role = secured.plan(**BOTH)[0]
        assert (role.action, role.notes) == (
            "unchanged",
            (f"PermissionsBoundary: {boundary} is stricter than none, and stays",),
        )

    def test_encryption_with_a_key_of_ones_own(self, secured: Account) -> None:
        access = secured.access(**BOTH)
        rule = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/mine"},
            "BucketKeyEnabled": True,
        }
        access.client("s3").put_bucket_encryption(
            Bucket=access.settings.state_bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
        planned = {str(p.resource): p for p in secured.plan(**BOTH)}[bucket(secured, "state")]
        assert (planned.action, planned.notes) == (
            "unchanged",
            ("BucketEncryption: alias/mine is stricter, and stays",),
        )

    def test_a_bucket_policys_other_statements(self, secured: Account) -> None:
        access = secured.access(**BOTH)
        s3, name = access.client("s3"), access.settings.state_bucket
        other = {
            "Sid": "Other",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteObjectVersion",
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [other]}))
        secured.apply(**BOTH)
        written = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
        assert [statement["Sid"] for statement in written] == ["TlsOnly", "NotDeletedByTheRole", "Other"]
        (planned,) = [p for p in secured.plan(**BOTH) if str(p.resource) == bucket(secured, "state")]
        assert planned.notes == ("BucketPolicy: 1 more statement, not ours, stay",)


class TestConflicts:
    def test_a_bucket_of_another_account(self, empty: Account, embedded_aws: EmbeddedAws) -> None:
        stranger = embedded_aws.client("s3", embedded_aws.account("333344445555"), "eu-west-1")
        stranger.create_bucket(
            Bucket=f"terraform-{empty.id}-eu-west-1-state",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        assert empty.actions()[bucket(empty, "state")] == "conflict"
        with pytest.raises(AwsError) as caught:
            empty.apply()
        assert caught.value.message == (
            f"{bucket(empty, 'state')} belongs to another account, or may not be looked at: --prefix OTHER;"
            " nothing was changed"
        )
        assert empty.access().client("iam").list_roles()["Roles"] == []

    def test_a_group_that_somebody_uses(self, empty: Account) -> None:
        iam = empty.access().client("iam")
        iam.create_group(GroupName="terraform")
        iam.attach_group_policy(
            GroupName="terraform", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
        assert empty.actions()["AWS::IAM::Group/terraform"] == "conflict"

    def test_a_table_with_another_key(self, empty: Account) -> None:
        empty.access().client("dynamodb").create_table(
            TableName="terraform-locks",
            KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        conflict = empty.plan(lock="dynamodb")[-1].conflict
        assert conflict == "has the key Id, and terraform needs LockID: --prefix OTHER"

    def test_an_alias_of_a_key_that_cannot_encrypt(self, empty: Account) -> None:
        kms = empty.access().client("kms")
        key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/parameter_store_key", TargetKeyId=key)
        (planned,) = [p for p in empty.plan() if p.resource.type == "AWS::KMS::Key"]
        assert planned.conflict == (
            "names a key with KeySpec RSA_2048, KeyUsage SIGN_VERIFY: --secrets-alias alias/NAME"
        )

    def test_a_role_with_a_path(self, empty: Account, embedded_aws: EmbeddedAws) -> None:
        embedded_aws.role("terraform", account=empty.id, path="/team/")
        assert empty.plan()[0].conflict == (
            f"is arn:aws:iam::{empty.id}:role/team/terraform,"
            " and a role with a path can't be used: --role-name NAME"
        )

    def test_more_members_than_a_role_has_room_for(self, secured: Account) -> None:
        iam = secured.access().client("iam")
        for number in range(32):
            iam.create_user(UserName=f"user{number:02}")
            iam.add_user_to_group(GroupName="terraform", UserName=f"user{number:02}")
        with pytest.raises(AwsError) as caught:
            secured.apply()
        assert caught.value.message == (
            "AWS::IAM::Role/terraform the inline policies of a role may have 10,240 characters together:"
            " 33 of these 34 users fit; nothing was changed"
        )

    def test_a_member_whose_sessions_could_not_be_told_apart(self, secured: Account) -> None:
        iam = secured.access().client("iam")
        iam.create_user(UserName="a,b")
        iam.add_user_to_group(GroupName="terraform", UserName="a,b")
        with pytest.raises(ProfileError, match="comma"):
            secured.plan(**BOTH)


def test_a_key_that_waits_for_its_deletion_is_called_back(secured: Account) -> None:
    access = secured.access(**BOTH)
    kms = access.client("kms")
    key = kms.describe_key(KeyId="alias/parameter_store_key")["KeyMetadata"]["KeyId"]
    kms.delete_alias(AliasName="alias/parameter_store_key")
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    secured.apply(**BOTH)
    metadata = kms.describe_key(KeyId="alias/parameter_store_key")["KeyMetadata"]
    assert (metadata["KeyId"], metadata["KeyState"]) == (key, "Enabled")


def test_an_account_in_china_gets_chinas_arns() -> None:
    # the embedded AWS has the partition `aws` only: what is described is what would be written
    from awsactivate.account.desired import desired
    from awsactivate.account.settings import Settings

    described = desired(
        Settings(account_id="111122223333", region="cn-north-1", partition="aws-cn", users=("alice",))
    )
    text = json.dumps([[p.want for p in resource.properties] for resource in described])
    assert "arn:aws-cn:iam::aws:policy/AdministratorAccess" in text
    assert "arn:aws:" not in text


def test_changes_name_what_was_and_what_will_be(secured: Account) -> None:
    iam = secured.access().client("iam")
    iam.update_role(RoleName="terraform", MaxSessionDuration=43200)
    planned = secured.plan(**BOTH)
    assert changed_properties(planned) == {("AWS::IAM::Role/terraform", "MaxSessionDuration")}
    assert planned[0].changes == (Change("MaxSessionDuration", 43200, 3600),)


def test_reading_again_after_a_write_that_did_nothing_is_an_error(
    empty: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awsactivate.aws.resources import groups

    monkeypatch.setattr(groups, "write", lambda *_: None)
    with pytest.raises(AwsError) as caught:
        empty.apply()
    assert caught.value.message == "AWS::IAM::Group/terraform does not read back as it was written: Policies"


def test_the_callers_identity_names_account_and_partition(empty: Account) -> None:
    sts = empty.access().client("sts")
    arn = f"arn:aws:iam::{empty.id}:user/administrator"
    assert secure_account.ask_identity(sts) == (empty.id, "aws", arn)
