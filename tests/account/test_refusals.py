"""AWS says no, or not yet: what is said of it, what was done by then, and that a second run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from account.accounts import Account
from awsactivate.account import cloudformation, terraform
from awsactivate.account.desired import bucket, desired, key, table
from awsactivate.account.resources import Resource
from awsactivate.account.settings import Settings
from awsactivate.aws import secure_account
from awsactivate.aws.resources.access import Access
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.errors import AccessDeniedError, AwsError
from harness.desks import Desk

APPLY = ("bootstrap", "apply", "--user", "alice", "--profile", "admin", "--yes")


def actions_of(desk: Desk) -> dict[str, str]:
    planned = desk.run("bootstrap", "plan", "--user", "alice", "--profile", "admin", "--json")
    return {step["resource"]: step["action"] for step in json.loads(planned.out)["resources"]}


class TestMissingPermission:
    """A real Deny on the administrator, which the embedded AWS enforces as it enforces all policies."""

    @pytest.mark.parametrize(
        ("action", "resource", "done"),
        [
            ("iam:CreateRole", "AWS::IAM::Role/terraform", "nothing was changed"),
            (
                "iam:PutRolePolicy",
                "AWS::IAM::Role/terraform",
                "done so far: AWS::IAM::Role/terraform in part",
            ),
            (
                "iam:AddUserToGroup",
                "AWS::IAM::User/alice",
                "done so far: created AWS::IAM::Role/terraform, created AWS::IAM::Group/terraform,"
                " AWS::IAM::User/alice in part",
            ),
            (
                "kms:CreateKey",
                "AWS::KMS::Key/parameter_store_key",
                "done so far: created AWS::IAM::Role/terraform, created AWS::IAM::Group/terraform,"
                " created AWS::IAM::User/alice",
            ),
            (
                "s3:PutEncryptionConfiguration",
                "AWS::S3::Bucket/terraform-{account}-eu-west-1-bootstrap-state",
                "done so far: created AWS::IAM::Role/terraform, created AWS::IAM::Group/terraform,"
                " created AWS::IAM::User/alice, created AWS::KMS::Key/parameter_store_key,"
                " created AWS::KMS::Alias/alias/parameter_store_key,"
                " AWS::S3::Bucket/terraform-{account}-eu-west-1-bootstrap-state in part",
            ),
        ],
    )
    def test_it_is_named_and_the_run_after_it_goes_on(
        self, desk: Desk, action: str, resource: str, done: str
    ) -> None:
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        deny = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}],
        }
        iam.put_user_policy(UserName="administrator", PolicyName="less", PolicyDocument=json.dumps(deny))
        refused = desk.run(*APPLY)
        assert (refused.status, refused.out) == (6, "")
        error, hint = refused.said[-2:]
        assert error.startswith(f"error: {action} on {resource.format(account=desk.account)}: User: arn:aws:")
        assert f"is not authorized to perform: {action} " in error
        assert error.endswith(f"; {done.format(account=desk.account)}")
        assert hint == f"hint: allow {action}, then run this again"
        iam.delete_user_policy(UserName="administrator", PolicyName="less")
        assert desk.run(*APPLY).status == 0
        assert set(actions_of(desk).values()) == {"unchanged"}

    def test_one_that_reading_needs_is_named_before_anything_is_made(self, desk: Desk) -> None:
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        deny = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "dynamodb:DescribeTable", "Resource": "*"}],
        }
        iam.put_user_policy(UserName="administrator", PolicyName="less", PolicyDocument=json.dumps(deny))
        refused = desk.run(*APPLY, "--lock", "both")
        assert (refused.status, refused.said[-1]) == (
            6,
            "hint: allow dynamodb:DescribeTable, then run this again",
        )
        assert refused.said[0].startswith(
            "error: dynamodb:DescribeTable on AWS::DynamoDB::Table/terraform-locks: "
        )
        assert iam.list_roles()["Roles"] == []


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        (
            "with an explicit deny in a service control policy",
            "ask those who manage the organization for a service control policy that allows it",
        ),
        (
            "because no service control policy allows the kms:CreateKey action",
            "ask those who manage the organization for a service control policy that allows it",
        ),
        (
            "with an explicit deny in a resource control policy",
            "ask those who manage the organization for a resource control policy that allows it",
        ),
    ],
)
def test_what_an_organization_forbids_is_told_from_what_the_caller_lacks(
    empty: Account, embedded_aws: EmbeddedAws, reason: str, hint: str
) -> None:
    said = f"User: arn:aws:iam::1:user/a is not authorized to perform: kms:CreateKey {reason}"
    embedded_aws.levers.fail_next("CreateKey", "AccessDeniedException", said)
    with pytest.raises(AccessDeniedError) as caught:
        empty.apply()
    assert (caught.value.message, caught.value.hint) == (
        f"kms:CreateKey on AWS::KMS::Key/parameter_store_key: {said} (AccessDeniedException);"
        " done so far: created AWS::IAM::Role/terraform, created AWS::IAM::Group/terraform",
        hint,
    )
    empty.apply()
    assert empty.actions() == {}


class TestThrottling:
    def test_it_is_waited_out(self, empty: Account, embedded_aws: EmbeddedAws) -> None:
        for operation, code in (
            ("CreateRole", "Throttling"),
            ("PutGroupPolicy", "ConcurrentModification"),
            ("CreateKey", "ThrottlingException"),
            ("PutBucketVersioning", "SlowDown"),
            ("PutBucketPolicy", "OperationAborted"),
        ):
            embedded_aws.levers.fail_next(operation, code, "Rate exceeded", 503, times=3)
        pauses: list[float] = []
        replace(empty, pause=pauses.append).apply()
        assert pauses == [0.5, 1, 2] * 5
        assert empty.actions() == {}

    def test_where_it_does_not_end_the_next_run_goes_on(
        self, empty: Account, embedded_aws: EmbeddedAws
    ) -> None:
        embedded_aws.levers.fail_next("CreateGroup", "Throttling", "Rate exceeded", 400, times=8)
        with pytest.raises(AwsError) as caught:
            empty.apply()
        assert (caught.value.exit_code, caught.value.message, caught.value.hint) == (
            6,
            "iam:CreateGroup on AWS::IAM::Group/terraform: Rate exceeded (Throttling);"
            " done so far: created AWS::IAM::Role/terraform",
            "run this again: it goes on where it was",
        )
        empty.apply()
        assert empty.actions() == {}


def test_what_was_just_made_may_be_unknown_for_a_while(empty: Account, embedded_aws: EmbeddedAws) -> None:
    for operation, code in (
        ("PutRolePolicy", "NoSuchEntity"),
        ("AddUserToGroup", "NoSuchEntity"),
        ("CreateKey", "MalformedPolicyDocumentException"),
        ("CreateAlias", "NotFoundException"),
        ("PutBucketTagging", "NoSuchBucket"),
    ):
        embedded_aws.levers.fail_next(operation, code, "not yet", 404, times=2)
    empty.apply(users=("alice",))
    assert empty.actions(users=("alice",)) == {}


class TestRegionsThatAreOff:
    """A region that came after March 2019 does not know an account until it is enabled there."""

    def elsewhere(self, account: Account, region: str) -> Access:
        access = account.access()
        return Access(replace(access.settings, region=region), access.make_client, account.pause)

    @pytest.mark.parametrize(
        ("describe", "operation", "code"),
        [
            (key, "DescribeKey", "UnrecognizedClientException"),
            # the answer to a HEAD has no body, and so no code
            (lambda s: bucket(s, s.state_bucket), "HeadBucket", "InvalidToken"),
            (lambda _: table("terraform-locks"), "DescribeTable", "UnrecognizedClientException"),
        ],
    )
    def test_reading_says_so(
        self,
        empty: Account,
        embedded_aws: EmbeddedAws,
        describe: Callable[[Settings], Resource],
        operation: str,
        code: str,
    ) -> None:
        access = self.elsewhere(empty, "me-south-1")
        resource = describe(access.settings)
        embedded_aws.levers.fail_next(
            operation, code, "The security token included in the request is invalid"
        )
        with pytest.raises(AwsError) as caught:
            secure_account.read(access, resource)
        assert caught.value.message.endswith(
            f" on {resource}: the region me-south-1 does not know this account ({caught.value.code})"
        )
        assert caught.value.hint == "aws account enable-region --region-name me-south-1"

    def test_a_bucket_that_cannot_be_made_there_says_so(
        self, empty: Account, embedded_aws: EmbeddedAws
    ) -> None:
        access = self.elsewhere(empty, "me-south-1")
        embedded_aws.levers.fail_next("CreateBucket", "IllegalLocationConstraintException", "incompatible")
        planned = secure_account.plan(access, [bucket(access.settings, access.settings.state_bucket)])
        with pytest.raises(AwsError) as caught:
            secure_account.apply(access, planned, lambda _: None)
        assert caught.value.message == (
            f"s3:CreateBucket on {planned[0].resource}: the region me-south-1 does not know this account"
            " (IllegalLocationConstraintException); nothing was changed"
        )

    def test_the_very_first_call_says_so(self, desk: Desk) -> None:
        desk.aws.levers.fail_next(
            "GetCallerIdentity", "InvalidClientTokenId", "The security token is invalid", 403
        )
        done = desk.run(*APPLY, "--region", "me-south-1")
        assert (done.status, done.said) == (
            6,
            [
                "error: sts:GetCallerIdentity: AWS does not know this access key, or it is inactive"
                " (InvalidClientTokenId), unless the region me-south-1 is not enabled in the account",
                "hint: aws account enable-region --region-name me-south-1",
            ],
        )

    @pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1"])
    def test_a_region_that_is_never_off_is_not_blamed(self, desk: Desk, region: str) -> None:
        desk.aws.levers.fail_next(
            "GetCallerIdentity", "InvalidClientTokenId", "The security token is invalid", 403
        )
        done = desk.run(*APPLY, "--region", region)
        assert (done.status, done.said[-1]) == (6, "hint: check the access key of the source profile")


def test_a_name_that_is_taken_between_plan_and_apply_is_said(
    empty: Account, embedded_aws: EmbeddedAws
) -> None:
    embedded_aws.levers.fail_next(
        "CreateBucket", "BucketAlreadyExists", "The requested name is not available", 409
    )
    with pytest.raises(AwsError) as caught:
        empty.apply()
    name = f"AWS::S3::Bucket/terraform-{empty.id}-eu-west-1-bootstrap-state"
    assert caught.value.message.startswith(
        f"s3:CreateBucket on {name}: the name is taken by another account (BucketAlreadyExists);"
        " done so far: "
    )
    assert caught.value.hint == "--prefix OTHER"


@pytest.mark.parametrize(
    ("partition", "region"), [("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-east-1")]
)
class TestOtherPartitions:
    """The embedded AWS has the partition `aws` alone: what is held is what would be written."""

    def settings(self, partition: str, region: str) -> Settings:
        return Settings("111122223333", region, partition, users=("alice",), lock="both")

    def test_all_that_is_described_is_of_that_partition(self, partition: str, region: str) -> None:
        described = desired(self.settings(partition, region))
        text = json.dumps([[p.want for p in resource.properties] for resource in described])
        for arn in (
            f"arn:{partition}:iam::111122223333:root",
            f"arn:{partition}:iam::111122223333:role/terraform",
            f"arn:{partition}:iam::aws:policy/AdministratorAccess",
            f"arn:{partition}:s3:::terraform-111122223333-{region}-state/*",
        ):
            assert arn in text
        assert "arn:aws:" not in text

    def test_terraforms_template_is_too(self, partition: str, region: str) -> None:
        text = terraform.configuration(self.settings(partition, region), "1234abcd")
        assert f'"arn:{partition}:iam::aws:policy/AdministratorAccess"' in text
        assert "arn:aws:" not in text

    def test_the_partition_is_the_callers_own(self, partition: str, region: str) -> None:
        class Sts:
            def get_caller_identity(self) -> dict[str, str]:
                return {"Account": "111122223333", "Arn": f"arn:{partition}:iam::111122223333:user/admin"}

        assert secure_account.ask_identity(Sts()) == (
            "111122223333",
            partition,
            f"arn:{partition}:iam::111122223333:user/admin",
        )


def test_cloudformations_template_names_no_partition_at_all() -> None:
    text = cloudformation.template(Settings("0" * 12, "eu-west-1", users=("alice",), lock="both"))
    assert "arn:aws" not in text
    assert "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/terraform" in text
