"""The two templates: linted, parsed, and saying what the desired state says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import pytest

from account.accounts import Account
from awsactivate.account import cloudformation, sharding, terraform
from awsactivate.account.desired import desired
from awsactivate.account.resources import Resource
from awsactivate.account.settings import Settings, Shard
from awsactivate.errors import ProfileError
from harness.desks import Desk
from needs import needs_program

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS = {
    "plain": Settings("111122223333", "eu-west-1"),
    "all": Settings(
        "111122223333",
        "eu-west-1",
        users=("alice", "bob.b+x@y", "0z"),
        lock="both",
        max_session=7200,
        permissions_boundary="arn:aws:iam::aws:policy/PowerUserAccess",
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/IAMFullAccess"),
        plain_session_names=True,
        revoke_without_mfa=True,
    ),
}
SHARDED = Settings(
    "111122223333",
    "eu-west-1",
    users=("alice",),
    shards=(Shard(2, ("bob",)), Shard(12, ("carol",))),
    revoke_without_mfa=True,
)
Block = dict[str, Any]


@pytest.fixture(params=SETTINGS)
def settings(request: pytest.FixtureRequest) -> Settings:
    return SETTINGS[request.param]


def resource(settings: Settings, type_: str, name: str | None = None) -> Resource:
    (found,) = [r for r in desired(settings) if r.type == type_ and name in (None, r.name)]
    return found


class TestCloudFormation:
    def resources(self, settings: Settings) -> dict[str, Block]:
        """Return the template's resources as they are in the account of the settings."""
        values = {
            "${AWS::AccountId}": settings.account_id,
            "${AWS::Region}": settings.region,
            "${AWS::Partition}": settings.partition,
            "${!": "${",
        }

        def resolved(value: Any) -> Any:
            if isinstance(value, list):
                return [resolved(member) for member in value]
            if not isinstance(value, dict):
                return value
            if list(value) == ["Fn::Sub"]:
                text = value["Fn::Sub"]
                for before, after in values.items():
                    text = text.replace(before, after)
                return text
            return {key: resolved(member) for key, member in value.items()}

        found: dict[str, Block] = resolved(json.loads(cloudformation.template(settings)))["Resources"]
        return found

    def test_the_linter_finds_nothing_in_it(self, settings: Settings, tmp_path: Path) -> None:
        path = tmp_path / "template.json"
        path.write_text(cloudformation.template(settings))
        argv = ["cfn-lint", "--format", "json", "--include-checks", "I", "--regions", "ALL_REGIONS", "--"]
        done = subprocess.run(
            [Path(sys.executable).with_name(argv[0]), *argv[1:], path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, [], "")

    def test_it_has_one_resource_of_a_type_for_each_that_is_described(self, settings: Settings) -> None:
        described = [r.type for r in desired(settings)]
        written = [r["Type"] for r in self.resources(settings).values()]
        assert sorted(written) == sorted([*described, *["AWS::S3::BucketPolicy"] * 2])

    def test_its_documents_are_the_desired_ones(self, settings: Settings) -> None:
        found = self.resources(settings)
        role, group = resource(settings, "AWS::IAM::Role"), resource(settings, "AWS::IAM::Group")
        properties = found["Role"]["Properties"]
        assert properties["AssumeRolePolicyDocument"] == role.want("AssumeRolePolicyDocument")
        assert properties["ManagedPolicyArns"] == role.want("ManagedPolicyArns")
        assert properties["MaxSessionDuration"] == role.want("MaxSessionDuration")
        for logical, described in (("Role", role), ("Group", group)):
            policies = found[logical]["Properties"]["Policies"]
            assert {p["PolicyName"]: p["PolicyDocument"] for p in policies} == described.want("Policies")
        assert found["Key"]["Properties"]["KeyPolicy"] == resource(settings, "AWS::KMS::Key").want(
            "KeyPolicy"
        )
        for logical, name in (
            ("StateBucket", settings.state_bucket),
            ("BootstrapStateBucket", settings.bootstrap_bucket),
        ):
            described = resource(settings, "AWS::S3::Bucket", name)
            assert found[logical]["Properties"]["BucketName"] == name
            policy = found[f"{logical}Policy"]["Properties"]["PolicyDocument"]
            assert policy == described.want("BucketPolicy")
            public = found[logical]["Properties"]["PublicAccessBlockConfiguration"]
            assert public == described.want("PublicAccessBlockConfiguration")

    def test_each_of_several_roles_has_its_own_people(self, tmp_path: Path) -> None:
        found = self.resources(SHARDED)
        assert sorted(found) == sorted(
            [
                *(
                    "Role",
                    "Group",
                    "Useralice",
                    "Role2",
                    "Group2",
                    "Userbob",
                    "Role12",
                    "Group12",
                    "Usercarol",
                ),
                *("Key", "Alias", "BootstrapStateBucket", "StateBucket"),
                *("BootstrapStateBucketPolicy", "StateBucketPolicy"),
            ]
        )
        assert found["Role12"]["Properties"]["RoleName"] == "terraform-12"
        tags = [{tag["Key"] for tag in found[role]["Properties"]["Tags"]} for role in ("Role", "Role2")]
        assert tags == [
            {"managed-by", "awsactivate-revoke-without-mfa"},
            {"managed-by", "awsactivate-revoke-without-mfa", "awsactivate-shard"},
        ]
        assert found["Usercarol"]["Properties"]["Groups"] == [{"Ref": "Group12"}]
        assert found["Key"]["DependsOn"] == ["Role", "Role2", "Role12"]
        self.test_the_linter_finds_nothing_in_it(SHARDED, tmp_path)

    def test_more_than_a_template_has_room_for_is_said(self) -> None:
        users = tuple(f"user{number}" for number in range(480))
        with pytest.raises(ProfileError, match="may have 500 resources, and these are 5"):
            cloudformation.template(sharding.from_scratch(Settings("0" * 12, "eu-west-1", users=users)))

    def test_what_holds_data_outlives_the_stack(self) -> None:
        kept = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key", "AWS::DynamoDB::Table"}
        for found in self.resources(SETTINGS["all"]).values():
            policies = (found.get("DeletionPolicy"), found.get("UpdateReplacePolicy"))
            assert policies == (("Retain", "Retain") if found["Type"] in kept else (None, None))

    def test_the_command_needs_no_credentials(self, desk: Desk) -> None:
        flags = ("--user", "alice", "--lock", "both")
        done = desk.run("bootstrap", "template", "--format", "cloudformation", *flags)
        assert (done.status, done.err) == (0, "")
        assert done.out == cloudformation.template(
            Settings("0" * 12, "eu-west-1", users=("alice",), lock="both")
        )
        assert desk.aws.requests == []


class TestTerraform:
    def parsed(self, settings: Settings) -> Block:
        found: Block = hcl2.loads(terraform.configuration(settings, KEY))
        return found

    def labelled(self, settings: Settings) -> dict[str, Block]:
        """Return the configuration's resources by their addresses."""
        return {
            f"{type_}.{name}".replace('"', ""): body
            for block in self.parsed(settings)["resource"]
            for type_, named in block.items()
            if type_.startswith('"')
            for name, body in named.items()
        }

    def documents(self, settings: Settings) -> dict[str, Any]:
        """Return what each address's policy must be, by the desired state."""
        role, group = resource(settings, "AWS::IAM::Role"), resource(settings, "AWS::IAM::Group")
        buckets = {
            f"aws_s3_bucket_policy.{label}": resource(settings, "AWS::S3::Bucket", name).want("BucketPolicy")
            for label, name in (
                ("state", settings.state_bucket),
                ("bootstrap_state", settings.bootstrap_bucket),
            )
        }
        return {
            "aws_iam_role.role": role.want("AssumeRolePolicyDocument"),
            "aws_iam_role_policy.awsactivate-revocation": role.want("Policies")["awsactivate-revocation"],
            "aws_iam_group_policy.awsactivate": group.want("Policies")["awsactivate"],
            "aws_kms_key.secrets": resource(settings, "AWS::KMS::Key").want("KeyPolicy"),
            **buckets,
        }

    def test_it_parses_and_takes_over_each_of_its_resources(self, settings: Settings) -> None:
        addresses = list(self.labelled(settings))
        imported = [re.sub(r"[${}\"]", "", block["to"]) for block in self.parsed(settings)["import"]]
        assert imported == addresses
        of_a_bucket = (
            "bucket",
            "bucket_public_access_block",
            "bucket_ownership_controls",
            "bucket_server_side_encryption_configuration",
            "bucket_versioning",
            "bucket_policy",
            "bucket_lifecycle_configuration",
        )
        labels = {"alice": "alice", "bob.b+x@y": "bob_2e_b_2b_x_40_y", "0z": "_0z"}
        assert sorted(addresses) == sorted(
            [
                "aws_iam_role.role",
                "aws_iam_role_policy.awsactivate-revocation",
                *(f"aws_iam_role_policy_attachment.{arn.rpartition('/')[2]}" for arn in settings.permissions),
                "aws_iam_group.group",
                "aws_iam_group_policy.awsactivate",
                *(f"aws_iam_user.{labels[user]}" for user in settings.users),
                *(f"aws_iam_user_group_membership.{labels[user]}" for user in settings.users),
                "aws_kms_key.secrets",
                "aws_kms_alias.secrets",
                *(f"aws_s3_{part}.{of}" for part in of_a_bucket for of in ("state", "bootstrap_state")),
                *(["aws_dynamodb_table.locks"] if settings.lock_table else []),
            ]
        )

    def test_each_of_several_roles_has_its_own_people(self) -> None:
        found = self.labelled(SHARDED)
        assert {
            "aws_iam_role.role",
            "aws_iam_role.role_2",
            "aws_iam_role.role_12",
            "aws_iam_role_policy.awsactivate-revocation_12",
            "aws_iam_role_policy_attachment.AdministratorAccess_12",
            "aws_iam_group.group_12",
            "aws_iam_group_policy.awsactivate_12",
        } <= found.keys()
        assert found["aws_iam_group_policy.awsactivate_2"]["group"] == "${aws_iam_group.group_2.name}"
        assert found["aws_iam_role_policy.awsactivate-revocation_2"]["role"] == "${aws_iam_role.role_2.name}"
        assert found["aws_iam_user_group_membership.bob"]["groups"] == ["${aws_iam_group.group_2.name}"]
        imported = {
            re.sub(r"[${}\"]", "", block["to"]): block["id"].strip('"')
            for block in self.parsed(SHARDED)["import"]
        }
        assert list(imported) == list(found)
        assert imported["aws_iam_user_group_membership.bob"] == "bob/terraform-2"
        assert (
            imported["aws_iam_role_policy.awsactivate-revocation_2"] == "terraform-2:awsactivate-revocation"
        )

    def test_its_state_is_in_the_bootstrap_bucket(self, settings: Settings) -> None:
        (block,) = self.parsed(settings)["terraform"]
        backend = block["backend"][0]['"s3"']
        assert backend["bucket"] == f'"{settings.bootstrap_bucket}"'
        assert backend["use_lockfile"] is True
        assert backend.get("dynamodb_table") == (f'"{settings.lock_table}"' if settings.lock_table else None)

    def test_every_address_that_has_a_document_is_there(self, settings: Settings) -> None:
        assert self.documents(settings).keys() <= self.labelled(settings).keys()

    def test_the_tags_that_revoke_are_left_to_those_who_write_them(self, settings: Settings) -> None:
        (provider,) = self.parsed(settings)["provider"]
        ignored = provider['"aws"']["ignore_tags"][0]["key_prefixes"]
        assert ignored == ['"awsactivate-revoked-"']

    @pytest.mark.terraform
    def test_it_is_laid_out_as_terraform_does_it(self, settings: Settings) -> None:
        text = terraform.configuration(settings, KEY)
        done = subprocess.run(
            [needs_program("terraform"), "fmt", "-check", "-diff", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "")

    @pytest.mark.terraform
    def test_terraform_reads_the_desired_documents_out_of_it(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        found = self.labelled(settings)
        wanted = self.documents(settings)
        expressions = []
        for address in wanted:
            key = "assume_role_policy" if address == "aws_iam_role.role" else "policy"
            expressions.append(found[address][key].removeprefix("${").removesuffix("}"))
        done = subprocess.run(
            [needs_program("terraform"), "console"],
            input=f"jsonencode([{', '.join(expressions)}])\n",
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        answers = map(json.loads, json.loads(json.loads(done.stdout)))
        assert dict(zip(wanted, answers, strict=True)) == wanted

    def test_the_command_takes_over_what_is_there(self, desk: Desk) -> None:
        admin = ("--profile", "admin")
        missing = desk.run("bootstrap", "template", "--format", "terraform", *admin)
        assert (missing.status, missing.said) == (
            6,
            [
                "error: there is no key alias/parameter_store_key in eu-west-1 to take over",
                "hint: awsactivate bootstrap apply",
            ],
        )
        assert desk.run("bootstrap", "apply", "--user", "alice", "--yes", *admin).status == 0
        done = desk.run("bootstrap", "template", "--format", "terraform", *admin)
        kms = desk.aws.client("kms", desk.aws.account(desk.account), "eu-west-1")
        key_id = kms.describe_key(KeyId="alias/parameter_store_key")["KeyMetadata"]["KeyId"]
        made = Settings(desk.account, "eu-west-1", users=("alice",))
        assert (done.status, done.out) == (0, terraform.configuration(made, key_id))


def test_both_describe_an_account_that_apply_leaves_as_it_is(secured: Account) -> None:
    """What the templates were made from is what `apply` has made, property by property."""
    assert secured.actions(users=("alice", "bob"), lock="both") == {}
    chosen = secured.settings(users=("alice", "bob"), lock="both")
    assert f'"{chosen.state_bucket}"' in terraform.configuration(chosen, KEY)
